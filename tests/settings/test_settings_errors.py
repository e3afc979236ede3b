"""What is wrong in a configuration is said before anything runs, by file and key, with what was expected."""

import re

import pytest

from tests.settings.conftest import DATASET
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.run import load_run
from workflow_scripts.settings.schemas import exports


def refusal(workdir, wanted="mine.yaml", **config):
    """The words with which a run is refused."""
    with pytest.raises(SettingsError) as caught:
        load_run({"datasets": [wanted], **config}, workdir)
    return str(caught.value)


@pytest.mark.parametrize(
    ("keys", "unknown", "nearest"),
    [
        ({"exprots": ["csv"]}, "exprots", "exports"),
        ({"limits": {"min_duration": 1}}, "limits.min_duration", "min_duration_s"),
        ({"rights": {"label": "CC0-1.0"}}, "rights.label", "labels"),
        ({"audio": [{"path": "mirror", "hold": "clips"}]}, "audio.0.hold", "holds"),
        ({"exports": [{"ast": {"restricted_class": True}}]}, "exports[0].ast: restricted_class", "restricted_classes"),
        ({"sources": DATASET["sources"] | {"strongs": []}}, "sources: strongs", "strong"),
    ],
)
def test_unknown_key_of_a_dataset_file_names_itself_and_the_nearest_known_one(
    workdir, dataset_file, keys, unknown, nearest
):
    dataset_file(**keys)
    assert f"mine.yaml: {unknown}: unknown key; did you mean `{nearest}`?" in refusal(workdir)


@pytest.mark.parametrize(
    ("config", "unknown", "nearest"),
    [
        ({"result": "out"}, "result", "results"),
        ({"check": {"num_mels_bin": 64}}, "check.num_mels_bin", "num_mel_bins"),
    ],
)
def test_unknown_key_of_the_config_names_itself_and_the_nearest_known_one(
    workdir, dataset_file, config, unknown, nearest
):
    dataset_file()
    words = refusal(workdir, **config)
    assert words.startswith("config")
    assert f": {unknown}: unknown key; did you mean `{nearest}`?" in words


def test_unknown_key_that_is_near_to_none_names_all_that_are_known(workdir, dataset_file):
    dataset_file(zzzz=1)
    words = refusal(workdir)
    assert "zzzz: unknown key" in words
    assert all(key in words for key in ("name", "adapter", "sources", "audio", "limits", "exports", "rights"))


def test_key_that_is_no_text_is_an_unknown_key(workdir):
    (workdir / "mine.yaml").write_text("name: mine\nadapter: audioset\nsources: {}\n2017: x\n")
    assert "mine.yaml: 2017: unknown key" in refusal(workdir)


TEXT, LIST, MAPPING, NUMBER, YES_OR_NO = (
    *("text|string", "list|array", "mapping|object"),
    *("number", "yes or no|true or false|boolean"),
)


@pytest.mark.parametrize(
    ("keys", "place", "expected", "found"),
    [
        ({"name": 2017}, "name", TEXT, 2017),
        ({"audio": "mirror"}, "audio", LIST, "mirror"),
        ({"audio": [["mirror"]]}, "audio.0", TEXT, ["mirror"]),
        ({"audio": [None]}, "audio.0", TEXT, None),
        ({"limits": {"max_duration_s": "11 s"}}, "limits.max_duration_s", NUMBER, "11 s"),
        ({"exports": [{"csv": None}]}, "exports.0.csv", MAPPING, None),
        ({"exports": [{"ast": {"restricted_classes": "yes"}}]}, "exports[0].ast: restricted_classes", YES_OR_NO, "yes"),
        ({"sources": DATASET["sources"] | {"segments": "a.csv"}}, "sources: segments", MAPPING, "a.csv"),
        ({"sources": DATASET["sources"] | {"segments": {"train": None}}}, "sources: segments.train", TEXT, None),
        ({"rights": None}, "rights", MAPPING, None),
    ],
)
def test_value_of_a_wrong_type_names_its_key_the_type_expected_and_what_was_found(
    workdir, dataset_file, keys, place, expected, found
):
    dataset_file(**keys)
    [words] = refusal(workdir).splitlines()
    assert f"mine.yaml: {place}: " in words
    assert re.search(expected, words)
    assert repr(found) in words


