"""Segment lists: which span of which video has which classes, in the official dialect and those that others keep.

As published a row is `id, start, end, "class,class"`. The copies that people keep of it differ in quotes, blanks,
number form and trailing commas (spreadsheets add them). Neither ids nor class ids hold commas, quotes or blanks, so one
grammar reads these: three fields up to a comma each, and the rest is classes. In all other dialects (dialect.py)
fields are told apart as CSV does.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from workflow_scripts.adapters.audioset.dialect import (
    AROUND,
    SEPARATORS,
    SHOWN,
    Columns,
    fields_of,
    find_columns,
    first_lines,
    has_clip,
    names_again,
    whole_rows,
)
from workflow_scripts.adapters.audioset.times import check_seconds, check_starts, seconds_of_names
from workflow_scripts.sources import youtube
from workflow_scripts.sources.faults import SourceError, shown
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.label_sets import CLASS_ID, read_label_sets, run_together
from workflow_scripts.sources.rejects import RawRows, row_rejects, with_first_fault, without_long_rows
from workflow_scripts.sources.source import Source

YOUTUBE_ID = rf"^{youtube.ID}$"
SPREADSHEET_ERROR = r'^"?#[A-Z/0]+[?!A]"?[,;|\t]'
"""What a spreadsheet makes of an id that begins with `-`, which it takes for a formula: `#NAME?`, `#REF!`, …"""

HEAD_LINES = 20
"""So many lines may stand before the first row. A `#` further down begins a comment too, but where it begins a row."""

LATEST_S = 1e9
"""Thirty years: no clip starts later, and milliseconds up to there are exact."""

ROWS_AT_ONCE = 500_000
"""So many rows are held as texts of fields at a time, which take several times what is made of them."""
TEXTS = pl.Categorical(pl.Categories("texts of labels"))
"""Rows share their texts: two million have some fifty thousand."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SegmentList:
    """One segment list.

    Attributes:
        counted: the file, and the numbers of its data rows: declared is the header's num_segs, None where it has none;
            of lists that were put on end the sum.
        rows: one row a data row that can be read: line, media_key, start_s, end_s, text (of labels).
        raw: these as they stand there.
        rejects: those that cannot, as `rejects`.
        sets: the label sets of the rows' texts.
    """

    counted: Counted
    rows: pl.DataFrame
    raw: RawRows
    rejects: pl.DataFrame
    sets: pl.DataFrame


def read_segments(path: str, on_count_mismatch: str, classes: pl.DataFrame) -> SegmentList:
    """Read one segment list.

    Args:
        path: of the file.
        on_count_mismatch: stop or warn.
        classes: the `classes` table.

    Raises:
        SourceError: the header declares another number of rows than the file holds (unless told to warn); its columns,
            its times or what stands between its labels cannot be told.
    """
    source = Source.read(path)
    counted, lines = Counted.of(source), source.lines()
    del source  # its bytes: what is made of them takes as much once more
    lines, long = without_long_rows(path, lines)
    is_blank = ~pl.col("raw").str.contains(r'[^ "\t,]')
    is_head = (_is_marked() | is_blank).cum_min().cast(pl.Boolean)
    head = lines.head(HEAD_LINES).with_columns(is_head=is_head).filter("is_head")
    data = lines[len(head) :].filter(~is_blank)
    columns, lines = find_columns(path, data, head["raw"]), lines.head(SHOWN)
    data, comments = _without_heads(data, columns)
    declared = _declared_count(head["raw"].to_list(), comments)
    counted = replace(counted, declared=declared, read=len(data) + len(long))
    _check_count(counted, on_count_mismatch)
    read = _parse(path, data, columns)
    del data
    check_seconds(path, read.rows)
    check_starts(path, read.named)
    form, sets = read_label_sets(read.rows["text"].unique(maintain_order=True).cast(pl.String), classes)
    _check_between(path, sets, run_together(sets, classes, form), lines)
    _log.info("%s: %s; %s", path, columns, form)
    return SegmentList(counted, read.rows, read.raw, pl.concat([long, read.rejects]), sets)


def _is_marked() -> pl.Expr:
    """Whether a line begins as a comment does."""
    raw = pl.col("raw")
    return (raw.str.starts_with("#") | raw.str.starts_with('"#')) & ~raw.str.contains(SPREADSHEET_ERROR)


