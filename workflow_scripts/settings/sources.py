"""The leaves of a dataset file's `sources`: which are paths, folders or addresses, as the adapter's schema says."""

import glob
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.settings.path_names import refuse_unfit
from workflow_scripts.settings.reading import MissingError
from workflow_scripts.settings.roots import made_by_workflow
from workflow_scripts.settings.validation import Schema, form_of, schema_below
from workflow_scripts.sources.files import files_of, pattern_below, without_escapes

ON_DISK: dict[str | None, tuple[str, Callable[[Path, str], bool]]] = {
    "path": ("file", lambda workdir, path: (workdir / path).is_file()),
    "files": (
        "file",
        lambda workdir, pattern: any(map(os.path.isfile, files_of(pattern_below(str(workdir), pattern)))),
    ),
    "folder": ("folder", lambda workdir, path: (workdir / path).is_dir()),
}
"""The formats that name something on disk: what that is, and whether it is there, below the folder of the run."""
READ: dict[str | None, Callable[[str], list[str]]] = {"path": lambda path: [path], "files": files_of}
"""The formats that name files to be read, and which files these are."""


@dataclass(frozen=True)
class Leaf:
    """One value of the sources.

    Attributes:
        key: where it stands, below `sources`: `strong[0]`, `segments.eval`.
        value: what stands there.
        format: path, files (a pattern), folder or address; None for an option, like every number, yes or no.
    """

    key: str
    value: Any
    format: str | None


def leaves(sources: Any, schema: Schema) -> list[Leaf]:
    """Every leaf of validated sources, in their order."""
    found: list[Leaf] = []
    _with_each(found.append, sources, schema, schema, "")
    return found


def from_workdir(sources: Any, schema: Schema, base: Path, workdir: Path) -> Any:
    """Sources with every path in them, which starts at base, as seen from the folder of the run."""

    def seen(leaf: Leaf) -> Any:
        if leaf.format not in ON_DISK:
            return leaf.value
        if leaf.format == "files":
            return seen_from(Path(glob.escape(str(workdir))), pattern_below(str(base), leaf.value))
        return seen_from(workdir, os.path.abspath(base / leaf.value))

    return _with_each(seen, sources, schema, schema, "")


def seen_from(workdir: Path, path: str) -> str:
    """An absolute path, relative where it lies below the folder of the run."""
    inside = os.path.relpath(path, workdir)
    return path if inside.startswith("..") else inside


def read_by(found: Iterable[Leaf], where: str) -> list[tuple[str, str]]:
    """Each file that is read, and the key of the leaf that names it or a pattern that fits it.

    Raises:
        SettingsError: one has a name that no table of ours or no rule can hold.
    """
    files = [(path, leaf.key) for leaf in found if leaf.format in READ for path in READ[leaf.format](leaf.value)]
    for path, key in files:
        refuse_unfit(path, f"{where}: sources.{key}")
    return files


def listed_by(found: Iterable[Leaf], where: str) -> list[tuple[str, str]]:
    """Each folder of which it is read what lies there, and the key of the leaf that names it.

    Raises:
        SettingsError: one has a name that no table of ours can hold.
    """
    folders = [(leaf.value, leaf.key) for leaf in found if leaf.format == "folder"]
    for path, key in folders:
        refuse_unfit(path, f"{where}: sources.{key}")
    return folders


def check_leaves(
    found: Iterable[Leaf],
    file: Path,
    dataset: str,
    workdir: Path,
    is_coming: Callable[[Leaf], bool] = lambda leaf: False,
    words: Callable[[Leaf], str] = lambda leaf: "",
) -> None:
    """Raises MissingError for a path where no file is, and for a folder that is not there.

    Args:
        found: the leaves.
        file: as errors call it.
        dataset: as errors call it.
        workdir: the folder of the run.
        is_coming: whether the run is to fetch what is not there.
        words: what else there is to be said of it.
    """
    for leaf in found:
        if leaf.format not in ON_DISK or made_by_workflow(leaf.value, workdir):
            continue
        refuse_unfit(leaf.value, f"{file}: sources.{leaf.key}")
        kind, is_there = ON_DISK[leaf.format]
        if not is_there(workdir, leaf.value) and not is_coming(leaf):
            path = os.path.abspath(workdir / leaf.value)
            path = without_escapes(path) if leaf.format == "files" else path
            more = words(leaf)
            raise MissingError(f"{file}: sources.{leaf.key}: dataset {dataset}: no such {kind}: {path}{more}")


def _with_each(change: Callable[[Leaf], Any], value: Any, schema: Schema, whole: Schema, key: str) -> Any:
    """A copy of a value in which each leaf is what a function makes of it."""
    schema = form_of(value, schema, whole)
    if isinstance(value, dict):
        return {
            name: _with_each(change, one, schema_below(name, schema), whole, f"{key}.{name}" if key else name)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [
            _with_each(change, one, schema.get("items", {}), whole, f"{key}[{ordinal}]")
            for ordinal, one in enumerate(value)
        ]
    return change(Leaf(key, value, schema.get("format") if isinstance(value, str) else None))
