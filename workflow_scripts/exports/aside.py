"""Rows that wait on disk, in groups, until an export has seen them all."""

from pathlib import Path

import polars as pl


class Aside:
    """Tables of one schema in a folder; of a group only those columns are read that are asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, list[Path]] = {}

    def add(self, group: str, rows: pl.DataFrame) -> None:
        """Put some more aside."""
        files = self._files.setdefault(group, [])
        files.append(self._folder / f"{list(self._files).index(group)}-{len(files)}.parquet")
        rows.write_parquet(files[-1])

    def of(self, group: str) -> pl.LazyFrame:
        """All rows of a group that were added, in their order.

        Raises:
            KeyError: none was.
        """
        return pl.scan_parquet(self._files[group], glob=False)
