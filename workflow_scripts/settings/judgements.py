"""The files in which people or models say something of clips that a dataset's own sources promise."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workflow_scripts.settings.path_names import refuse_unfit
from workflow_scripts.settings.reading import MissingError, SettingsError
from workflow_scripts.settings.sources import seen_from
from workflow_scripts.sources.files import refuse_one_file_twice

KEYS = ("reviews", "predictions")
"""Of a dataset file, each a list of paths."""
Named = list[tuple[str, str]]
"""Paths as the run knows them, and the key that names each: `reviews[0]`."""


def judgements(content: Mapping[str, Any], sources: Named, file: Path, base: Path, workdir: Path) -> dict[str, Named]:
    """What a dataset file names under each of KEYS.

    Args:
        content: of the file.
        sources: the files that its sources name, and the key of each.
        file: as errors call it.
        base: the folder that its relative paths start from.
        workdir: the folder of the run.

    Raises:
        MissingError: a file is not there.
        SettingsError: one is called as no rule or table can hold.
        SourceError: one is named twice, or is one of the sources.
    """
    found: dict[str, Named] = {key: [] for key in KEYS}
    for key in KEYS:
        for ordinal, entry in enumerate(content[key]):
            path = os.path.abspath(base / (entry if isinstance(entry, str) else entry["file"]))
            refuse_unfit(path, f"{file}: {key}[{ordinal}]")
            if not os.path.isfile(path):
                raise MissingError(f"{file}: {key}[{ordinal}]: dataset {content['name']}: no such file: {path}")
            found[key].append((seen_from(workdir, path), f"{key}[{ordinal}]"))
    named = [(f"{file}: {key}", path) for of_key in found.values() for path, key in of_key]
    known = {os.path.realpath(workdir / path): (f"{file}: sources.{key}", path) for path, key in sources if named}
    refuse_one_file_twice((key, os.path.join(workdir, path)) for key, path in [*known.values(), *named])
    return found


def models_of(content: Mapping[str, Any], predictions: Named) -> dict[str, str]:
    """What the models of files of predictions are called, by their paths, where the dataset file says so."""
    entries = zip(content["predictions"], predictions, strict=True)
    return {path: entry["model"] for entry, (path, _) in entries if not isinstance(entry, str)}


def refuse_below_results(file: str, named: Mapping[str, Iterable[str]], results: str, workdir: Path) -> None:
    """Raises SettingsError for files in the folder of the results: whoever deletes it means to make all of it again."""
    made = Path(os.path.realpath(workdir / results))
    for key, paths in named.items():
        for ordinal, path in enumerate(paths):
            if Path(os.path.realpath(workdir / path)).is_relative_to(made):
                raise SettingsError(
                    f"{file}: {key}[{ordinal}]: {path} lies in the results ({made}), where a run may delete and make "
                    "again anything, and would read what it made itself; keep the file beside your labels"
                )
