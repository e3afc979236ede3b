"""The registry of collections, and which of the files that come along could be run as they are."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.settings.reading import SettingsError, load_own_yaml
from workflow_scripts.settings.schemas import CONFIG_FOLDER, sources_schema
from workflow_scripts.settings.sources import check_leaves, from_workdir, leaves
from workflow_scripts.settings.validation import Schema, validated

REGISTRY = CONFIG_FOLDER / "registry.yaml"


@dataclass(frozen=True)
class Entry:
    """A collection, and one dataset file for it.

    Attributes:
        collection: its name in the registry; that of the dataset where the registry has none.
        known: what the registry says of it.
        dataset: a name of a file in config/datasets, or of a dataset of the run; None where there is no file.
        lacks: of a dataset that is not in the run, what its sources lack; None where they are all there.
    """

    collection: str
    known: dict[str, Any]
    dataset: str | None
    lacks: str | None


def registered(in_run: list[str], workdir: Path) -> list[Entry]:
    """Each collection with each of its dataset files, in the registry's order, then datasets that it does not know.

    Args:
        in_run: the datasets of the run.
        workdir: the folder where paths of the files that come along start.

    Raises:
        SettingsError: the registry is not as its schema has it, or names a dataset twice, or a file that is not there.
    """
    known = _registry()
    entries: list[Entry] = []
    for collection, said in known.items():
        for dataset in said["datasets"] or [None]:
            lacks = None if dataset is None or dataset in in_run else _lacking(dataset, workdir)
            entries.append(Entry(collection, said, dataset, lacks))
    named = [entry.dataset for entry in entries if entry.dataset]
    if twice := sorted({one for one in named if named.count(one) > 1}):
        raise SettingsError(f"{REGISTRY}: datasets named by more than one collection: {', '.join(twice)}")
    return entries + [Entry(dataset, {}, dataset, None) for dataset in in_run if dataset not in named]


@functools.cache
def known_of(dataset: str) -> dict[str, Any]:
    """What the registry says of the collection that a dataset is of; nothing where it knows none.

    Raises:
        SettingsError: the registry is not as its schema has it.
    """
    return next((said for said in _registry().values() if dataset in said["datasets"]), {})


def _registry() -> dict[str, dict[str, Any]]:
    schema = load_own_yaml(CONFIG_FOLDER / "registry.schema.yaml")
    return validated(load_own_yaml(REGISTRY), schema, str(REGISTRY))


def _lacking(dataset: str, workdir: Path) -> str | None:
    import yaml

    file = CONFIG_FOLDER / "datasets" / f"{dataset}.yaml"
    if not file.is_file():
        raise SettingsError(f"{REGISTRY}: datasets: there is no config/datasets/{dataset}.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a tenth of the time
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
        schema = _schema(content["adapter"])
        found = from_workdir({**content["sources"]}, schema, workdir, workdir)
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):  # somebody is at work on it
        return "a dataset file that can be read; a run of it says what is wrong"
    try:
        check_leaves(leaves(found, schema), file, dataset, workdir)
    except SettingsError as error:
        return str(error).partition(": ")[2]
    return None


@functools.cache
def _schema(adapter: str) -> Schema:
    return sources_schema(adapter, str(REGISTRY))
