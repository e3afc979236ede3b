"""The checks of a root whose files are all the same file, without decoding it two million times.

    python -m benchmarks.hand_made ROOT AUDIO_RESULTS

One file is examined as `check` does it. Its row, which is true of every other name of the same bytes, is written for
all media of all shards under AUDIO_RESULTS/media, through the workflow's own validation and writer.
"""

import sys
from pathlib import Path

import polars as pl

from workflow_scripts.audio.examine import examine
from workflow_scripts.audio.settings import CheckSettings
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table, write_table

SETTINGS = CheckSettings(channel="first", num_mel_bins=128)
"""Those of config/config.yaml."""


def main() -> None:
    """Write a checks table for every media list."""
    root, folder = sys.argv[1], Path(sys.argv[2])
    lists = sorted((folder / "media").glob("shard=*.parquet"))
    any_file = next(path for file in lists for path in read_table(file)["path"].head(1))
    row = examine(f"{root}/{any_file}", None, SETTINGS) | {"fingerprint": SETTINGS.fingerprint}
    types = schemas.empty(schemas.CHECKS).schema
    for file in lists:
        media = read_table(file)
        told = [pl.lit(row.get(name), dtype=types[name]).alias(name) for name in types if name not in media.columns]
        checks = media.with_columns(told).select(*types)
        write_table(checks, folder / "checks" / file.name, schemas.CHECKS)


if __name__ == "__main__":
    main()
