"""The check of one shard: which of its media must be decoded, and their rows."""

import logging
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.audio.names import from_text
from workflow_scripts.audio.pool import Task, examine_all
from workflow_scripts.audio.settings import CheckSettings
from workflow_scripts.errors import first_twenty
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.store import TableError, read_table, write_table

KEY = ["path", "member"]
PASSING = ["check_failed", "crashed", "io_error", "not_openable", "timed_out", "vanished"]
"""Faults that may lie in the moment, not in the media: such rows are not kept when their shard is checked again."""

_log = logging.getLogger(__name__)


def check_shard(media_list: Path, root: str, settings: CheckSettings, workers: int, output: Path) -> None:
    """Bring the checks of a shard up to its media list; decode only what is new or whose bytes have changed.

    A row is kept as it stands where path, size and time of change are the same, and with a new time where the bytes
    are; in both cases only if its fingerprint is that of the settings.

    Args:
        media_list: the shard's `media` table.
        root: the folder that its paths start from.
        settings: of the check.
        workers: number of processes.
        output: the shard's `checks` table; its earlier state is found at its published name.
    """
    media = read_table(media_list).select(*KEY, "bytes", "mtime_ns")
    earlier = _earlier_rows(published(output), settings.fingerprint)
    known = media.join(earlier, on=KEY, how="left", nulls_equal=True, maintain_order="left", suffix="_then")
    is_same = (pl.col("bytes") == pl.col("bytes_then")) & (pl.col("mtime_ns") == pl.col("mtime_ns_then"))
    kept = known.filter(is_same).select(*schemas.CHECKS.columns)
    looked = media.join(kept.select(KEY), on=KEY, how="anti", nulls_equal=True)
    digests = looked.join(
        earlier.select(*KEY, "bytes_digest"), on=KEY, how="left", nulls_equal=True, maintain_order="left"
    )
    fresh, decoded = _look(digests, earlier, root, settings, workers)
    rows = pl.concat([kept, fresh]).sort(KEY)
    write_table(rows, output, schemas.CHECKS)
    _log.info(
        "%s: %d media, %d kept, %d of the same bytes, %d decoded%s",
        output.stem,
        len(media),
        len(kept),
        len(looked) - len(decoded),
        len(decoded),
        f": {first_twenty(decoded)}" if decoded else "",
    )


def _earlier_rows(path: Path, fingerprint: str) -> pl.DataFrame:
    """Rows of an earlier check that still speak for their files: of the same settings, and of a table that is whole."""
    nothing = schemas.empty(schemas.CHECKS)
    try:
        rows = read_table(path)
    except FileNotFoundError:
        return nothing
    except TableError as error:
        _log.warning("every media is decoded again: %s", error)
        return nothing
    if rows.schema != nothing.schema:
        return nothing
    speaks = (pl.col("fingerprint") == fingerprint) & ~pl.col("error_kind").is_in(PASSING).fill_null(False)
    return rows.filter(speaks)


def _look(
    looked: pl.DataFrame, earlier: pl.DataFrame, root: str, settings: CheckSettings, workers: int
) -> tuple[pl.DataFrame, list[str]]:
    """Rows of the media that had to be opened, and the paths of those that were decoded."""
    if looked.is_empty():
        return schemas.empty(schemas.CHECKS), []
    tasks = [
        Task(from_text(root, path), size, digest)
        for path, size, digest in looked.select("path", "bytes", "bytes_digest").iter_rows()
    ]
    decoded: list[dict[str, Any]] = []
    same: list[dict[str, Any]] = []
    for media, row in zip(looked.iter_rows(named=True), examine_all(tasks, settings, workers), strict=True):
        (same if row.get("same_bytes") else decoded).append(media | row)
    schema = schemas.empty(schemas.CHECKS).schema
    new = pl.DataFrame([_row(one, settings) for one in decoded], schema=schema)
    again = pl.DataFrame(same, schema={name: looked.schema[name] for name in (*KEY, "bytes", "mtime_ns")})
    again = again.join(earlier.drop("bytes", "mtime_ns"), on=KEY, how="left", nulls_equal=True)
    return pl.concat([new, again.select(*schemas.CHECKS.columns)]), [one["path"] for one in decoded]


def _row(examined: dict[str, Any], settings: CheckSettings) -> dict[str, Any]:
    """A row of `checks`: what the media list says of the media, and what its decoding told."""
    return {name: examined.get(name) for name in schemas.CHECKS.columns} | {"fingerprint": settings.fingerprint}
