"""Whoever wrote a file of the configuration: it is read within bounds, and what is wrong is said in plain text."""

import os
import time

import pytest

from workflow_scripts.settings.reading import SettingsError, load_own_yaml, load_yaml
from workflow_scripts.settings.run import load_run
from workflow_scripts.settings.schemas import CONFIG_FOLDER, SCRIPTS


def refusal(workdir, text=None, **config):
    """The words with which a run is refused, whose dataset file holds this text."""
    if text is not None:
        (workdir / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_run({"datasets": ["mine.yaml"], **config}, workdir)
    return str(caught.value)


def sound(**keys):
    """A sound dataset file as text, with other lines."""
    lines = {
        "name": "mine",
        "adapter": "audioset",
        "sources": "{segments: {train: labels/train.csv}, ontology: labels/ontology.json, classes: labels/classes.csv}",
    }
    return "".join(f"{key}: {value}\n" for key, value in (lines | keys).items())


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_dataset_file_that_is_no_regular_file_is_refused_at_once(workdir, kind):
    """A pipe would be waited for, and a device read for ever."""
    file = workdir / "mine.yaml"
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    assert refusal(workdir) == f"{file}: expected a regular file, found a folder, a pipe or a device"


def test_dataset_file_behind_a_link_is_read(workdir):
    (workdir / "elsewhere.yaml").write_text(sound())
    (workdir / "mine.yaml").symlink_to(workdir / "elsewhere.yaml")
    assert list(load_run({"datasets": ["mine.yaml"]}, workdir).datasets) == ["mine"]


def test_dataset_file_larger_than_a_megabyte_is_refused(workdir):
    assert "more than 1,000,000 bytes" in refusal(workdir, sound() + "# " + "x" * 1_000_000)


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("name", '"\\e[2Jmine"'),
        ("adapter", '"\\e]0;title\\a"'),
        ("sources", '{"\\e[31mred": 1}'),
        ("sources", '{segments: {train: "\\e[2J.csv"}, ontology: labels/ontology.json, classes: labels/classes.csv}'),
        ("audio", '["\\e[2J"]'),
        ("audio", '["mirror", {path: "mirror", holds: "\\e[2J"}]'),
        ("exports", '["\\e[2J"]'),
        ("exports", '[{csv: {"\\e[2J": 1}}]'),
        ('"\\e[2J"', "1"),
        ("rights", '{terms: ["\\u202E"]}'),
        ("limits", '!<\\e[2J> "x"'),
    ],
)
def test_control_characters_of_a_dataset_file_are_shown_as_escapes(workdir, key, written):
    words = refusal(workdir, sound(**{key: written}))
    assert all(letter.isprintable() for letter in words.replace("\n", ""))


def test_control_characters_in_the_name_of_a_file_are_shown_as_escapes(workdir):
    with pytest.raises(SettingsError, match=r"\\x1b\[2J\.yaml: no such file"):
        load_run({"datasets": ["\x1b[2J.yaml"]}, workdir)


LONG = "x" * 900_000


@pytest.mark.parametrize(
    "keys",
    [
        {"name": LONG},
        {"adapter": LONG},
        {f"? {LONG}\n": 1},
        {"audio": f"[{LONG}]"},
        {"exports": f"[{LONG}]"},
        {"limits": f"{{min_duration_s: {LONG}}}"},
        {"rights": f"[{LONG}]"},
        {"rights": "{terms: [" + "x, " * 10_000 + "]}"},
    ],
)
def test_message_about_a_long_value_is_short(workdir, keys):
    words = refusal(workdir, sound(**keys))
    assert len(words) < 5_000
    assert words.startswith(f"{workdir / 'mine.yaml'}: ")


def test_of_many_faults_the_first_twenty_are_told_and_how_many_more(workdir):
    words = refusal(workdir, sound() + "".join(f"key{number:05}: 1\n" for number in range(2_000))).splitlines()
    assert len(words) == 21
    assert words[-1] == "… and 1,980 more"


def test_few_lines_whose_aliases_stand_for_all_memory_are_refused_at_once(workdir):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    began = time.monotonic()
    assert "line 7: not valid YAML: its aliases stand for more than 4,000,000 characters" in refusal(workdir, bomb)
    assert time.monotonic() - began < 5


