"""Headers that were read before: of a thousand recordings to which one comes, one is read."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.adapters.recordings.headers import NOTHING, read_headers
from workflow_scripts.adapters.recordings.reader import KEPT, KEPT_INFO, Header
from workflow_scripts.media.names import from_text
from workflow_scripts.tables.files import whole

VERSION = 2
"""Raised by hand when a header says more than it did: then all are read again."""
FILE: dict[str, Any] = {"path": pl.String, "bytes": pl.Int64, "mtime_ns": pl.Int64}
"""What a file is known by, as to the scan of an audio root."""
CHUNKS = tuple(name.decode() for name in (*KEPT, *KEPT_INFO))
HEADERS = {**FILE, "duration_s": pl.Float64, "sample_rate": pl.Int64, **dict.fromkeys(CHUNKS, pl.Binary)}
_log = logging.getLogger(__name__)


def headers_of(folder: str, files: pl.DataFrame, kept: str) -> list[Header]:
    """What the header of each file says: as it was read before, where the file is as it was.

    What could not be read, for which there are reasons that pass, is read again.

    Args:
        folder: where they lie.
        files: FILE of each.
        kept: folder of what the ingest before kept; "" where nothing is.
    """
    place = Path(kept) / f"headers-v{VERSION}.parquet" if kept else None
    known = _known(place)
    found = files.select(*FILE).join(known, on=[*FILE], how="left", maintain_order="left")
    is_new = ~found["known"].fill_null(value=False)
    read = iter(read_headers([from_text(folder, path) for path in found["path"].filter(is_new)]))
    headers = [
        next(read) if new else _header(row) for new, row in zip(is_new, found.iter_rows(named=True), strict=True)
    ]
    _log.info("%s: %d headers read, %d known", folder, is_new.sum(), len(is_new) - is_new.sum())
    if place and is_new.any():
        _keep(place, files, headers)
    return headers


def _known(place: Path | None) -> pl.DataFrame:
    """HEADERS, and `known`; a file that is none is as good as no file."""
    nothing = pl.DataFrame(schema=HEADERS)
    try:
        rows = pl.read_parquet(place, glob=False) if place and place.is_file() else nothing
    except (OSError, pl.exceptions.PolarsError):
        rows = nothing
    rows = rows if rows.schema == nothing.schema else nothing
    return rows.unique([*FILE], keep="first", maintain_order=True).with_columns(known=pl.lit(value=True))


def _header(row: dict[str, Any]) -> Header:
    chunks = {name: row[name] for name in CHUNKS if row[name] is not None}
    return {"duration_s": row["duration_s"], "sample_rate": row["sample_rate"], "chunks": chunks}


def _keep(place: Path, files: pl.DataFrame, headers: Sequence[Header]) -> None:
    rows = [
        (*file, header["duration_s"], header["sample_rate"], *map(header["chunks"].get, CHUNKS))
        for file, header in zip(files.select(*FILE).iter_rows(), headers, strict=True)
        if header != NOTHING
    ]
    with whole(place) as part:
        pl.DataFrame(rows, schema=HEADERS, orient="row").write_parquet(part, compression="zstd")