def _without_heads(data: pl.DataFrame, columns: Columns) -> tuple[pl.DataFrame, list[str]]:
    """The rows, and the comments that stood among them: where lists were put on end a head stands again."""
    if columns.header is not None:
        data = data.filter(~names_again(columns.header, columns.separator))
    data = whole_rows(data, columns)
    if columns.separator not in ",\t":
        data = data.filter(pl.col("raw").str.contains(rf'[^ "\t{columns.separator}]'))
    marked = data.filter(_is_marked())
    comments = marked.filter(~has_clip(fields_of(pl.col("raw"), columns.separator), columns.places))
    if comments.is_empty():
        return data, []
    rows = data.join(comments.select("line"), on="line", how="anti", maintain_order="left")
    return rows, comments["raw"].to_list()


def _declared_count(head: list[str], comments: list[str]) -> int | None:
    """num_segs of the header, the number of rows; those of further heads are added to it.

    It has three more (num_ytids, num_unique_labels, num_positive_labels). They are not held against what was read: a
    single bad row changes them, and a bad row must not stop a run.
    """
    # no list has rows for more than 18 digits, be they cut off
    first, more = (re.findall(r"num_segs\s*=\s*(\d{1,18})", " ".join(part)) for part in (head, comments))
    return sum(map(int, [first[0], *more])) if first else None


def _check_count(counted: Counted, on_mismatch: str) -> None:
    if counted.declared is None or counted.declared == counted.read:
        return
    problem = f"{counted.path}: its header declares {counted.declared:,} rows, but {counted.read:,} were read"
    if on_mismatch == "stop":
        raise SourceError(
            f"{problem}; fetch the whole list again, or set `on_count_mismatch: warn` in the dataset file to go on"
        )
    _log.warning("%s; going on, as on_count_mismatch says", problem)


def _check_between(path: str, sets: pl.DataFrame, odd: pl.Series, lines: pl.DataFrame) -> None:
    """Raises SourceError where most texts of several classes are odd ones: clips of a single class alone would stay."""
    several = len(odd) + len(sets.filter((pl.col("class_ids").list.len() > 1) & ~pl.col("text").is_in(odd.implode())))
    if len(odd) > 1 and len(odd) * 2 > several:
        raise SourceError(
            f"{path}: cannot tell what stands between its labels, as in {shown(odd[0])!r}; expected a comma, a "
            f"semicolon or a bar, or a blank between ids.{first_lines(lines)}"
        )


@dataclass(frozen=True)
class _Read:
    """Rows that can be read; of them those whose names tell a start, with it; and the `rejects` of the others."""

    rows: pl.DataFrame
    raw: RawRows
    named: pl.DataFrame
    rejects: pl.DataFrame


def _parse(path: str, data: pl.DataFrame, columns: Columns) -> _Read:
    parts = [data[first : first + ROWS_AT_ONCE] for first in range(0, len(data) or 1, ROWS_AT_ONCE)]
    fields: Iterable[pl.DataFrame] = (_fields_of(part, columns) for part in parts)
    has_times = "start_s" in columns.places
    if has_times:
        seconds = [pl.col("start_s", "end_s").str.strip_chars(AROUND).cast(pl.Float64, strict=False)]
    else:  # what names mean is told from all of them
        fields = list(fields)
        seconds = seconds_of_names(pl.concat(part.select("named_start", "named_end") for part in fields))
    faults = _faults(columns, has_times)
    raw = RawRows()
    read = [_judge(path, part.with_columns(seconds), faults, raw) for part in fields]
    return _Read(
        pl.concat(part.rows for part in read),
        raw,
        pl.concat(part.named for part in read),
        pl.concat(part.rejects for part in read),
    )


