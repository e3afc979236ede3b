"""What lies in a folder, as a source of rows: one for each file that is called like audio. None is opened here."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workflow_scripts.media.clear_words import why_not_gone_through
from workflow_scripts.media.look import chosen_listing, listed, look
from workflow_scripts.media.walk import ARCHIVE, UNREAD
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.ingested import Counted

NOT_A_CLIP = pl.DataFrame(
    [
        (ARCHIVE, "archive", "its members are not listed as a source; unpack it, or name them in a table"),
        (UNREAD, "not_looked_at", "it is audio of a kind that is not read"),
    ],
    schema=["kind", "reason", "detail"],
    orient="row",
)
"""Why what is no file of audio becomes no clip."""


@dataclass(frozen=True)
class FolderListing:
    """What lies in a folder.

    Attributes:
        folder: as the run knows it; also its name in the tables.
        rows: of each file called like audio, or like what holds some, in the order of their paths: source, line (its
            place in that order, from 1) and raw (its path below the folder); `path`, the same; `bytes` and `mtime_ns`;
            reason and detail of those that are no file of audio.
    """

    folder: str
    rows: pl.DataFrame

    @classmethod
    def of(cls, folder: str, look_before: str = "") -> "FolderListing":
        """The files below a folder: what the look saw that the run began with, or else one of its own.

        Links, hidden files and names that are no UTF-8 are what they are to the scan of an audio root.

        Args:
            folder: where.
            look_before: folder of the looks at it; "" if nobody looked.

        Raises:
            SourceError: it cannot be gone through, or there is none: what was made of it before is not to go for that.
        """
        seen = chosen_listing(Path(look_before)) if look_before else None
        try:
            if seen:
                rows = _rows(folder, seen)
            else:
                with tempfile.TemporaryDirectory() as aside:
                    look(os.path.abspath(folder), own := Path(aside) / "listing")
                    rows = _rows(folder, own)
        except OSError as error:
            raise SourceError(why_not_gone_through(error, folder)) from None
        if rows.is_empty():
            raise SourceError(f"{folder}: holds no file that is called like audio. Is it mounted?")
        return cls(folder, rows)

    def counted(self, told: pl.Series | None = None) -> Counted:
        """What there is to know of the folder as a source. Its bytes are the names of its files.

        Args:
            told: for each file what else was read of it.
        """
        each = self.rows["path"] if told is None else self.rows.select(pl.concat_str("path", told)).to_series()
        text = "".join(f"{one}\0" for one in each).encode()
        return Counted(self.folder, hashlib.sha256(text).hexdigest(), len(text), read=len(self.rows))


def _rows(folder: str, listing: Path) -> pl.DataFrame:
    nothing = pl.DataFrame(schema={"path": pl.String, "kind": pl.String, "bytes": pl.Int64, "mtime_ns": pl.Int64})
    found = pl.concat([nothing, *listed(listing)]).sort("path")
    return found.join(NOT_A_CLIP, on="kind", how="left", maintain_order="left").select(
        pl.lit(folder).cast(pl.Categorical).alias("source"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"),
        pl.col("path").alias("raw"),
        "path",
        "bytes",
        "mtime_ns",
        "reason",
        "detail",
    )
