"""What was deleted or moved since the last run comes back with the next: a tree as the rules leave it."""

import base64
import json
import os
import shutil
from pathlib import Path

import pytest

from workflow_scripts.run.heal import heal
from workflow_scripts.settings.dataset import Dataset
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.roots import Root
from workflow_scripts.settings.run import Run
from workflow_scripts.tables.files import publish, published

NAMES = ["shard=00.parquet", "shard=01.parquet"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """One dataset, one root in two shards, all of it made by a run in this folder."""
    monkeypatch.chdir(tmp_path)
    Path(".snakemake/metadata").mkdir(parents=True)
    Path(".snakemake/metadata/record").touch()
    places = Places("results")
    dataset = Dataset(
        name="birds",
        file="birds.yaml",
        adapter="audioset",
        sources={},
        mapping={},
        leaves=(),
        source_folders={},
        match="stem",
        splits=(),
        audio={"clips": "clips"},
        limits={},
        judgements={"reviews": (), "predictions": ()},
        review={},
        split_care={},
        measure={},
        over_years={},
        caption_fit={},
        models={},
        exports={},
        deliveries={},
        named_roots={},
        allow_loss=(),
        max_rejected_fraction=0.2,
        rights={},
    )
    run = Run(
        places,
        "always",
        {},
        (8000, 1 << 34),
        datasets={"birds": dataset},
        roots={"clips": Root("clips", "/clips", False)},
    )
    for shard in ("00", "01"):
        for file in (places.media_list("clips", shard), places.checks("clips", shard)):
            publish(Path(file), lambda part, file=file: part.write_text(file))
    publish(Path(places.shards("clips")), lambda part: part.write_text('{"00": 3, "01": 4}'))
    for name in ("promised", "clips"):
        Path(places.table("birds", name)).parent.mkdir(parents=True, exist_ok=True)
        Path(places.table("birds", name)).write_text(name)
    of_root = [place("clips", shard) for place in (places.media_list, places.checks) for shard in ("00", "01")]
    for file in [*catalogued(run), *of_root]:
        linked = Path("results/.catalogue/1") / Path(file).relative_to("results")
        linked.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, linked)
    Path(places.catalogue).write_text("views")
    os.link(places.catalogue, places.generation("1").catalogue)
    Path(places.current_generation).write_text("1")
    say_last_run(run)
    return run


def say_last_run(run: Run, **other: str) -> None:
    said = {"started": 0, "on_cluster": False, "fingerprint": "", "version": "0", "datasets": {"birds": ["clips"]}}
    said |= {"roots": ["clips"], "place": os.path.abspath(run.places.results), "folder": os.getcwd()}
    Path(run.places.run_file).write_text(json.dumps(said | other))


def catalogued(run: Run) -> list[str]:
    return [run.places.table("birds", "clips")]


def tree(folder: str = "results") -> dict[str, int]:
    return {str(file.relative_to(folder)): file.stat().st_ino for file in Path(folder).rglob("*") if file.is_file()}


def test_what_is_whole_is_left_as_it_is(run: Run) -> None:
    before = tree()
    heal(run, catalogued(run))
    assert tree() == before


@pytest.mark.parametrize("table", ["media", "checks"])
@pytest.mark.parametrize("name", ["", NAMES[1]])
def test_what_was_deleted_below_published_has_its_name_again(run: Run, table: str, name: str) -> None:
    before = tree()
    gone = published(Path(f"results/audio/clips/{table}/{NAMES[0]}")).parent / name
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    heal(run, catalogued(run))
    assert tree() == before


def test_a_media_list_that_was_deleted_has_its_name_again(run: Run) -> None:
    before = tree()
    Path(f"results/audio/clips/media/{NAMES[1]}").unlink()
    heal(run, catalogued(run))
    assert tree() == before


def test_a_media_list_that_has_lost_both_names_has_its_root_scanned_anew(run: Run) -> None:
    media = Path(f"results/audio/clips/media/{NAMES[1]}")
    media.unlink()
    published(media).unlink()
    heal(run, catalogued(run))
    assert not media.parent.exists()
    assert published(media.with_name(NAMES[0])).exists()


def test_a_check_that_was_deleted_is_left_to_its_job(run: Run) -> None:
    """It may be gone because its job failed, and the published rows be those of before."""
    check = Path(f"results/audio/clips/checks/{NAMES[1]}")
    check.unlink()
    heal(run, catalogued(run))
    assert not check.exists()
    assert published(check).exists()


def test_a_catalogue_that_has_lost_a_table_is_made_anew(run: Run) -> None:
    Path("results/.catalogue/1/birds/tables/clips.parquet").unlink()
    before = tree()
    heal(run, catalogued(run))
    assert set(before) - set(tree()) == {".catalogue/current"}


def all_is_asked_again(run: Run) -> bool:
    """The first stages of each root and dataset have something to make; what users read, and checks, are kept."""
    before = tree()
    heal(run, catalogued(run))
    gone = {file.removesuffix(".parquet") for file in set(before) - set(tree())} - {".catalogue/current"}
    assert gone <= {"audio/clips/media/shard=00", "audio/clips/media/shard=01", "birds/tables/promised"}
    return len(gone) == 3


def test_results_that_were_moved_are_asked_again(run: Run) -> None:
    os.rename("results", "elsewhere")
    moved = Run(Places("elsewhere"), run.look, run.check, run.shard_bound, datasets=run.datasets, roots=run.roots)
    before = tree("elsewhere")
    heal(moved, [file.replace("results/", "elsewhere/") for file in catalogued(run)])
    gone = set(before) - set(tree("elsewhere"))
    assert gone == {*(f"audio/clips/media/{name}" for name in NAMES), "birds/tables/promised.parquet"}


def test_results_of_another_clone_are_asked_again(run: Run) -> None:
    say_last_run(run, folder="/other/clone")
    assert all_is_asked_again(run)


def test_results_of_which_snakemake_has_forgotten_everything_are_asked_again(run: Run) -> None:
    Path(".snakemake/metadata/record").unlink()
    assert all_is_asked_again(run)


def test_results_of_an_earlier_version_are_asked_again(run: Run) -> None:
    Path(run.places.run_file).write_text('{"started": 0}')
    assert all_is_asked_again(run)


def test_where_no_run_has_been_there_is_nothing_to_heal(run: Run) -> None:
    shutil.rmtree("results")
    heal(run, catalogued(run))
    assert not Path("results").exists()


def test_what_jobs_made_after_their_snakemake_was_killed_is_made_again(run: Run) -> None:
    """Snakemake has a note that it is begun, and looks at that before it knows the jobs behind a checkpoint."""
    check, pack = run.places.checks("clips", "01"), run.places.pack("birds", "ast", "all")
    fetched = run.places.fetched("birds", "audio", "rows-all")
    for file in (pack, fetched):
        Path(file).parent.mkdir(parents=True)
        Path(file).touch()
    for ordinal, file in enumerate(
        (check, pack, fetched, run.places.table("birds", "clips"), "elsewhere/checks/x.parquet")
    ):
        note = base64.urlsafe_b64encode(file.encode()).decode()
        parts = [f"@{note[:9]}", note[9:]] if ordinal % 2 else [note]  # long ones are cut
        Path(".snakemake/incomplete", *parts).parent.mkdir(parents=True, exist_ok=True)
        Path(".snakemake/incomplete", *parts).touch()
    Path(".snakemake/incomplete/migration_underway").touch()
    before = tree()
    heal(run, catalogued(run))
    assert before.keys() - tree().keys() == {os.path.relpath(file, "results") for file in (check, pack, fetched)}
    assert published(Path(check)).exists()
