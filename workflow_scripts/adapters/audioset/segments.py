"""Segment lists: `id, start, end, "class,class"`, in the official dialect and those that other people keep.

The dialects differ in quotes, blanks, number form and trailing commas (spreadsheets add them). Neither ids nor class
ids hold commas, quotes or blanks, so one grammar reads all: three fields up to a comma each, and the rest is class ids.
"""

import logging
import re
from dataclasses import dataclass

import polars as pl

from workflow_scripts.labels.source import Source, SourceError

YOUTUBE_ID = r"^[A-Za-z0-9_-]{11}$"
SPREADSHEET_ERROR = r'^"?#[A-Z/0]+[?!A]"?,'
"""What a spreadsheet makes of an id that begins with `-`, which it takes for a formula: `#NAME?`, `#REF!`, …"""

LATEST_S = 1e9
"""Thirty years: no clip starts later, and milliseconds up to there are exact."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SegmentList:
    """One segment list.

    Attributes:
        source: the file.
        rows: one row a data row: line, raw, clip_id, start_s, end_s, text (of class ids), and reason and detail, which
            are null where the row can be read.
        declared: the header's num_segs, None where it has none.
    """

    source: Source
    rows: pl.DataFrame
    declared: int | None


def read_segments(source: Source, on_count_mismatch: str) -> SegmentList:
    """Read one segment list.

    Raises:
        SourceError: the header declares another number of rows than the file holds (unless told to warn).
    """
    lines = source.lines()
    raw = pl.col("raw")
    marked = lines.filter(raw.str.starts_with("#") | raw.str.starts_with('"#'))
    comments = marked.filter(~raw.str.contains(SPREADSHEET_ERROR))
    declared = _declared_counts(comments["raw"].head(10).to_list())
    data = lines.filter(~pl.col("line").is_in(comments["line"].implode()) & raw.str.contains(r'[^ "\t,]'))
    if len(data) and "start_seconds" in data["raw"][0].lower():
        data = data[1:]
    rows = _parse(data)
    _check_counts(source, declared, len(rows), on_count_mismatch)
    return SegmentList(source, rows, declared.get("num_segs"))


def _declared_counts(comments: list[str]) -> dict[str, int]:
    """num_ytids, num_segs, num_unique_labels and num_positive_labels of the header."""
    return {name: int(count) for comment in comments for name, count in re.findall(r"(num_\w+)\s*=\s*(\d+)", comment)}


def _check_counts(source: Source, declared: dict[str, int], read: int, on_mismatch: str) -> None:
    if declared.get("num_segs", read) == read:
        return
    problem = f"{source.path}: its header declares {declared['num_segs']:,} rows, but {read:,} were read"
    if on_mismatch == "stop":
        raise SourceError(
            f"{problem}; fetch the whole list again, or set `on_count_mismatch: warn` in the dataset file to go on"
        )
    _log.warning("%s; going on, as on_count_mismatch says", problem)


def _parse(data: pl.DataFrame) -> pl.DataFrame:
    fields = pl.col("raw").str.splitn(",", 4).struct.rename_fields(["clip_id", "start_s", "end_s", "text"])
    around = ' "\t'
    rows = (
        data.with_columns(fields.alias("fields"))
        .unnest("fields")
        .with_columns(
            pl.col("clip_id").str.strip_chars(around),
            pl.col("start_s", "end_s").str.strip_chars(around).cast(pl.Float64, strict=False),
            pl.col("text").str.strip_chars(around + ","),
        )
    )
    faults = [
        ("malformed_row", pl.col("text").is_null(), pl.lit("fewer than four fields; expected id, start, end, classes")),
        (
            "bad_id",
            ~pl.col("clip_id").str.contains(YOUTUBE_ID),
            pl.format("{} is no YouTube id; expected 11 characters of A-Z a-z 0-9 _ -", pl.col("clip_id")),
        ),
        (
            "bad_time",
            ~_is_time("start_s") | ~_is_time("end_s"),
            pl.lit("start and end are not both numbers of seconds from 0 on"),
        ),
        (
            "backward_time",
            pl.col("end_s") <= pl.col("start_s"),
            pl.format("ends at {} s, where it starts at {} s", pl.col("end_s"), pl.col("start_s")),
        ),
    ]
    return with_first_fault(rows, faults)


def _is_time(column: str) -> pl.Expr:
    return (pl.col(column).is_finite() & pl.col(column).is_between(0, LATEST_S)).fill_null(False)


def with_first_fault(rows: pl.DataFrame, faults: list[tuple[str, pl.Expr, pl.Expr]]) -> pl.DataFrame:
    """Add `reason` and `detail` of the first fault that a row has; null where it has none.

    The words are made for faulty rows only: most rows have no fault.
    """
    reason = pl.coalesce(pl.when(broken).then(pl.lit(name)) for name, broken, _ in faults)
    rows = rows.with_columns(reason=reason)
    if rows["reason"].null_count() == len(rows):
        return rows.with_columns(detail=pl.lit(None, dtype=pl.String))
    faulty = rows.filter(pl.col("reason").is_not_null()).select(
        "line",
        detail=pl.coalesce(*(pl.when(pl.col("reason") == name).then(words) for name, _, words in faults), pl.lit("")),
    )
    return rows.join(faulty, on="line", how="left", maintain_order="left")
