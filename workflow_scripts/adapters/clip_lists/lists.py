"""Lists without a header: a clip a row, or two."""

import os
import re
from dataclasses import replace
from typing import Any

import polars as pl

from workflow_scripts.sources.cells import first_row
from workflow_scripts.sources.faults import SourceError, shown
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.rows import Reading, read_rows
from workflow_scripts.sources.source import Source

CELLS = ("video", "start", "end", "offset")
HALVES = {3: (3,), 4: (4,), 6: (3, 3), 8: (4, 4)}
"""Of how many cells a clip is, or each of two, by the number of those of a row."""
SCREENS = {"onscreen": "on-screen", "offscreen": "off-screen"}
"""What the name of a list says of its clips, and the class that this is."""
NUMBERS = ("start_s", "end_s", "output_s")
HALF: dict[str, Any] = {
    "source": pl.Categorical,
    "line": pl.Int64,
    "raw": pl.String,
    "split": pl.String,
    "media": pl.String,
    **dict.fromkeys(NUMBERS, pl.Float64),
    "classes": pl.List(pl.String),
    **dict.fromkeys(("extra", "reason", "detail"), pl.String),
}
"""What a row says of a clip; `output_s`, where that begins in what is made of it."""


def read_list(path: str, split: str) -> tuple[list[pl.DataFrame], Counted]:
    """The rows of a list, as `judged` takes them (HALF): of each its clip, or each of its two.

    Raises:
        SourceError: it is no such list.
    """
    source, reading = Source.read(path), Reading("csv", ",")
    halves = _halves(source, reading)
    header = tuple(f"{name}_{half}" for half, cells in enumerate(halves) for name in CELLS[:cells])
    found, cells, broken = zip(*read_rows(source, replace(reading, header=header)), strict=True)
    rows = pl.concat([pl.concat(found).hstack(pl.concat(cells)), *broken], how="diagonal")
    rows = rows.sort("line", maintain_order=True).with_columns(source=pl.lit(path), split=pl.lit(split))
    first, _, second = os.path.basename(path).partition("_plus_")
    named = zip(halves, (first, second), strict=False)
    told = [_half(rows, half, cells, name) for half, (cells, name) in enumerate(named)]
    return told, Counted.of(source, len(rows))


def _halves(source: Source, reading: Reading) -> tuple[int, ...]:
    line, raw, cells = first_row(source, reading)
    if len(cells) not in HALVES:
        raise SourceError(
            f"{source.path}, line {line}: expected video path, start and end (and offset), of one clip or of two, so "
            f"3, 4, 6 or 8 cells between commas; found {len(cells)}: {shown(raw)!r}"
        )
    return HALVES[len(cells)]


def _half(rows: pl.DataFrame, half: int, cells: int, name: str) -> pl.DataFrame:
    """What each row says of one clip."""
    texts = [pl.col(f"{one}_{half}") for one in CELLS[1:cells]]
    numbers = [text.str.strip_chars().cast(pl.Float64, strict=False) for text in texts]
    bad = pl.any_horizontal(~(one.is_finite() & (one >= 0)).fill_null(value=False) for one in numbers)
    bad &= pl.col("reason").is_null()
    words = pl.concat_str(pl.lit("expected seconds, found "), pl.concat_str(texts, separator=", "))
    classes = [SCREENS[one] for one in re.findall("|".join(SCREENS), name)[:1]]
    told = rows.select(
        *("source", "line", "raw", "split"),
        *(number.alias(column) for column, number in zip(NUMBERS, numbers, strict=False)),
        media=f"video_{half}",
        classes=pl.lit(classes, HALF["classes"]),
        reason=pl.when(bad).then(pl.lit("bad_span")).otherwise("reason"),
        detail=pl.when(bad).then(words).otherwise("detail"),
    )
    offset = pl.col("output_s") if "output_s" in told.columns else pl.lit(None, pl.Float64)
    extra = pl.concat_str(pl.lit('{"output_offset_s": '), offset, pl.lit("}"))
    told = told.with_columns(output_s=offset, extra=pl.when(pl.col("reason").is_null()).then(extra))
    return told.select(pl.col(column).cast(kind) for column, kind in HALF.items())
