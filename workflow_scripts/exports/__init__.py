"""Exports: one module a format, each with an `export` function; see exporter()."""

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Tables:
    """What an export may read of a dataset.

    Attributes:
        ledger: the table of this name, not yet read: an export wants some of its rows.
        classes: the table of this name.
        checks: reads the given columns of the checks of all roots, with the column `root`.
    """

    ledger: pl.LazyFrame
    classes: pl.DataFrame
    checks: Callable[[list[str]], pl.DataFrame]


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


def splits_of(ledger: pl.LazyFrame) -> list[str]:
    """The splits, in the order of the ledger."""
    return ledger.select(pl.col("split").unique(maintain_order=True).cast(pl.String)).collect()["split"].to_list()
