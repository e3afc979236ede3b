"""Schemas, their defaults, config.yaml and the page of keys say the same."""

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from workflow_scripts.settings.reading import load_yaml
from workflow_scripts.settings.reference import datasets, reference
from workflow_scripts.settings.schemas import (
    CONFIG_FOLDER,
    adapters,
    dataset_schema,
    exports,
    options_schema,
    run_schema,
    sources_schema,
)
from workflow_scripts.settings.validation import validated

SCHEMAS = {
    "config": run_schema(),
    "dataset": dataset_schema(),
    **{f"adapters/{name}": sources_schema(name, "test") for name in adapters()},
    **{f"exports/{name}": options_schema(name, "test") for name in exports()},
}
OPEN = {"dataset.properties.sources", "dataset.properties.exports.items.anyOf[1].additionalProperties"}
"""Closed by the schemas of adapters and exports."""


def parts(schema: object, place: str) -> Iterator[tuple[str, dict]]:
    """Every mapping inside a schema, with its place."""
    if isinstance(schema, dict):
        yield place, schema
        for key, part in schema.items():
            yield from parts(part, f"{place}.{key}")
    elif isinstance(schema, list):
        for ordinal, part in enumerate(schema):
            yield from parts(part, f"{place}[{ordinal}]")


def test_readme_of_the_config_is_what_the_schemas_say():
    written = (CONFIG_FOLDER / "README.md").read_text(encoding="utf-8")
    assert written == reference(), "config/README.md and the schemas differ: run `make docs`"


def test_the_list_of_dataset_files_is_what_they_begin_with():
    written = (CONFIG_FOLDER / "datasets/README.md").read_text(encoding="utf-8")
    assert written == datasets(), "config/datasets/README.md and the dataset files differ: run `make docs`"


@pytest.mark.parametrize("file", sorted((CONFIG_FOLDER / "datasets").glob("*.yaml")), ids=lambda file: file.stem)
def test_a_dataset_file_says_what_it_is(file):
    said = file.read_text(encoding="utf-8").partition("\nname: ")[0]
    assert all(line.startswith("# ") and len(line) <= 120 for line in said.splitlines())


def test_there_are_schemas_for_the_run_the_datasets_each_adapter_and_each_export():
    assert {"config", "dataset", "adapters/audioset", "exports/csv", "exports/ast"} <= set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_a_json_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_closed_wherever_it_has_keys(name):
    opened = [
        place
        for place, part in parts(SCHEMAS[name], name)
        if part.get("type") == "object" and "additionalProperties" not in part
    ]
    assert set(opened) <= OPEN


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_says_what_it_means(name):
    rows = [row.split(" | ") for row in reference().splitlines() if row.startswith("| `")]
    assert rows
    assert [row[0] for row in rows if not row[3].strip(" |")] == []
    schema = SCHEMAS[name]
    assert all(any(row[0] == f"| `{key}`" for row in rows) for key in schema["properties"])


def test_defaults_of_the_config_keep_to_their_own_schema():
    defaults = validated({}, run_schema(), "defaults")
    assert validated(defaults, run_schema(), "defaults filled in") == defaults


def test_config_yaml_shows_every_key_with_its_default():
    shown = load_yaml(CONFIG_FOLDER / "config.yaml")
    assert shown == validated({}, run_schema(), "defaults")


@pytest.mark.parametrize("file", sorted((CONFIG_FOLDER / "datasets").glob("*.yaml")), ids=lambda file: file.stem)
def test_bundled_dataset_files_are_valid_and_called_by_their_name(file):
    written = load_yaml(file)
    content = validated(written, dataset_schema(written["adapter"]), str(file))
    assert content["name"] == file.stem
    validated(content["sources"], sources_schema(content["adapter"], "test"), str(file))