@pytest.mark.parametrize(
    ("keys", "place", "found", "nearest"),
    [
        (
            {"sources": DATASET["sources"] | {"on_count_mismatch": "warning"}},
            *("sources: on_count_mismatch", "warning", "warn"),
        ),
        ({"exports": [{"csv": {"paths": "relativ"}}]}, "exports[0].csv: paths", "relativ", "relative"),
        ({"audio": [{"path": "mirror", "holds": "recording"}]}, "audio.0.holds", "recording", "recordings"),
    ],
)
def test_word_that_is_not_among_those_known_names_the_nearest(workdir, dataset_file, keys, place, found, nearest):
    dataset_file(**keys)
    words = refusal(workdir)
    assert f"mine.yaml: {place}: '{found}' is not known" in words
    assert f"did you mean `{nearest}`?" in words


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"files_per_shard": 0}, "files_per_shard: 0"),
        ({"bytes_per_shard": 0}, "bytes_per_shard: 0"),
        ({"check": {"num_mel_bins": 4}}, "check.num_mel_bins: 4"),
    ],
)
def test_number_out_of_bounds_names_its_key(workdir, dataset_file, config, place):
    dataset_file()
    assert f": {place} is " in refusal(workdir, **config)


def test_who_still_chooses_a_number_of_shards_is_told_that_nobody_needs_to(workdir, dataset_file):
    dataset_file()
    told = "nobody needs to choose a number of shards any more: it follows from what lies in a root. Remove it"
    assert f": shards: {told}" in refusal(workdir, shards=64)
    dataset_file(audio=[{"path": "mirror", "shards": 512}])
    assert f"mine.yaml: audio.0.shards: {told}" in refusal(workdir)


@pytest.mark.parametrize("missing", ["name", "adapter", "sources"])
def test_missing_key_is_named(workdir, dataset_file, missing):
    dataset_file()
    text = (workdir / "mine.yaml").read_text()
    (workdir / "mine.yaml").write_text(re.sub(rf"^{missing}:.*\n(  .*\n)*", "", text, flags=re.MULTILINE))
    assert refusal(workdir).endswith(f"mine.yaml: {missing}: missing; it is required")


def test_missing_source_key_is_named(workdir, dataset_file):
    dataset_file(sources={"segments": {"train": "labels/train.csv"}, "ontology": "labels/ontology.json"})
    assert refusal(workdir).endswith("mine.yaml: sources: classes: missing; it is required")


def test_every_missing_key_is_named_at_once(workdir):
    (workdir / "mine.yaml").write_text("name: mine\n")
    words = refusal(workdir)
    assert "adapter: missing" in words
    assert "sources: missing" in words


def test_every_fault_of_a_file_is_told_at_once(workdir, dataset_file):
    dataset_file(exprots=[], audio="mirror", rights={"terms": 1})
    words = refusal(workdir).splitlines()
    assert len(words) == 3
    assert all(line.startswith(f"{workdir / 'mine.yaml'}: ") for line in words)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: mine\naudio: [mirror\n", 3),
        ("name: mine\n\taudio: mirror\n", 2),
        ("name: mine\nadapter: audioset\nrights: {terms: see: here}\n", 3),
    ],
)
def test_yaml_that_cannot_be_parsed_names_file_and_line(workdir, text, line):
    (workdir / "mine.yaml").write_text(text)
    assert refusal(workdir).startswith(f"{workdir / 'mine.yaml'}, line {line}: not valid YAML")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n"])
def test_yaml_that_is_no_mapping_is_refused(workdir, text):
    (workdir / "mine.yaml").write_text(text)
    assert f"{workdir / 'mine.yaml'}: expected `key: value` lines" in refusal(workdir)


def test_dataset_file_that_is_not_utf_8_is_refused_by_name(workdir):
    (workdir / "mine.yaml").write_bytes(b"name: caf\xe9\n")
    assert f"{workdir / 'mine.yaml'}: cannot be read" in refusal(workdir)


def test_key_written_twice_is_refused(workdir, dataset_file):
    """Else the later silently takes the place of the former, and a whole list of clips is gone."""
    dataset_file()
    file = workdir / "mine.yaml"
    file.write_text(file.read_text().replace("    eval: ", "    train: "))
    assert "train" in refusal(workdir)


