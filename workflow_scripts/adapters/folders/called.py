"""Sounds whose folder is their class."""

import itertools
import os
from collections.abc import Iterable, Mapping
from pathlib import PurePath, PurePosixPath

import polars as pl

from workflow_scripts.adapters.folders.splits import FIRST_FOLDER, SPLITS, are_splits
from workflow_scripts.errors import first_twenty
from workflow_scripts.media.names import from_text, to_text
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.listing import FolderListing

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
MOST_ASKED = 1_000
"""In so many folders it is looked whether they hold such, those above before those below."""


def of_folders(named: str | Mapping[str, str], looks: Mapping[str, str]) -> tuple[pl.DataFrame, list[Counted]]:
    """The rows of all folders, as `judged` takes them, and the folders as sources.

    A media is called by its path below the folder, or below the one that holds the folders of all splits.

    Args:
        named: a folder, or one for each split.
        looks: as IngestSettings has them.

    Raises:
        SourceError: one cannot be listed, holds metadata that is not named or another one of them, or it cannot be told
            whether what it holds are splits or classes.
    """
    of_split: list[tuple[str | None, str]] = [(None, named)] if isinstance(named, str) else [*named.items()]
    folders = [folder for _, folder in of_split]
    _refuse_one_in_another(folders)
    base = os.path.commonpath(list(map(os.path.abspath, folders)))
    parts, counted = [], []
    for split, folder in of_split:
        listing = FolderListing.of(folder, looks.get(folder, ""))
        _refuse_metadata(listing)
        counted.append(listing.counted())
        below = to_text(os.path.relpath(os.path.abspath(folder), base))
        rows = _with_split(listing) if split is None else listing.rows.with_columns(split=pl.lit(split), inner="path")
        media = pl.col("path") if below == "." else pl.concat_str(pl.lit(f"{below}/"), "path")
        parts.append(rows.with_columns(media=media, classes=_class()).drop("path", "inner", "bytes", "mtime_ns"))
    return pl.concat(parts), counted


def _class() -> pl.Expr:
    """The folder that a sound lies in, if it lies in one."""
    folder = pl.col("inner").str.extract(r"(?s)(?:^|/)([^/]+)/[^/]*$")
    return pl.when(folder.is_not_null()).then(pl.concat_list(folder))


def _with_split(listing: FolderListing) -> pl.DataFrame:
    """Rows with their `split`, and `inner`: their path without its folder."""
    rows = listing.rows
    first = rows.select(pl.col("path").str.extract(FIRST_FOLDER)).to_series()
    called = first.filter(rows["reason"].is_null()).drop_nulls().unique().sort().to_list()
    if not are_splits(called):
        if splits := [name for name in called if name.lower() in SPLITS]:
            others = [name for name in called if name not in splits]
            raise SourceError(
                f"{listing.folder}: {first_twenty(splits)} would be splits, {first_twenty(others)} classes; say which, "
                f"as `folder: {{all: {listing.folder}}}` if all are classes, or name the folder of each split there"
            )
        return rows.with_columns(split=pl.lit(None, pl.String), inner="path")
    inner = pl.when(first.is_not_null()).then(pl.col("path").str.replace(FIRST_FOLDER, "")).otherwise("path")
    return rows.with_columns(split=first, inner=inner)


def _refuse_one_in_another(folders: Iterable[str]) -> None:
    for one, other in itertools.permutations(folders, 2):
        if PurePath(os.path.realpath(other)).is_relative_to(os.path.realpath(one)):
            raise SourceError(f"{other}: it lies in {one}, which is named too; name folders that hold no other of them")


def _refuse_metadata(listing: FolderListing) -> None:
    """Files that say what the sounds are would be left out of account."""
    held = listing.rows.select(pl.col("path").str.extract(r"(?s)^(.*)/[^/]*$").fill_null("").unique()).to_series()
    folders = {"", *held, *(str(above) for name in held for above in PurePosixPath(name).parents[:-1])}
    for name in sorted(folders, key=lambda one: (one.count("/"), one))[:MOST_ASKED]:
        place = from_text(listing.folder, name)
        for file in METADATA:
            if os.path.isfile(path := os.path.join(place, file)):
                raise SourceError(
                    f"{path}: it may say what the sounds beside it are. Name it in place of the folder, "
                    f"`metadata: {path}`, or call it otherwise if folders are the classes"
                )