def _fields_of(data: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    if columns.are_as_published:
        rows = data.with_columns(_published())
    else:  # in two steps, or each use of the fields would take them apart again
        rows = data.with_columns(fields=fields_of(pl.col("raw"), columns.separator)).with_columns(_fields(columns))
    rows = rows.unnest("fields")
    stripped = [pl.col("name").str.strip_chars(AROUND), pl.col("text").str.strip_chars(AROUND + columns.separator)]
    return _with_names(rows.with_columns(stripped))


def _judge(path: str, rows: pl.DataFrame, faults: list[tuple[str, pl.Expr, pl.Expr]], raw: RawRows) -> _Read:
    judged = with_first_fault(rows, faults).with_columns(source=pl.lit(path))
    good = judged.filter(pl.col("reason").is_null())
    raw.put(good)
    return _Read(
        good.select("line", "media_key", "start_s", "end_s", pl.col("text").cast(TEXTS)),
        raw,
        good.drop_nulls("named_start").select("line", "name", "named_start", "start_s"),
        row_rejects(judged),
    )


def _published() -> pl.Expr:
    """Three fields up to a comma each, and whatever follows."""
    names = ["name", "start_s", "end_s", "text"]
    return pl.col("raw").str.splitn(",", 4).struct.rename_fields(names).struct.with_fields(beyond=False).alias("fields")


def _fields(columns: Columns) -> pl.Expr:
    """Of the `fields` of a row those of the columns, null where one is missing.

    Whatever follows labels that are last belongs to them. Where they are not, what stands `beyond` the last column, or
    a class behind the labels of a row that is too long, tells that labels between commas lack their quotes: the first
    of them would be taken for all.
    """
    fields = pl.col("fields")
    labels = columns.places["labels"]
    at = {name: fields.list.get(place, null_on_oob=True) for name, place in columns.places.items() if name != "labels"}
    last = fields.list.slice(labels).list.join(columns.separator)
    behind = fields.list.slice(labels + 1).list.join("\n").str.contains(rf"(?m)^{CLASS_ID}$")
    beyond = (fields.list.len() > columns.most) & ((fields.list.slice(columns.most).list.join("") != "") | behind)
    text = last if columns.labels_are_last else fields.list.get(labels, null_on_oob=True)
    return pl.struct(
        at["name"].alias("name"),
        at.get("start_s", pl.lit(None, pl.String)).alias("start_s"),
        at.get("end_s", pl.lit(None, pl.String)).alias("end_s"),
        pl.when(fields.list.len() > max(columns.places.values())).then(text).alias("text"),
        (pl.lit(False) if columns.labels_are_last else beyond).alias("beyond"),
    ).alias("fields")


def _with_names(rows: pl.DataFrame) -> pl.DataFrame:
    """What the names say: `media_key`, null where they are none, `named_start`, `named_end`. Most are bare ids."""
    is_bare = pl.col("name").str.contains(YOUTUBE_ID)
    nothing = pl.lit(None, pl.String)
    rest = rows.filter(~is_bare)
    if rest.is_empty():
        return rows.with_columns(media_key="name", named_start=nothing, named_end=nothing)
    read = rest.select("line", said=youtube.read(pl.col("name"))).unnest("said")
    rows = rows.join(read, on="line", how="left", maintain_order="left")
    return rows.with_columns(media_key=pl.when(is_bare).then("name").otherwise("media_key"))


def _faults(columns: Columns, has_times: bool) -> list[tuple[str, pl.Expr, pl.Expr]]:
    return [
        (
            "malformed_row",
            pl.col("text").is_null() | pl.col("beyond"),
            _malformed(columns),
        ),
        (
            "bad_id",
            pl.col("media_key").is_null(),
            pl.format("{} is no YouTube id; expected 11 characters of A-Z a-z 0-9 _ -", pl.col("name")),
        ),
        (
            "bad_time",
            (pl.lit(has_times) | pl.col("start_s").is_not_null()) & ~_is_time("start_s")
            | (pl.lit(has_times) | pl.col("end_s").is_not_null()) & ~_is_time("end_s"),
            pl.lit("start and end are not both numbers of seconds from 0 on"),
        ),
        (
            "backward_time",
            pl.col("end_s") <= pl.col("start_s"),
            pl.format("ends at {} s, where it starts at {} s", pl.col("end_s"), pl.col("start_s")),
        ),
    ]


def _malformed(columns: Columns) -> pl.Expr:
    number, separators = max(columns.places.values()) + 1, SEPARATORS[columns.separator]
    fewer = f"fewer than {number} fields; expected {columns.in_words}"
    more = f"more fields than its header's {columns.most}; one that holds {separators} needs quotes"
    return pl.when("beyond").then(pl.lit(more)).otherwise(pl.lit(fewer))


def _is_time(column: str) -> pl.Expr:
    return (pl.col(column).is_finite() & pl.col(column).is_between(0, LATEST_S)).fill_null(False)
