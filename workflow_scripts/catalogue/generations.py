"""Generations of the catalogue: the files of one finished run under names that later runs do not touch."""

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import link_or_copy


def generations(places: Places) -> list[str]:
    """The names of those that are there, the oldest first."""
    try:
        names = os.listdir(places.generations)
    except FileNotFoundError:
        return []
    return sorted((name for name in names if name.isdecimal()), key=int)


def next_generation(places: Places) -> str:
    """The name of the next."""
    return str(max(map(int, generations(places)), default=0) + 1)


def current_generation(places: Places) -> str | None:
    """The one that the catalogue speaks of: that which has the same file as its catalogue.

    Where no file has two names (a filesystem without hard links), the last one; None if there is none.
    """
    there = generations(places)
    for name in reversed(there):
        if _is_same(places.generation(name).catalogue, places.catalogue):
            return name
    return there[-1] if there else None


def link_into(folder: Path, file: str, places: Places) -> None:
    """Give a file of the results a second name, at the same place below another folder."""
    other = folder / place_below(file, places)
    other.parent.mkdir(parents=True, exist_ok=True)
    link_or_copy(Path(file), other)


def place_below(file: str, places: Places) -> str:
    """Where a file is below the folder of the results.

    >>> place_below("out/birds/tables/clips.parquet", Places("out"))
    'birds/tables/clips.parquet'
    """
    return file.removeprefix(places.results).lstrip("/")


def drop_generations(places: Places, but: Collection[str | None]) -> None:
    """Remove all but some, and what killed builds left of others."""
    for entry in os.scandir(places.generations):
        if entry.is_dir() and entry.name not in but:
            shutil.rmtree(entry.path, ignore_errors=True)


def _is_same(file: str, other: str) -> bool:
    try:
        return os.path.samefile(file, other)
    except FileNotFoundError:
        return False
