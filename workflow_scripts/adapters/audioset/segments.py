"""Segment lists: `id, start, end, "class,class"`, in the official dialect and those that other people keep.

The dialects differ in quotes, blanks, number form and trailing commas (spreadsheets add them). Neither ids nor class
ids hold commas, quotes or blanks, so one grammar reads all: three fields up to a comma each, and the rest is class ids.
"""

import logging
import re
from dataclasses import dataclass

import polars as pl

from workflow_scripts.sources.rejects import with_first_fault
from workflow_scripts.sources.source import Source, SourceError

YOUTUBE_ID = r"^[A-Za-z0-9_-]{11}$"
SPREADSHEET_ERROR = r'^"?#[A-Z/0]+[?!A]"?,'
"""What a spreadsheet makes of an id that begins with `-`, which it takes for a formula: `#NAME?`, `#REF!`, …"""

HEAD_LINES = 20
"""Comments are looked for before the first row only, in so many lines; a `#` further down begins a bad row."""

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
        read: the number of data rows.
    """

    source: Source
    rows: pl.DataFrame
    declared: int | None
    read: int


def read_segments(source: Source, on_count_mismatch: str) -> SegmentList:
    """Read one segment list.

    Raises:
        SourceError: the header declares another number of rows than the file holds (unless told to warn).
    """
    lines = source.lines()
    raw = pl.col("raw")
    marked = raw.str.starts_with("#") | raw.str.starts_with('"#')
    is_blank = ~raw.str.contains(r'[^ "\t,]')
    is_comment = (marked & ~raw.str.contains(SPREADSHEET_ERROR)) | is_blank
    head = lines.head(HEAD_LINES).with_columns(is_head=is_comment.cum_min().cast(pl.Boolean)).filter("is_head")
    declared = _declared_count(head["raw"].to_list())
    data = lines[len(head) :].filter(~is_blank)
    if len(data) and "start_seconds" in data["raw"][0].lower():
        data = data[1:]
    rows = _parse(data)
    _check_count(source, declared, len(data), on_count_mismatch)
    return SegmentList(source, rows, declared, len(data))


def _declared_count(comments: list[str]) -> int | None:
    """num_segs of the header, the number of rows.

    It has three more (num_ytids, num_unique_labels, num_positive_labels). They are not held against what was read: a
    single bad row changes them, and a bad row must not stop a run.
    """
    found = re.findall(r"num_segs\s*=\s*(\d+)", " ".join(comments))
    return int(found[0]) if found else None


def _check_count(source: Source, declared: int | None, read: int, on_mismatch: str) -> None:
    if declared is None or declared == read:
        return
    problem = f"{source.path}: its header declares {declared:,} rows, but {read:,} were read"
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
