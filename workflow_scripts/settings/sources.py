"""The leaves of a dataset file's `sources`: which are paths, folders or addresses, as the adapter's schema says."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.settings.roots import made_by_workflow
from workflow_scripts.settings.validation import SettingsError, resolved

Schema = dict[str, Any]


@dataclass(frozen=True)
class Leaf:
    """One value of the sources.

    Attributes:
        key: dotted, from `sources` on.
        value: what stands there.
        format: of the schema: path (of a file), folder, address; None for an option.
    """

    key: str
    value: Any
    format: str | None


def leaves(sources: Any, schema: Schema, key: str = "sources") -> Iterator[Leaf]:
    """Every leaf of validated sources, with the format that the schema gives it."""
    return _leaves(sources, schema, schema, key)


def _leaves(sources: Any, schema: Schema, whole: Schema, key: str) -> Iterator[Leaf]:
    if isinstance(sources, dict):
        for name, value in sources.items():
            yield from _leaves(value, _below(name, value, schema, whole), whole, f"{key}.{name}")
    elif isinstance(sources, list):
        for ordinal, value in enumerate(sources):
            yield from _leaves(value, _form(value, schema.get("items", {}), whole), whole, f"{key}[{ordinal}]")
    else:
        yield Leaf(key, sources, schema.get("format"))


def from_workdir(sources: Any, schema: Schema, base: Path, workdir: Path) -> Any:
    """Sources with every path in them, which starts at base, as seen from the folder of the run."""
    return _from_workdir(sources, schema, schema, base, workdir)


def _from_workdir(sources: Any, schema: Schema, whole: Schema, base: Path, workdir: Path) -> Any:
    if isinstance(sources, dict):
        return {
            name: _from_workdir(value, _below(name, value, schema, whole), whole, base, workdir)
            for name, value in sources.items()
        }
    if isinstance(sources, list):
        return [
            _from_workdir(value, _form(value, schema.get("items", {}), whole), whole, base, workdir)
            for value in sources
        ]
    if schema.get("format") not in ("path", "folder"):
        return sources
    path = os.path.abspath(base / sources)
    inside = os.path.relpath(path, workdir)
    return path if inside.startswith("..") else inside


def check_leaves(found: Iterable[Leaf], file: Path, dataset: str, workdir: Path) -> None:
    """Raises SettingsError for a path where no file is, and for a folder that is not there."""
    kinds = {"path": ("file", Path.is_file), "folder": ("folder", Path.is_dir)}
    for leaf in found:
        if leaf.format not in kinds or made_by_workflow(leaf.value, workdir):
            continue
        kind, is_there = kinds[leaf.format]
        if not is_there(workdir / leaf.value):
            raise SettingsError(
                f"{file}: {leaf.key}: dataset {dataset}: no such {kind}: {os.path.abspath(workdir / leaf.value)}"
            )


def _below(name: str, value: Any, schema: Schema, whole: Schema) -> Schema:
    part = schema.get("properties", {}).get(name) or schema.get("additionalProperties") or {}
    return _form(value, part, whole)


def _form(value: Any, schema: Schema, whole: Schema) -> Schema:
    """Of several forms that a value may have, that of its own type."""
    schema = resolved(schema, whole)
    kind = "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "string"
    forms = [resolved(form, whole) for form in schema.get("anyOf", [])]
    return next((form for form in forms if form.get("type", "string") == kind), schema)
