"""Exports: one folder a format, with its `export` function and the schema of its options; see exporter()."""

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.tables.store import lazy_table, read_checks, read_table


@dataclass(frozen=True)
class Tables:
    """What an export may read of a dataset: the tables that its schema names under `needs`.

    Attributes:
        files: of each table but the checks.
        of_roots: the files of the checks of each root, by its slug.
    """

    files: Mapping[str, Path]
    of_roots: Mapping[str, Sequence[Path]] = field(default_factory=dict)

    def lazy(self, name: str) -> pl.LazyFrame:
        """A table to be read in part."""
        return lazy_table(self.files[name])

    def read(self, name: str) -> pl.DataFrame:
        """A table, whole."""
        return read_table(self.files[name])

    def checks(self, columns: Sequence[str]) -> pl.DataFrame:
        """Columns of the checks of all roots; `root` is the slug."""
        return read_checks(self.of_roots, columns)


def exporter(name: str) -> Callable[[Tables, dict[str, Any], Path, Path], None]:
    """The export function of a format: tables, options, folder to write to, folder that it will be."""
    export: Callable[[Tables, dict[str, Any], Path, Path], None] = importlib.import_module(
        f"workflow_scripts.exports.{name}"
    ).export
    return export


def file_paths(clips: pl.DataFrame, paths: str, folder: Path) -> pl.Series:
    """How an export names the media of clips: absolute, or relative to the export's folder."""
    if paths == "absolute":
        return clips["media_path"]
    above = os.path.realpath(folder)
    return clips["media_path"].map_elements(lambda path: os.path.relpath(path, above), return_dtype=pl.String)


def splits_of(clips: pl.LazyFrame) -> list[str]:
    """The splits, in the order of the clips."""
    return clips.select(pl.col("split").unique(maintain_order=True).cast(pl.String)).collect()["split"].to_list()
