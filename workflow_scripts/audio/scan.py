"""The media lists of a root, one a shard."""

import logging
import os
from pathlib import Path

import polars as pl
import xxhash

from workflow_scripts.audio.names import to_text
from workflow_scripts.audio.walk import walk
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.store import scan_table, validate, write_validated

_log = logging.getLogger(__name__)


class ScanError(SoundledgerError):
    """A root that cannot be what it was."""


def scan_root(root: str, shards: int, output: Path) -> None:
    """Write output/shard=NNNN.parquet for every shard of a root, empty ones too.

    The rows are sorted by path and a path decides its shard by itself, so a list changes only with its own files.
    """
    found = list(walk(root))
    if not found and (held := _held_before(output)):
        raise ScanError(
            f"{root}: holds no audio file, and held {held:,} when it was scanned last. Is it mounted? "
            f"If it is to be empty, remove {output.parent} and run again"
        )
    paths = [to_text(media.path) for media in found]
    media = pl.DataFrame(
        {
            "path": paths,
            "member": pl.Series([None] * len(found), dtype=pl.String),
            "stem": [os.path.splitext(os.path.basename(path))[0] for path in paths],
            "bytes": [one.bytes for one in found],
            "mtime_ns": [one.mtime_ns for one in found],
            "shard": [shard_of(path, shards) for path in paths],
        },
        schema=schemas.empty(schemas.MEDIA).schema,
    ).sort("path")
    validate(media, schemas.MEDIA)
    by_shard = media.partition_by("shard", as_dict=True)
    for shard in range(shards):
        rows = by_shard.get((shard,), media.clear())
        write_validated(rows, output / f"shard={shard:04d}.parquet")
    _drop_other_shards(output.parent, shards)
    _log.info("%s: %d audio files in %d shards", root, len(media), shards)


def _held_before(output: Path) -> int:
    """The number of audio files at the last scan."""
    folder = published(output / "any").parent
    return sum(scan_table(file).select(pl.len()).collect().item() for file in folder.glob("shard=*.parquet"))


def _drop_other_shards(folder: Path, shards: int) -> None:
    """Remove what an earlier number of shards left: read together with today's, it would count media twice."""
    for file in [*folder.glob("*/shard=*.parquet"), *folder.glob(".published/*/shard=*.parquet")]:
        if int(file.stem.removeprefix("shard=")) >= shards:
            file.unlink()


def shard_of(path: str, shards: int) -> int:
    """The shard of a path: a hash, so that it never depends on what else is there.

    >>> shard_of("balanced_train/Y--PJHxphWEs.wav", 512)
    0
    """
    return xxhash.xxh3_64_intdigest(path.encode()) % shards
