"""An adapter's schema says which texts of its sources are paths, folders or addresses; all else is an option."""

import pytest
import yaml

from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.sources import check_leaves, from_workdir, leaves, listed_by
from workflow_scripts.settings.validation import validated

SCHEMA = yaml.safe_load("""
type: object
additionalProperties: false
properties:
  list: {$ref: "#/$defs/file"}
  lists:
    anyOf:
      - {type: string, format: path}
      - {type: array, items: {$ref: "#/$defs/file"}}
      - {type: object, additionalProperties: {type: array, items: {$ref: "#/$defs/file"}}}
  audio_at:
    anyOf:
      - {type: string, format: address, pattern: "^https?://"}
      - {type: string, format: folder}
  sites:
    type: array
    items:
      type: object
      additionalProperties: false
      properties:
        notes: {type: string, format: path}
        name: {type: string}
        height_m: {type: number, default: 1.5}
        at: {type: array, items: {type: number}}
  language: {type: string, default: en}
  columns: {type: object, additionalProperties: {type: string}}
  first_line: {anyOf: [{type: integer}, {type: string, format: path}]}
  has_header: {type: boolean, default: true}
$defs:
  file: {type: string, format: path, minLength: 1}
""")


@pytest.fixture
def sources():
    written = {
        "list": "labels/train.csv",
        "lists": {"any name": ["labels/eval.csv", "/far/more.csv"], "2": []},
        "audio_at": "https://example.org/a",
        "sites": [{"notes": "labels/more.csv", "name": "labels/nowhere.csv", "at": [1, 2.5]}, {}],
        "columns": {"clip": "file/name"},
        "first_line": 3,
    }
    return validated(written, SCHEMA, "mine.yaml: sources")


def formats(sources):
    """The format of every leaf that has one, by its key."""
    return {leaf.key: leaf.format for leaf in leaves(sources, SCHEMA) if leaf.format}


def test_paths_folders_and_addresses_are_known_wherever_they_stand(sources):
    assert formats(sources) == {
        "list": "path",
        "lists.any name[0]": "path",
        "lists.any name[1]": "path",
        "audio_at": "address",
        "sites[0].notes": "path",
    }


@pytest.mark.parametrize("lists", ["labels/train.csv", ["labels/train.csv"], {"train": ["labels/train.csv"]}])
def test_path_is_known_in_each_form_that_a_value_may_have(lists):
    [found] = formats({"lists": lists}).values()
    assert found == "path"


def test_of_two_forms_of_text_the_pattern_decides():
    assert formats({"audio_at": "http://example.org"}) == {"audio_at": "address"}
    assert formats({"audio_at": "audio/wav"}) == {"audio_at": "folder"}


@pytest.mark.parametrize(("value", "format"), [(3, None), ("labels/train.csv", "path")])
def test_number_that_may_also_be_a_path_is_an_option(value, format):
    assert [leaf.format for leaf in leaves({"first_line": value}, SCHEMA)] == [format]


def test_options_pass_through_and_paths_are_seen_from_the_folder_of_the_run(sources, workdir):
    seen = from_workdir(sources, SCHEMA, workdir / "deep", workdir)
    assert seen == {
        "list": "deep/labels/train.csv",
        "lists": {"any name": ["deep/labels/eval.csv", "/far/more.csv"], "2": []},
        "audio_at": "https://example.org/a",
        "sites": [
            {"notes": "deep/labels/more.csv", "name": "labels/nowhere.csv", "at": [1, 2.5], "height_m": 1.5},
            {"height_m": 1.5},
        ],
        "columns": {"clip": "file/name"},
        "first_line": 3,
        "language": "en",
        "has_header": True,
    }


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ({"lists": {"a": ["labels/train.csv", "labels/gone.csv"]}}, r"sources\.lists\.a\[1\]: .* no such file: .*gone"),
        ({"audio_at": "labels/train.csv"}, r"sources\.audio_at: dataset mine: no such folder: "),
        ({"list": "labels"}, r"sources\.list: dataset mine: no such file: "),
    ],
)
def test_only_what_is_to_be_on_disk_is_looked_for(workdir, sources, words):
    there = {"audio_at": "https://example.org/nowhere", "language": "nowhere.csv", "lists": "labels/train.csv"}
    check_leaves(leaves(there, SCHEMA), workdir / "mine.yaml", "mine", workdir)
    with pytest.raises(SettingsError, match=words):
        check_leaves(leaves(sources, SCHEMA), workdir / "mine.yaml", "mine", workdir)


def test_folders_whose_names_no_table_can_hold_are_refused():
    found = leaves({"audio_at": "audio"}, SCHEMA)
    assert listed_by(found, "mine.yaml") == [("audio", "audio_at")]
    with pytest.raises(SettingsError, match=r"mine\.yaml: sources\.audio_at: .*its name is no UTF-8"):
        listed_by(leaves({"audio_at": "caf\udce9"}, SCHEMA), "mine.yaml")