def test_split_whose_name_is_no_text_is_refused(workdir, dataset_file):
    """YAML reads 2017 as a number and no as false; the adapter needs a name."""
    dataset_file(sources=DATASET["sources"] | {"segments": {2017: "labels/train.csv"}})
    assert "2017" in refusal(workdir)


@pytest.mark.parametrize("split", ["Train set", "train\n", "x" * 1000])
def test_split_whose_name_is_no_name_is_refused(workdir, dataset_file, split):
    dataset_file(sources=DATASET["sources"] | {"segments": {split: "labels/train.csv"}})
    assert f"sources: segments: {split!r}"[:50] in refusal(workdir)


def test_missing_source_file_is_named_with_dataset_and_key(workdir, dataset_file):
    dataset_file(sources=DATASET["sources"] | {"strong": ["labels/more.csv", "labels/gone.tsv"]})
    words = refusal(workdir)
    assert words.startswith(f"{workdir / 'mine.yaml'}: sources.strong[1]: dataset mine: no such file: ")
    assert words.endswith(str(workdir / "labels/gone.tsv"))


def test_folder_in_place_of_a_source_file_is_refused(workdir, dataset_file):
    dataset_file(sources=DATASET["sources"] | {"ontology": "labels"})
    assert f"sources.ontology: dataset mine: no such file: {workdir / 'labels'}" in refusal(workdir)


@pytest.mark.parametrize("entry", ["nowhere", {"path": "nowhere"}, "labels/train.csv", "nowhere.tar"])
def test_audio_root_that_is_neither_folder_nor_archive_is_named_with_its_place(workdir, dataset_file, entry):
    dataset_file(audio=["mirror", entry])
    path = workdir / (entry if isinstance(entry, str) else entry["path"])
    words = f"audio[1]: no such folder or archive (.tar, .zip, .parquet): {path}"
    assert refusal(workdir) == f"{workdir / 'mine.yaml'}: {words}"


def test_pictures_in_an_archive_are_refused(workdir, dataset_file):
    (workdir / "pictures.tar").write_bytes(b"")
    dataset_file(audio=[{"path": "pictures.tar", "holds": "images"}])
    words = f"audio[0]: no folder: {workdir / 'pictures.tar'}; pictures in archives are not listed, unpack them"
    assert refusal(workdir) == f"{workdir / 'mine.yaml'}: {words}"


def test_audio_root_named_twice_is_refused_however_it_is_written(workdir, dataset_file):
    dataset_file(audio=["mirror", "audio/../mirror/"])
    assert f"audio[1]: {workdir / 'mirror'} is named already in audio[0]" in refusal(workdir)


def test_two_datasets_of_one_name_are_refused_with_both_files(workdir, dataset_file):
    wanted = [dataset_file("one.yaml"), dataset_file("two.yaml")]
    with pytest.raises(SettingsError, match=r"two\.yaml: name: 'mine' is the name of .*one\.yaml too"):
        load_run({"datasets": wanted}, workdir)


@pytest.mark.parametrize("name", ["audio", "logs", "benchmarks", "matches"])
def test_dataset_cannot_be_called_like_a_folder_of_the_results(workdir, dataset_file, name):
    dataset_file(name=name)
    assert f"mine.yaml: name: '{name}' is taken" in refusal(workdir)


@pytest.mark.parametrize("name", ["AudioSet", "audio-set", "../audioset", "", "a b", "mine\n", "x" * 1000])
def test_name_that_could_not_be_a_folder_is_refused(workdir, dataset_file, name):
    dataset_file(name=name)
    assert "mine.yaml: name: " in refusal(workdir)


def test_unknown_adapter_names_the_known_ones(workdir, dataset_file):
    dataset_file(adapter="audoset")
    assert "mine.yaml: adapter: there is no adapter 'audoset'; known are audioset" in refusal(workdir)


def test_dataset_name_without_a_file_names_those_that_there_are(workdir):
    words = refusal(workdir, "sampel")
    assert "config/datasets/sampel.yaml" in words
    assert "audioset" in words
    assert "sample" in words


def test_path_of_a_dataset_file_that_is_not_there_is_named(workdir):
    assert refusal(workdir, "gone.yaml") == f"{workdir / 'gone.yaml'}: no such file"


