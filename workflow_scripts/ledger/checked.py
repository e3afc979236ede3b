"""What resolve reads of the checks: little of every media, more of those in question."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table

JUDGED = {
    "load_ok": pl.Boolean,
    "resample_ok": pl.Boolean,
    "feature_ok": pl.Boolean,
    "error_kind": pl.Categorical,
    "duration_s": pl.Float64,
    "declared_duration_s": pl.Float64,
}
"""What clips are judged by: held of every media, so no texts."""
NAME = ["path", "member"]
FILES_AT_ONCE = 32
"""Files of checks that are read in one go: half the time that they take one by one."""


@dataclass(frozen=True)
class RootChecks:
    """A root of the dataset: its name and path, whether it holds clips or recordings, and its checks.

    Attributes:
        not_looked_at: its table of what holds audio of kinds that are not read.
        links: folder for links to media whose own names cannot stand in a table.
    """

    slug: str
    path: str
    holds: str
    checks: list[Path]
    not_looked_at: Path | None = None
    links: str = ""


class CheckedMedia:
    """The checked media of all roots.

    Attributes:
        table: `media_row`, their place in it; `root_ordinal` and `in_recording` of their root; JUDGED with the duration
            as `media_duration_s`. In the order of the roots and of the files of their checks: `in_order` tells that of
            their paths.
    """

    def __init__(self, roots: list[RootChecks]) -> None:
        self._roots = len(roots)
        self._files = [file for root in roots for file in root.checks]
        parts = [_judged(file, ordinal, root) for ordinal, root in enumerate(roots) for file in root.checks]
        self._firsts = np.cumsum([0, *map(len, parts)])
        types = {"root_ordinal": pl.Int32, "in_recording": pl.Boolean, **JUDGED}
        self.table = (
            pl.concat([pl.DataFrame(schema=types), *parts], rechunk=True)
            .rename({"duration_s": "media_duration_s"})
            .with_row_index("media_row")
        )

    def by_root(self) -> list[int]:
        """How many there are in each root."""
        return [self.table.filter(pl.col("root_ordinal") == ordinal).height for ordinal in range(self._roots)]

    def names(self) -> pl.LazyFrame:
        """`media_row`, `path` and `member` of all."""
        if not self._files:
            return schemas.CHECKS.empty().lazy().select(NAME).with_row_index("media_row")
        return pl.scan_parquet(self._files, glob=False).select(NAME).with_row_index("media_row")

    def more(self, media_rows: pl.Series, columns: list[str]) -> pl.DataFrame:
        """Other columns of the checks of some media, with their `media_row`: only the files that hold them are read."""
        nothing = schemas.CHECKS.empty().select(pl.lit(0, dtype=pl.UInt32).alias("media_row"), *columns)
        return pl.concat([nothing, *self._of_files(media_rows.unique().sort(), columns)])

    def in_order(self, media_rows: pl.Series) -> pl.DataFrame:
        """`media_row`, `path` and `member` of some media in the order of their roots, then of paths and members."""
        named = self.more(media_rows, NAME)
        roots = self.table["root_ordinal"].gather(named["media_row"])
        return named.with_columns(roots).sort("root_ordinal", *NAME).drop("root_ordinal")

    def _of_files(self, media_rows: pl.Series, columns: list[str]) -> Iterator[pl.DataFrame]:
        """Columns of some media, sorted, of a few files at a time."""
        bounds = np.searchsorted(media_rows.to_numpy(), self._firsts)
        places = np.flatnonzero(np.diff(bounds))
        for some in (places[first : first + FILES_AT_ONCE] for first in range(0, len(places), FILES_AT_ONCE)):
            asked = media_rows[int(bounds[some[0]]) : int(bounds[some[-1] + 1])]
            rows_before = np.cumsum([0, *(self._firsts[some + 1] - self._firsts[some])[:-1]])
            shifts = np.repeat(rows_before - self._firsts[some], np.diff(bounds)[some])
            rows = read_table([self._files[place] for place in some], columns)[asked.to_numpy() + shifts]
            yield rows.select(asked.alias("media_row"), pl.all())


def _judged(file: Path, ordinal: int, root: RootChecks) -> pl.DataFrame:
    return read_table(file, [*JUDGED]).select(
        pl.lit(ordinal, dtype=pl.Int32).alias("root_ordinal"),
        pl.lit(root.holds == "recordings").alias("in_recording"),
        *(pl.col(name).cast(dtype) for name, dtype in JUDGED.items()),
    )


def by_root(name: str, values: list[Any], dtype: type[pl.DataType]) -> pl.Expr:
    """A column with the value of each media's root."""
    if not values:
        return pl.lit(None, dtype=dtype).alias(name)
    return pl.col("root_ordinal").replace_strict(range(len(values)), values, return_dtype=dtype).alias(name)
