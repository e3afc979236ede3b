"""The checks of a root whose files are all the same file, without decoding it two million times.

    python -m benchmarks.hand_made ROOT AUDIO_RESULTS

One file is checked, as `check` does it. Its row, which is true of every other name of the same bytes, is written for
all media of all shards under AUDIO_RESULTS/media, through the workflow's own validation and writer.
"""

import sys
import tempfile
from pathlib import Path

import polars as pl

from workflow_scripts.check.shard import check_shard
from workflow_scripts.sound.settings import CheckSettings
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import publish_table, read_table

SETTINGS = CheckSettings(channel="first", num_mel_bins=128)
"""Those of config/config.yaml."""


def main() -> None:
    """Write a checks table for every media list."""
    root, folder = sys.argv[1], Path(sys.argv[2])
    lists = sorted((folder / "media").glob("shard=*.parquet"))
    row = _check_one(next(rows for file in lists if len(rows := read_table(file).head(1))), root)
    types = schemas.CHECKS.empty().schema
    for file in lists:
        media = read_table(file)
        told = [pl.lit(row[name], dtype=types[name]).alias(name) for name in types if name not in media.columns]
        checks = media.with_columns(told).select(*types)
        publish_table(checks, folder / "checks" / file.name, schemas.CHECKS)


def _check_one(media: pl.DataFrame, root: str) -> dict[str, object]:
    """The row of the one file of a media list."""
    with tempfile.TemporaryDirectory() as temporary:
        one, checks = Path(temporary) / "media" / "one.parquet", Path(temporary) / "checks" / "one.parquet"
        publish_table(media, one, schemas.MEDIA)
        check_shard(one, root, SETTINGS, 1, checks, Path(temporary) / "progress.json")
        return read_table(checks).row(0, named=True)


if __name__ == "__main__":
    main()