def test_limits_that_no_clip_can_keep_are_refused_with_both_numbers(workdir, dataset_file):
    dataset_file(limits={"min_duration_s": 12.0})
    words = refusal(workdir)
    assert "min_duration_s 12.0" in words
    assert "max_duration_s 11.0" in words


@pytest.mark.parametrize("entry", ["cvs", {"cvs": {}}, {"cvs": {}, "as": "mine"}])
def test_unknown_export_names_itself_those_there_are_and_the_nearest(workdir, dataset_file, entry):
    dataset_file(exports=["ast", entry])
    known = ", ".join(exports())
    words = f"mine.yaml: exports[1]: there is no export 'cvs'; known are {known}; did you mean `csv`?"
    assert refusal(workdir).endswith(words)


@pytest.mark.parametrize(
    "second", ["csv", {"csv": {"paths": "relative"}}, {"csv": {}, "as": "csv"}, {"ast": {}, "as": "csv"}]
)
def test_two_exports_of_one_name_are_refused(workdir, dataset_file, second):
    dataset_file(exports=["csv", second])
    assert "mine.yaml: exports[1]: 'csv' stands there twice" in refusal(workdir)


@pytest.mark.parametrize("entry", [{"ast": {}, "csv": {}}, {"as": "mine"}, {}])
def test_entry_that_is_not_one_format_is_refused(workdir, dataset_file, entry):
    dataset_file(exports=[entry])
    assert "mine.yaml: exports[0]: " in refusal(workdir).replace("exports.0", "exports[0]")


@pytest.mark.parametrize("name", ["Mine", "a/b", "..", "", "mine\n"])
def test_name_of_an_export_that_could_not_be_a_folder_is_refused(workdir, dataset_file, name):
    dataset_file(exports=[{"csv": {}, "as": name}])
    assert "exports.0.as: " in refusal(workdir)


@pytest.mark.parametrize("results", ["audio", "audio/wav", "audio/wav/../wav/out", "audio/wav/deep/out", "."])
def test_results_and_an_audio_root_inside_each_other_are_refused(workdir, dataset_file, results):
    """The next scan would find what the last run wrote; and what clears results would clear the audio."""
    dataset_file(audio=["mirror", "audio/wav"] if results != "." else ["audio/wav"])
    words = refusal(workdir, results=results)
    where = f"{workdir / 'mine.yaml'}: audio[{1 if results != '.' else 0}]: "
    assert words.startswith(where)
    assert str(workdir / "audio/wav") in words


@pytest.mark.parametrize("link", ["results", "root"])
def test_results_and_a_root_inside_each_other_are_refused_behind_a_link(workdir, dataset_file, link):
    target, results, root = ("audio/wav", "link/out", "audio/wav") if link == "results" else ("out", "out", "link/deep")
    (workdir / "out/deep").mkdir(parents=True)
    (workdir / "link").symlink_to(workdir / target)
    dataset_file(audio=[root])
    assert "mine.yaml: audio[0]: " in refusal(workdir, results=results)


def test_results_beside_a_root_whose_name_begins_like_theirs_are_taken(workdir, dataset_file):
    dataset_file(audio=["mirror"])
    assert load_run({"datasets": ["mine.yaml"], "results": "mirror2"}, workdir).roots


def test_custom_rule_file_that_is_not_there_is_named(workdir, dataset_file):
    dataset_file()
    (workdir / "mine.smk").touch()
    words = refusal(workdir, custom_rules=["mine.smk", "rules/gone.smk"])
    assert f"custom_rules[1]: no such file: {workdir / 'rules/gone.smk'}" in words


@pytest.mark.parametrize("name", ["storng", "segments.evil", "seg", "audio/wav"])
def test_loss_of_what_there_is_not_is_an_unknown_name(workdir, dataset_file, name):
    dataset_file(sources=DATASET["sources"] | {"strong": ["labels/more.csv"]}, audio=["mirror"], allow_loss=[name])
    words = refusal(workdir)
    assert f"mine.yaml: allow_loss[0]: no source or audio root is called '{name}'; there are segments.train, " in words
    if name == "segments.evil":
        assert words.endswith("did you mean `segments.eval`?")
