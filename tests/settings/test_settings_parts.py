"""What a schema of sources or options may say is itself held to a schema: its author is told the file and the key."""

from pathlib import Path

import pytest
import yaml

from workflow_scripts.settings import schemas
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.schemas import PART, options_schema, sources_schema
from workflow_scripts.tables.schemas import INGESTED, RESOLVED

GOOD = """
title: Sources of the adapter `mine`
description: One table.
match: stem
type: object
additionalProperties: false
required: [meta]
properties:
  meta: {type: string, format: path, description: The table.}
"""


def _sources(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    file = folder / "adapters/mine/sources.schema.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    monkeypatch.setattr(schemas, "SCRIPTS", folder)
    sources_schema("mine", "own.yaml: adapter")


def test_a_schema_that_says_what_it_may_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _sources(monkeypatch, tmp_path, GOOD)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("match: stem", "match: name", "match: 'name' is not known; one of youtube, stem, path, declared was expected"),
        ("match: stem\n", "", "match: missing; it is required"),
        ("title: Sources of the adapter `mine`\n", "", "title: missing; it is required"),
        ("format: path", "fromat: path", "properties.meta.fromat: unknown key; did you mean `format`?"),
        (
            "format: path",
            "format: pth",
            "properties.meta.format: 'pth' is not known; one of path, files, folder, address",
        ),
        ("required: [meta]", "requried: [meta]", "requried: unknown key; did you mean `required`?"),
        ("type: string", "type: strng", "properties.meta.type: 'strng' is not known; one of string, "),
        ("additionalProperties: false", "additionalProperties: true", "additionalProperties: "),
        ("match: stem", "match: stem\nsplits: lists", "splits: there is no source 'lists'"),
        ("match: stem", "match: [stem", "expected "),
    ],
)
def test_a_mistake_is_told_with_its_file_and_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    with pytest.raises(SettingsError) as error:
        _sources(monkeypatch, tmp_path, GOOD.replace(right, wrong))
    assert f"{tmp_path}/adapters/mine/sources.schema.yaml" in str(error.value)
    assert told in str(error.value)


def test_an_export_asks_for_tables_that_there_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "exports/mine/options.schema.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(GOOD.replace("match: stem", "needs: [clips, caption]"))
    monkeypatch.setattr(schemas, "SCRIPTS", tmp_path)
    with pytest.raises(SettingsError, match=r"needs\.1: 'caption' is not known; .*did you mean `captions`\?"):
        options_schema("mine", "own.yaml: exports[0]")


def test_the_tables_that_an_export_may_ask_for_are_all_that_there_are() -> None:
    tables = yaml.safe_load(PART.read_text())["properties"]["needs"]["items"]["enum"]
    assert tables == [*INGESTED, *RESOLVED, "pairs", "unpaired", "checks"]