def test_few_lines_whose_merges_stand_for_all_memory_are_refused_at_once(workdir):
    bomb = "a0: &a0 {x: 1}\n"
    bomb += "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 12))
    assert "its aliases stand for more than" in refusal(workdir, bomb)


@pytest.mark.parametrize("text", ["name: &a [*a]\n", "name: &a {b: *a}\n"])
def test_value_that_holds_itself_is_refused(workdir, text):
    assert "line 1: not valid YAML: its aliases stand for more than" in refusal(workdir, text)


def test_an_alias_may_stand_for_what_it_repeats(workdir):
    text = sound(audio="[&root mirror]", rights="{labels: &licence CC0-1.0, audio: *licence}")
    (workdir / "mine.yaml").write_text(text)
    rights = load_run({"datasets": ["mine.yaml"]}, workdir).datasets["mine"].rights
    assert rights == {"labels": "CC0-1.0", "audio": "CC0-1.0"}


@pytest.mark.parametrize(
    "value",
    [
        "2024-13-45",
        '!!int ""',
        "!!bool x",
        "!!timestamp x",
        "!!python/object:os.system x",
        "9" * 5000,
        "*nowhere",
        '!!binary "x"',
        "{? [a, b] : c}",
        "{? {a: b} : c}",
        "'\x1b'",
        "'\x00'",
        "[" * 1000,
        "{<<: [1]}",
        '"\\ud800',
        "!!set x",
        "!!map x",
    ],
)
def test_whatever_a_reader_of_yaml_raises_becomes_an_error_with_file_and_line(workdir, value):
    words = refusal(workdir, f"name: mine\nrights: {value}\n")
    assert words.startswith((f"{workdir / 'mine.yaml'}, line 2: not valid YAML", f"{workdir / 'mine.yaml'}, line 3: "))
    assert len(words) < 500


@pytest.mark.parametrize("written", ['"a\\0b"', '"\\ud800"'])
def test_root_that_no_folder_can_be_is_one_that_is_not_there(workdir, written):
    assert "no such folder" in refusal(workdir, sound(audio=f"[{written}]"))


@pytest.mark.parametrize("key", ["name", "adapter", "rights", "limits", "exports", "?"])
@pytest.mark.parametrize(
    "number", ["0x" + "f" * 5000, "1" * 4299 + ":59", "9" * 400], ids=["hex", "base 60", "decimal"]
)
def test_number_of_more_digits_than_python_writes_is_refused_by_its_key(workdir, key, number):
    if key == "?":
        text, told = sound() + f"? {number}\n: 1\n", "a key: expected a number of at most 64 bits"
    else:
        text, told = sound(**{key: number}), f"{key}: expected a number of at most 64 bits"
    assert refusal(workdir, text) == f"{workdir / 'mine.yaml'}: {told}, found a longer one"


@pytest.mark.parametrize("value", [10**5000, "[" * 100_000, "9" * 5000], ids=["number", "nested", "digits"])
def test_so_is_one_on_the_command_line(workdir, value):
    words = refusal(workdir, sound(), files_per_shard=value)
    assert words.startswith("config (config/config.yaml or --config): files_per_shard: expected a ")
    assert len(words) < 500


def test_files_of_the_workflow_itself_are_read_alike_the_quick_way():
    files = [*CONFIG_FOLDER.rglob("*.yaml"), *SCRIPTS.rglob("*.yaml")]
    assert len(files) > 80
    for file in files:
        assert repr(load_own_yaml(file)) == repr(load_yaml(file)), file


@pytest.mark.parametrize("text", ["a: 1\nb: [\n", "a: 1\na: 2\n", "- a\n", "", "a: &b [*b]\n"])
def test_what_is_wrong_with_one_is_told_in_the_same_words(tmp_path, text):
    file = tmp_path / "own.schema.yaml"
    file.write_text(text)
    told = []
    for load in (load_own_yaml, load_yaml):
        with pytest.raises(SettingsError) as caught:
            load(file)
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert told[0].startswith(str(file))
