"""What the archives of a root tell; it is kept, so that one that is as it was is not opened again."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from workflow_scripts.media.listing import Archive, list_all
from workflow_scripts.media.names import from_text
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import write_rows

LISTING_VERSION = 2
"""To be raised by hand where other members or other damages are told of the same archives: all are listed again."""
TOLD = pl.Schema(
    {
        "path": pl.String,
        "archive_bytes": pl.Int64,
        "mtime_ns": pl.Int64,
        "version": pl.Int64,
        "member": pl.String,
        "bytes": pl.Int64,
        "offset": pl.Int64,
        "packed_bytes": pl.Int64,
        "crc32": pl.Int64,
        "reason": pl.String,
        "detail": pl.String,
        "line": pl.Int64,
        "raw": pl.String,
        "not_looked_at": pl.String,
    }
)
"""What was told of archives: a row for each archive, behind it one for each member, each damage and each member that is
not looked at. A column that a row has nothing to say in is null. `path` is below the root, as tables have it."""
AS_IT_WAS = ["path", "archive_bytes", "mtime_ns", "version"]
PASSING = ("archive_crashed", "archive_timed_out")
"""Reasons that may lie in the moment and not in the archive: the next scan lists it again, and one is asked for."""
OF_NO_FILE = ("not_a_file", "not_openable", "vanished")
"""Reasons that say nothing of an archive: it was none when its turn came."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lister:
    """Lists the archives of one root.

    Attributes:
        kept: where it is written down what they told. It speaks for archives, not for a scan: whatever becomes of the
            scan that wrote it, what it says of an archive of that path, size and time is true.
        workers: number of processes.
    """

    kept: Path
    workers: int

    def told(self, folder: str, archives: pl.DataFrame) -> pl.DataFrame:
        """What archives told, sorted by their paths.

        Args:
            folder: that paths start from.
            archives: `path`, `bytes` and `mtime_ns` of each.

        Returns:
            A table TOLD.

        Raises:
            OSError: the disk does not give one of them now; `filename` says which.
        """
        now = archives.select(
            "path", archive_bytes="bytes", mtime_ns="mtime_ns", version=pl.lit(LISTING_VERSION, pl.Int64)
        )
        before = self._before()
        same = before.join(now, on=AS_IT_WAS, how="semi")
        new = now.join(same, on=AS_IT_WAS, how="anti").sort("path")
        told = pl.concat([same, *self._anew(folder, new)]).sort("path", maintain_order=True)
        if len(new) or len(same) < len(before):
            passing = told.filter(pl.col("reason").is_in([*PASSING, *OF_NO_FILE])).unique("path")
            with whole(self.kept) as part:
                write_rows([told.join(passing, on="path", how="anti", maintain_order="left")], TOLD, part)
        if len(new):
            _log.info("%d archives listed, %d as they were", len(new), len(now) - len(new))
        return told

    def _before(self) -> pl.DataFrame:
        try:
            before = pl.read_parquet(self.kept)
        except (OSError, PolarsError):
            return TOLD.to_frame()
        return before if before.schema == TOLD else TOLD.to_frame()

    def _anew(self, folder: str, new: pl.DataFrame) -> Iterator[pl.DataFrame]:
        if new.is_empty():
            return
        paths = {
            Archive(from_text(folder, path), size, at): path for path, size, at in new.select(AS_IT_WAS[:3]).iter_rows()
        }
        for archive, columns in list_all(list(paths), self.workers):
            told = pl.DataFrame(columns, schema={name: TOLD[name] for name in columns})
            yield told.select(
                pl.lit(paths[archive]).alias("path"),
                pl.lit(archive.bytes, pl.Int64).alias("archive_bytes"),
                pl.lit(archive.mtime_ns, pl.Int64).alias("mtime_ns"),
                pl.lit(LISTING_VERSION, pl.Int64).alias("version"),
                *columns,
            )
