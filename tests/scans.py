"""Scans of a root from within tests, into a folder of lists."""

from pathlib import Path

import polars as pl

from workflow_scripts.media.scan import scan_root
from workflow_scripts.tables.leaves import Bound


def scanned(
    root: Path, lists: Path, files: int = 8000, size: int = 1 << 34, held: int = 0
) -> tuple[dict[str, int], dict[str, pl.DataFrame]]:
    """Scan a root into shards of so many files and bytes at most; what scan_root returns."""
    return scan_root(str(root), "", Bound(files, size), lambda shard: lists / f"shard={shard}.parquet", held)


def listed(lists: Path) -> pl.DataFrame:
    """All rows of all lists, sorted by their key."""
    return pl.concat([pl.read_parquet(file) for file in lists.glob("*.parquet")]).sort("path", "member")
