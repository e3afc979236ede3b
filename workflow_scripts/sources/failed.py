"""A dataset that cannot be ingested: it must not stop the others, nor take along what was made of it before."""

import logging
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from workflow_scripts.errors import SoundledgerError, as_text
from workflow_scripts.tables import schemas
from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.files import link_or_copy, published, whole
from workflow_scripts.tables.store import write_table

SCOPE = "dataset"
"""Of the one row of `rejects` that says so."""
NOT_ITS_OWN = (OSError, MemoryError, KeyboardInterrupt, SystemExit)
"""Faults of the machine, which fail the job: another attempt may go well, with the same sources."""
_log = logging.getLogger(__name__)


def keep_tables(paths: Mapping[str, Path], crashed: Path | None = None) -> None:
    """Give the tables of an ingest that went well the names under which a later one that fails finds them.

    Args:
        paths: where each of them is.
        crashed: the note of one that failed by no fault of its sources, which there is none of any more.
    """
    if crashed:
        crashed.unlink(missing_ok=True)
    for path in paths.values():
        with whole(published(path)) as part:
            link_or_copy(path, part)


def write_failed(
    dataset: str,
    error: BaseException,
    log: str,
    paths: Mapping[str, Path],
    crashed: Path | None = None,
    known: Mapping[str, Schema] = schemas.INGESTED,
    of: str = "",
) -> None:
    """Write the tables of a dataset that failed: those kept, or empty ones; `rejects` says why.

    Args:
        dataset: its name.
        error: why it failed.
        log: where more is told, of an error that is none of the sources.
        paths: where each of its tables is written.
        crashed: there afterwards where its sources may be well: the fault is our own or the machine's, so the next run
            tries it again. Nothing of the sort is noted without it.
        known: the schema of each of the tables.
        of: the key of the dataset file whose files failed; "" for its sources.
    """
    of_sources = isinstance(error, SoundledgerError)
    _log.error("%s", error if of_sources else traceback.format_exc())
    row = _rejected(of or dataset, error, log)
    print(
        f"error: {dataset}: {row['detail'].item()}\nThe run goes on with all else, and ends with this.", file=sys.stderr
    )
    before = {name: published(path) for name, path in paths.items()}
    kept = all(_is_whole(file, known[name]) for name, file in before.items())
    for name, path in paths.items():
        if name == "rejects":
            write_table(pl.concat([row, pl.read_parquet(before[name])]) if kept else row, path, schemas.REJECTS)
        elif kept:
            with whole(path) as part:
                link_or_copy(before[name], part)
                os.utime(part)  # Snakemake takes what is older than the sources for unfinished
        else:
            write_table(known[name].empty(), path, known[name])
    if crashed and of_sources:
        crashed.unlink(missing_ok=True)
    elif crashed:
        crashed.touch()


def _is_whole(file: Path, schema: Schema) -> bool:
    """Whether a table was kept, and by a version that made the same of it."""
    try:
        return pl.read_parquet_schema(file) == schema.empty().schema
    except (OSError, pl.exceptions.PolarsError):
        return False


def _rejected(source: str, error: BaseException, log: str) -> pl.DataFrame:
    words = str(error)
    if not isinstance(error, SoundledgerError):
        words = as_text(f"{type(error).__name__}: {error}; see {log}")
    row = {"source": source, "line": None, "scope": SCOPE, "reason": "failed", "detail": words, "raw": ""}
    return pl.DataFrame([row], schema=schemas.REJECTS.empty().schema)
