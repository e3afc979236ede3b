"""What resolve reads of the checks: little of every media, more of those in question."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.ledger.spans import LEVELS
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table

CHECKED = [
    "path",
    "member",
    "load_ok",
    "resample_ok",
    "feature_ok",
    "error_kind",
    "error",
    "duration_s",
    "declared_duration_s",
    "sample_rate",
    "channels",
    *LEVELS,
]
"""What resolve needs to know of every media."""
_PLACE = {"file": pl.UInt32, "row": pl.UInt32, "root_ordinal": pl.Int32}


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
        table: CHECKED with the duration as `media_duration_s`; `root`, `root_ordinal` and `in_recording` of their
            root; `media_row`, their place in it. Sorted by root, path and member.
    """

    def __init__(self, roots: list[RootChecks]) -> None:
        self._files = [file for root in roots for file in root.checks]
        self.table = _read(roots)

    def more(self, media_rows: pl.Series, columns: list[str]) -> pl.DataFrame:
        """Other columns of the checks of some media, with their `media_row`: only the files that hold them are read."""
        asked = self.table.select("media_row", "file", "row")[media_rows.unique().sort()]
        parts = [
            pl.concat([part.select("media_row"), read_table(self._files[file], columns)[part["row"]]], how="horizontal")
            for (file,), part in asked.partition_by("file", as_dict=True).items()
        ]
        nothing = schemas.CHECKS.empty().select(pl.lit(0, dtype=pl.UInt32).alias("media_row"), *columns)
        return pl.concat([nothing, *parts])


def _read(roots: list[RootChecks]) -> pl.DataFrame:
    parts = [
        schemas.CHECKS.empty().select(CHECKED).with_columns(pl.lit(0, dtype).alias(n) for n, dtype in _PLACE.items())
    ]
    file = 0
    for ordinal, root in enumerate(roots):
        for path in root.checks:
            place = {"file": pl.lit(file), "row": pl.int_range(pl.len()), "root_ordinal": pl.lit(ordinal)}
            columns = [value.cast(_PLACE[name]).alias(name) for name, value in place.items()]
            parts.append(read_table(path, CHECKED).with_columns(columns))
            file += 1
    return (
        pl.concat(parts)
        .rename({"duration_s": "media_duration_s"})
        .sort("root_ordinal", "path", "member")
        .with_columns(
            by_root("root", [root.slug for root in roots], pl.String),
            by_root("in_recording", [root.holds == "recordings" for root in roots], pl.Boolean),
        )
        .with_row_index("media_row")
    )


def by_root(name: str, values: list[Any], dtype: type[pl.DataType]) -> pl.Expr:
    """A column with the value of each media's root."""
    if not values:
        return pl.lit(None, dtype=dtype).alias(name)
    return pl.col("root_ordinal").replace_strict(range(len(values)), values, return_dtype=dtype).alias(name)
