"""What a run is made of, once its configuration is sound."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.settings.conftest import DATASET
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.roots import root_slug
from workflow_scripts.settings.run import load_run

REPOSITORY = Path(__file__).resolve().parents[2]


def test_run_without_config_is_the_bundled_sample(workdir):
    run = load_run({}, workdir)
    assert list(run.datasets) == ["sample"]
    assert run.places.results == "results"
    assert run.look == "always"
    assert run.check == {"channel": "first", "num_mel_bins": 128, "loudness": "none", "flac_md5": True}


def test_sample_need_not_exist_before_the_run(workdir):
    run = load_run({}, workdir)
    assert run.roots
    assert all(root.made_by_workflow for root in run.roots.values())


def test_dataset_of_ones_own_has_to_exist_before_the_run(workdir, dataset_file):
    run = load_run({"datasets": [dataset_file(audio=["mirror"])]}, workdir)
    assert not any(root.made_by_workflow for root in run.roots.values())


def test_dataset_that_says_nothing_gets_the_defaults(workdir, dataset_file):
    dataset = load_run({"datasets": [dataset_file()]}, workdir).datasets["mine"]
    assert dataset.limits == {"min_duration_s": 0.1, "max_duration_s": 11.0, "train_min_duration_s": 1.0}
    assert dataset.sources["on_count_mismatch"] == "stop"
    assert dataset.exports == {}
    assert dataset.rights == {}
    assert dataset.audio == {}


def test_limit_that_is_given_leaves_the_others_at_their_defaults(workdir, dataset_file):
    dataset = load_run({"datasets": [dataset_file(limits={"max_duration_s": 30})]}, workdir).datasets["mine"]
    assert dataset.limits == {"min_duration_s": 0.1, "max_duration_s": 30, "train_min_duration_s": 1.0}


def test_check_setting_that_is_given_leaves_the_others_at_their_defaults(workdir, dataset_file):
    run = load_run({"datasets": [dataset_file()], "check": {"num_mel_bins": 64}}, workdir)
    assert run.check == {"channel": "first", "num_mel_bins": 64, "loudness": "none", "flac_md5": True}


def test_config_of_the_caller_is_left_as_it_was(workdir, dataset_file):
    config = {"datasets": [dataset_file()], "check": {"num_mel_bins": 64}}
    before = json.dumps(config)
    load_run(config, workdir)
    assert json.dumps(config) == before


def test_custom_rules_start_from_the_folder_of_the_run_in_their_order(workdir, dataset_file):
    (workdir / "b.smk").touch()
    (workdir / "a.smk").touch()
    run = load_run({"datasets": [dataset_file()], "custom_rules": ["b.smk", str(workdir / "a.smk")]}, workdir)
    assert run.custom_rules == (str(workdir / "b.smk"), str(workdir / "a.smk"))


# --- exports ---


def options(dataset):
    """The options of each export, by its name."""
    return {name: export.options for name, export in dataset.exports.items()}


def test_export_by_name_has_the_default_options(workdir, dataset_file):
    dataset = load_run({"datasets": [dataset_file(exports=["csv", "ast"])]}, workdir).datasets["mine"]
    assert options(dataset) == {
        "csv": {"paths": "absolute", "compress": "none"},
        "ast": {
            "paths": "absolute",
            "copies": "never",
            "restricted_classes": True,
            "train": [],
            "eval": [],
            "compress": "none",
        },
    }


def test_export_with_options_keeps_them_and_has_the_other_defaults(workdir, dataset_file):
    wanted = [{"ast": {"restricted_classes": False, "train": ["dev"]}}, {"csv": {"paths": "relative"}}]
    dataset = load_run({"datasets": [dataset_file(exports=wanted)]}, workdir).datasets["mine"]
    assert options(dataset) == {
        "ast": {
            "paths": "absolute",
            "copies": "never",
            "restricted_classes": False,
            "train": ["dev"],
            "eval": [],
            "compress": "none",
        },
        "csv": {"paths": "relative", "compress": "none"},
    }


def test_one_format_is_exported_twice_under_two_names(workdir, dataset_file):
    wanted = ["csv", {"csv": {"paths": "relative"}, "as": "csv_here"}]
    run = load_run({"datasets": [dataset_file(exports=wanted)]}, workdir)
    dataset = run.datasets["mine"]
    assert options(dataset) == {
        "csv": {"paths": "absolute", "compress": "none"},
        "csv_here": {"paths": "relative", "compress": "none"},
    }
    assert {export.format for export in dataset.exports.values()} == {"csv"}


def test_an_export_that_describes_the_dataset_is_told_of_it_and_of_the_others(workdir, dataset_file):
    wanted = ["csv", "croissant", {"croissant": {}, "as": "again"}, {"csv": {"paths": "relative"}, "as": "here"}]
    run = load_run({"datasets": [dataset_file(exports=wanted, rights={"audio": "CC0-1.0"})]}, workdir)
    assert run.others_of_export("mine", "csv") == {}
    assert run.about_of_export("mine", "csv") is None
    accounts = {name: run.places.account("mine", name) for name in ("csv", "here")}
    assert run.others_of_export("mine", "croissant") == run.others_of_export("mine", "again") == accounts
    about = run.about_of_export("mine", "croissant")
    assert (about["name"], about["rights"], about["known"]) == ("mine", {"audio": "CC0-1.0"}, {})
    assert about["formats"] == {"csv": "csv", "croissant": "croissant", "again": "croissant", "here": "csv"}


def test_of_a_dataset_in_the_registry_it_is_told_what_that_knows(workdir, dataset_file):
    run = load_run({"datasets": [dataset_file(name="clotho", exports=["croissant"])]}, workdir)
    assert run.about_of_export("clotho", "croissant")["known"]["title"] == "Clotho"


@pytest.mark.parametrize(("copies", "makes_packs"), [("never", False), ("as_they_are", False), ("auto", True)])
def test_an_export_makes_packs_where_its_schema_says_so(workdir, dataset_file, copies, makes_packs):
    run = load_run({"datasets": [dataset_file(exports=["csv", {"ast": {"copies": copies}}])]}, workdir)
    exports = run.datasets["mine"].exports
    assert (exports["csv"].makes_packs, exports["ast"].makes_packs) == (False, makes_packs)


# --- what may be lost ---


def allowed(workdir, dataset_file, *names):
    """The names of the dataset file for all that may be lost, if the file says these."""
    sources = DATASET["sources"] | {"strong": ["labels/more.csv"]}
    file = dataset_file(sources=sources, audio=["mirror/", {"path": "audio/wav"}], allow_loss=list(names))
    bearable = load_run({"datasets": [file]}, workdir).datasets["mine"].bearable
    return {bearable.names[name] for name in bearable.allowed}


def test_nothing_may_be_lost_but_a_fifth_of_rows(workdir, dataset_file):
    bearable = load_run({"datasets": [dataset_file()]}, workdir).datasets["mine"].bearable
    assert bearable.allowed == ()
    assert bearable.max_rejected_fraction == 0.2


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("strong", {"strong[0]"}),
        ("strong[0]", {"strong[0]"}),
        ("segments.eval", {"segments.eval"}),
        ("segments", {"segments.train", "segments.eval"}),
        ("mirror", {"mirror/"}),
        ("audio/wav/", {"audio/wav"}),
        ("audio", {"mirror/", "audio/wav", "audio"}),
    ],
)
def test_loss_is_allowed_by_the_key_of_a_source_or_the_path_of_a_root(workdir, dataset_file, name, meant):
    assert allowed(workdir, dataset_file, name) == meant


def test_sources_and_roots_that_may_be_lost_are_known_as_the_tables_name_them(workdir, dataset_file):
    file = dataset_file(audio=["mirror"], allow_loss=["segments.eval", "mirror"])
    dataset = load_run({"datasets": [file]}, workdir).datasets["mine"]
    assert dataset.bearable.allowed == ("labels/eval.csv", *dataset.audio)


# --- where relative paths start ---


def test_paths_of_a_file_given_by_path_start_from_its_own_folder(workdir, dataset_file):
    (workdir / "deep").mkdir()
    for folder in ("labels", "mirror"):
        (workdir / folder).rename(workdir / "deep" / folder)
    run = load_run({"datasets": [dataset_file("deep/mine.yaml", audio=["mirror"])]}, workdir)
    assert run.datasets["mine"].sources["segments"]["train"] == "deep/labels/train.csv"
    assert [root.path for root in run.roots.values()] == [str(workdir / "deep/mirror")]


def test_sources_outside_the_working_directory_are_absolute(workdir, dataset_file):
    dataset_file()
    elsewhere = workdir.parent / "elsewhere"
    elsewhere.mkdir()
    run = load_run({"datasets": [str(workdir / "mine.yaml")]}, elsewhere)
    assert run.datasets["mine"].sources["classes"] == str(workdir / "labels/classes.csv")


def test_absolute_paths_are_kept(workdir, dataset_file, tmp_path):
    far = tmp_path / "far"
    far.mkdir()
    (far / "ontology.json").touch()
    sources = DATASET["sources"] | {"ontology": str(far / "ontology.json")}
    run = load_run({"datasets": [dataset_file(sources=sources, audio=[str(far)])]}, workdir)
    assert run.datasets["mine"].sources["ontology"] == str(far / "ontology.json")
    assert [root.path for root in run.roots.values()] == [str(far)]


@pytest.mark.parametrize("name", ["train.tar", "train.ZIP", "train.parquet"])
def test_an_archive_may_be_a_root(workdir, dataset_file, name):
    (workdir / "mirror" / name).touch()
    run = load_run({"datasets": [dataset_file(audio=[f"mirror/{name}"])]}, workdir)
    assert [root.path for root in run.roots.values()] == [str(workdir / "mirror" / name)]


def test_paths_of_a_named_dataset_start_from_the_working_directory(workdir):
    for name in ("balanced_train", "unbalanced_train", "eval"):
        (workdir / f"labels/{name}_segments.csv").touch()
    (workdir / "labels/class_labels_indices.csv").touch()
    run = load_run({"datasets": ["audioset"]}, workdir)
    assert run.datasets["audioset"].sources["ontology"] == "labels/ontology.json"
    assert [root.path for root in run.roots.values()] == [str(workdir / "audio/wav")]


def test_every_file_of_the_sources_is_an_input_of_the_ingest(workdir, dataset_file):
    sources = DATASET["sources"] | {"strong": ["labels/more.csv"], "display_names": "labels/more.csv"}
    dataset = load_run({"datasets": [dataset_file(sources=sources)]}, workdir).datasets["mine"]
    assert dataset.source_files == (
        *("labels/train.csv", "labels/eval.csv", "labels/ontology.json", "labels/classes.csv"),
        *("labels/more.csv", "labels/more.csv"),
    )


@pytest.fixture
def folders_file(workdir):
    """A dataset file of which a folder is the source, which is an audio root too, and may be lost."""
    (workdir / "sounds").mkdir()
    settings = {"name": "pets", "adapter": "folders", "sources": {"folder": {"train": "sounds"}}, "audio": ["sounds"]}
    (workdir / "pets.yaml").write_text(yaml.safe_dump(settings | {"allow_loss": ["folder.train"]}))
    return "pets.yaml"


def test_a_folder_that_is_source_and_root_is_one_place_to_look_at(workdir, folders_file):
    run = load_run({"datasets": [folders_file]}, workdir)
    [slug] = run.roots
    assert run.folders == run.roots
    assert run.datasets["pets"].source_folders == {"sounds": slug}
    assert run.datasets["pets"].bearable.allowed == ("sounds",)
    assert run.looks_of_sources("pets") == {"sounds": run.places.look(slug)}
    assert load_run({"datasets": [folders_file], "look": "never"}, workdir).looks_of_sources("pets") == {"sounds": ""}


def test_results_in_a_folder_that_is_a_source_are_refused(workdir, folders_file):
    (workdir / "pets.yaml").write_text((workdir / "pets.yaml").read_text().replace("audio:\n- sounds\n", ""))
    with pytest.raises(SettingsError, match=r"pets\.yaml: sources: the results would lie in this root"):
        load_run({"datasets": [folders_file], "results": "sounds/out"}, workdir)


def test_splits_stay_in_the_order_of_the_file(workdir, dataset_file):
    backwards = {"train": "labels/train.csv", "eval": "labels/eval.csv", "a": "labels/more.csv"}
    dataset = load_run({"datasets": [dataset_file(sources=DATASET["sources"] | {"segments": backwards})]}, workdir)
    assert list(dataset.datasets["mine"].sources["segments"]) == ["train", "eval", "a"]


# --- roots ---


def test_roots_stay_in_the_order_of_the_file_with_what_they_hold(workdir, dataset_file):
    wanted = ["mirror", {"path": "audio/wav", "holds": "recordings"}]
    run = load_run({"datasets": [dataset_file(audio=wanted)]}, workdir)
    paths = [run.roots[slug].path for slug in run.datasets["mine"].audio]
    assert paths == [str(workdir / "mirror"), str(workdir / "audio/wav")]
    assert list(run.datasets["mine"].audio.values()) == ["clips", "recordings"]


def test_two_datasets_share_a_root(workdir, dataset_file):
    wanted = [dataset_file(f"{name}.yaml", name=name, audio=["mirror"]) for name in "ab"]
    run = load_run({"datasets": wanted}, workdir)
    [root] = run.roots.values()
    assert run.datasets["a"].audio == run.datasets["b"].audio == {root.slug: "clips"}


# --- slugs ---


def test_slug_stays_the_same_from_version_to_version(workdir):
    """It names a folder of checks that took days: another name would do them all again."""
    assert root_slug("/data/audioset/wav files", workdir) == "audioset-wav_files-dc55e825"
    assert root_slug(str(workdir / "data/sample/audio/clips"), workdir) == "audio-clips-b2c9faa3"


def test_slug_of_a_root_below_the_working_directory_moves_with_it(workdir, dataset_file):
    dataset_file(audio=["audio/wav"])
    before = list(load_run({"datasets": ["mine.yaml"]}, workdir).roots)
    moved = workdir.rename(workdir.parent / "moved")
    assert list(load_run({"datasets": ["mine.yaml"]}, moved).roots) == before


def test_slug_does_not_depend_on_how_the_path_is_written(workdir, dataset_file):
    slugs = set()
    for written in ("audio/wav", "./audio/wav/", "mirror/../audio/wav", str(workdir / "audio/wav")):
        dataset_file(audio=[written])
        slugs |= set(load_run({"datasets": ["mine.yaml"]}, workdir).roots)
    assert len(slugs) == 1


@pytest.mark.parametrize(
    "path", ["/", "/a", "/data/x y/ü", "/data/../data/#$;'\"/*?", "/data/-rf/--", "/data/\udce9/é"]
)
def test_slug_is_safe_as_the_name_of_a_folder(workdir, path):
    slug = root_slug(path, workdir)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*-[0-9a-f]{8}", slug)


def test_roots_that_read_alike_have_different_slugs(workdir):
    paths = ["/one/audio/wav", "/two/audio/wav", "/one/audio/w.v", "/one/audio/w v"]
    assert len({root_slug(path, workdir) for path in paths}) == len(paths)


# --- what settings may not cost ---


def test_settings_import_neither_polars_nor_torch_and_hash_the_same_in_every_process(workdir):
    """Every cluster job parses the Snakefile again."""
    code = (
        "import json, sys; from pathlib import Path; from workflow_scripts.settings.run import load_run;"
        "run = load_run({}, Path(sys.argv[1]));"
        "print(json.dumps([sorted(run.roots), sorted(name.split('.')[0] for name in sys.modules)]))"
    )
    seen = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(workdir)],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        roots, modules = json.loads(done.stdout)
        assert not {"polars", "torch", "torchaudio", "pandera", "pyarrow", "numpy", "duckdb"} & set(modules)
        seen.append(roots)
    assert seen[0] == seen[1]
