"""Where the closed JSON Schemas lie: those of a run in config/, that of an adapter or an export in its own folder."""

from pathlib import Path
from typing import Any

from workflow_scripts.errors import nearest
from workflow_scripts.settings.reading import SettingsError, load_own_yaml
from workflow_scripts.settings.validation import Schema, read_from_text, validated

CONFIG_FOLDER = Path(__file__).resolve().parents[2] / "config"
SCRIPTS = Path(__file__).resolve().parents[1]
_MADE = "the workflow makes it; a dataset of the adapter `derived` says `derive` alone"
DERIVED = "derived"
"""The adapter of datasets that the workflow makes: their files name neither sources nor audio."""
SOURCES, MAPPING, OPTIONS = "sources.schema.yaml", "mapping.schema.yaml", "options.schema.yaml"
PART = Path(__file__).with_name("part.schema.yaml")


def run_schema() -> Schema:
    """The schema of config/config.yaml, in which a dataset's `subset` is as in its file."""
    schema = load_own_yaml(CONFIG_FOLDER / "config.schema.yaml")
    of_files = dataset_schema()["properties"]["subset"]
    subset = schema["properties"]["subset"] | {"additionalProperties": of_files}
    return schema | {"properties": schema["properties"] | {"subset": subset}}


def run_settings(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of a run, with their defaults.

    Raises:
        SettingsError: they say what none may.
    """
    schema = run_schema()
    return validated(read_from_text(config, schema), schema, "config (config/config.yaml or --config)")


def dataset_schema(adapter: Any = None) -> Schema:
    """The schema of a dataset file, with what its adapter has it say besides."""
    schema = load_own_yaml(CONFIG_FOLDER / "dataset.schema.yaml")
    more = mapping_schema(adapter)
    if adapter == DERIVED:
        made = dict.fromkeys(("sources", "audio", "acquire"), _MADE)
        schema = schema | {"gone": made, "required": ["name", "adapter"]}
        schema["properties"] = {name: part for name, part in schema["properties"].items() if name not in made}
    return schema | {
        "properties": schema["properties"] | more.get("properties", {}),
        "required": schema["required"] + more.get("required", []),
        "$defs": more.get("$defs", {}),
    }


def mapping_schema(adapter: Any) -> Schema:
    """The schema of what a dataset file says for its adapter beside the sources; of nothing, where it says nothing."""
    if adapter not in adapters():
        return {}
    path = SCRIPTS / "adapters" / adapter / MAPPING
    if not path.is_file():
        return {}
    return validated(load_own_yaml(path), load_own_yaml(PART), str(path))


def adapters() -> list[str]:
    """The adapters there are: folders that say what sources they take."""
    return sorted(file.parent.name for file in SCRIPTS.glob(f"adapters/*/{SOURCES}"))


def exports() -> list[str]:
    """The formats of exports there are: folders that say what options they take."""
    return sorted(file.parent.name for file in SCRIPTS.glob(f"exports/*/{OPTIONS}"))


def sources_schema(adapter: str, where: str) -> Schema:
    """The schema of an adapter's sources.

    Its keyword `match` says how media are matched to clips, or that the dataset file does (`declared`); `splits`, which
    of the sources may have the splits as its keys: a split that loses every row can be told of only where it is known
    by another way.

    Raises:
        SettingsError: there is no such adapter, or its schema says what no schema does.
    """
    schema = _schema("adapters", adapter, SOURCES, adapters(), f"{where}: there is no adapter", "match")
    if schema.get("splits", next(iter(schema["properties"]))) not in schema["properties"]:
        raise SettingsError(f"{SCRIPTS}/adapters/{adapter}/{SOURCES}: splits: there is no source {schema['splits']!r}")
    return schema


def options_schema(export: str, where: str) -> Schema:
    """The schema of an export's options.

    Its keyword `needs` lists the tables that the export reads; `packs` says whether it makes packs: `true`, or options
    and the values of them under which it does; `describes`, whether it tells of the dataset, and so is told what is
    known of it, and made after its other exports.

    Raises:
        SettingsError: there is no such export, or its schema says what no schema does.
    """
    return _schema("exports", export, OPTIONS, exports(), f"{where}: there is no export", "needs")


def _schema(room: str, name: str, file: str, known: list[str], problem: str, keyword: str) -> Schema:
    if name not in known:
        raise SettingsError(f"{problem} {name!r}; known are {', '.join(known)}{nearest(name, known)}")
    path = SCRIPTS / room / name / file
    part = load_own_yaml(PART)
    return validated(_joined(load_own_yaml(path), path), part | {"required": [*part["required"], keyword]}, str(path))


def _joined(schema: Schema, path: Path) -> Schema:
    """A schema in which `$ref: <file>` is what stands in that file, as several say it; keys beside it hold before."""
    properties = schema.get("properties", {}).items()
    joined = {name: _part(part, path) for name, part in properties}
    return schema | {"properties": joined} if joined else schema


def _part(part: Schema, path: Path) -> Schema:
    if not str(file := part.get("$ref", "")).endswith(".yaml"):
        return part
    return _over(load_own_yaml(path.parent / file), {name: said for name, said in part.items() if name != "$ref"})


def _over(below: Schema, above: Schema) -> Schema:
    """One schema with another over it, key by key."""
    both = below | above
    for name in below.keys() & above.keys():
        if isinstance(below[name], dict) and isinstance(above[name], dict):
            both[name] = _over(below[name], above[name])
    return both
