"""A mirror, or any other folder: what of a dataset's missing clips lies there. Nothing is taken."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from workflow_scripts.ledger.missing import called_alike, nothing_proposed, of_known_bytes
from workflow_scripts.media.lister import Lister
from workflow_scripts.media.look import listed, look
from workflow_scripts.media.names import from_text
from workflow_scripts.media.walk import ARCHIVE, AUDIO

_NOTHING = pl.DataFrame(schema={"path": pl.String, "kind": pl.String, "bytes": pl.Int64, "mtime_ns": pl.Int64})


def elsewhere(
    missing: pl.DataFrame, fetches: pl.LazyFrame | None, match: str, place: str, workers: int
) -> pl.DataFrame:
    """What may serve missing clips in a folder, in its archives too: rows of ledger.missing.PROPOSED.

    Args:
        missing: as ledger.missing has them.
        fetches: what became of what was to be fetched; None if nothing was.
        match: how media are matched to clips.
        place: the folder.
        workers: processes that list archives.

    Raises:
        OSError: it cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        look(place, listing := Path(folder) / "listing")
        files = pl.concat([_NOTHING, *listed(listing)])
        told = Lister(Path(folder) / "told.parquet", workers).told(place, files.filter(kind=ARCHIVE))
    members = told.select(file=pl.concat_str("path", pl.lit("/"), "member")).drop_nulls()
    media = pl.concat([files.filter(kind=AUDIO).select(file="path"), members])
    parts = [nothing_proposed(), called_alike(missing, media, match, place)]
    if fetches is not None:
        gone = _gone(fetches)
        alike = files.filter(pl.col("bytes").is_in(gone["bytes"].implode()))["path"]
        parts.append(of_known_bytes(gone, _digests(place, alike), place))
    return pl.concat(parts)


def _gone(fetches: pl.LazyFrame) -> pl.DataFrame:
    """What was fetched, and is not where it was put."""
    there = fetches.filter(pl.col("sha256").is_not_null()).collect()
    return there.filter(pl.Series([not os.path.exists(path) for path in there["path"]], dtype=pl.Boolean))


def _digests(place: str, paths: pl.Series) -> Iterator[tuple[str, str]]:
    for path in paths:
        with open(from_text(place, path), "rb") as file:
            yield path, hashlib.file_digest(file, "sha256").hexdigest()
