"""Which column of a list holds what: told by its header, or by the rows themselves where it has none.

It is decided once for the whole file. What cannot be told stops the run: a guess would lose some rows and keep others,
and nobody would see that the rest is a biased set.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from workflow_scripts.sources import youtube
from workflow_scripts.sources.faults import SourceError, shown

SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("ytid", "youtube_id", "video_id", "yt_id", "segment_id", "clip_id", "audio_id"),
        *("filename", "file_name", "fname", "file", "id"),
    ),
    "start_s": (
        *("start_seconds", "start_time_seconds", "start_time", "start_sec", "start_s", "start", "onset"),
        *("onset_seconds", "onset_s", "begin"),
    ),
    "end_s": (
        *("end_seconds", "end_time_seconds", "end_time", "end_sec", "end_s", "end", "offset"),
        *("offset_seconds", "offset_s", "stop"),
    ),
    "labels": (
        *("positive_labels", "mids", "mid", "class_ids", "class_id", "labels", "label", "event_labels", "event_label"),
        *("classes", "class", "tags", "display_names", "display_name", "class_names", "class_name"),
    ),
}
"""What columns are called, by what they hold; of several that a list has, the one that stands first here serves."""

SAMPLE = 200
"""So many rows are looked at first, and all only where none of these tells."""
TITLES = 5
"""So many lines may stand before a header: a title, what a spreadsheet says of its separator. They are rejects."""
SHOWN = 5
"""So many lines are shown of a list that cannot be told."""
AROUND = ' "\t'
NUMBERS = r"""^[\[(\d][\d\s,;|.'"\])]*$"""


@dataclass(frozen=True)
class Columns:
    """The columns of a list.

    Attributes:
        separator: what stands between them.
        places: which of them (from 0) holds the name of the clip, its start_s, its end_s and its labels. All but the
            name and the labels may be missing.
        width: fields that a row has at least.
        most: fields that a row has at most, unless labels are last.
        header: the line that names them, None where there is none.
    """

    separator: str
    places: Mapping[str, int]
    width: int
    most: int
    header: str | None = None

    @property
    def are_as_published(self) -> bool:
        """`id, start, end, "class,class"`: labels last, so that they may hold commas whatever their quotes."""
        return self.separator == "," and list(self.places.items()) == list(PUBLISHED.items()) and self.width == 4

    @property
    def in_words(self) -> str:
        """The fields of a row, for a message."""
        words = {"name": "id", "start_s": "start", "end_s": "end", "labels": "classes"}
        return ", ".join(words[name] for name in sorted(self.places, key=lambda name: self.places[name]))

    @property
    def labels_are_last(self) -> bool:
        """So that whatever follows belongs to them."""
        return self.places["labels"] == self.width - 1

    def __str__(self) -> str:
        """In the words of a log."""
        header = "named by a header" if self.header is not None else "without a header"
        return f"{SEPARATORS[self.separator]} between columns of {self.in_words}, {header}"


PUBLISHED: Mapping[str, int] = {"name": 0, "start_s": 1, "end_s": 2, "labels": 3}


def fields_of(raw: pl.Expr, separator: str) -> pl.Expr:
    """The fields of lines, each without the quotes and blanks around it, those in quotes with what they hold."""
    blank = " " if separator == "\t" else r"[ \t]"
    one = rf'[{separator}]{blank}*"(?:[^"]|"")*"[^{separator}"]*|[{separator}][^{separator}]*'
    field = pl.element().str.slice(1).str.strip_chars(" \t")
    unquoted = field.str.extract(r'(?s)^"(.*)"$', 1).str.replace_all('""', '"', literal=True).str.strip_chars(" \t")
    whole = pl.lit(separator) + raw  # so that every field begins with one
    return whole.str.extract_all(one).list.eval(pl.coalesce(unquoted, field))


def find_columns(path: str, rows: pl.DataFrame, comments: Iterable[str] = ()) -> Columns:
    """Which column holds what.

    Args:
        path: of the list, for messages.
        rows: `raw`, its lines below the comments, without blank ones; one of the first may be a header.
        comments: those before them; the last may name the columns.

    Raises:
        SourceError: neither a header nor the rows tell; shows the first lines.
    """
    if rows.is_empty():
        return Columns(",", PUBLISHED, 4, 4)
    for line in _header_lines(rows):
        if named := _named(line):
            columns = _from_header(*named, line)
            _check_header(path, columns, named[1], rows)
            return _without_numbers(columns, named[1], rows)
    for sample in (rows.head(SAMPLE), rows) if len(rows) > SAMPLE else (rows,):
        if found := _from_rows(sample):
            return found
    for comment in comments:
        if (named := _named(comment)) and _is_whole(columns := _from_header(*named, None)):
            return columns
    raise SourceError(
        f"{path}: cannot tell which of its columns holds what; expected a header that names them (one of "
        f"{', '.join(COLUMNS['name'])} and one of {', '.join(COLUMNS['labels'])}), or rows of id, start, end, labels."
        f"{first_lines(rows)}"
    )


def _header_lines(rows: pl.DataFrame) -> list[str]:
    """The first line, or, where that names no column, the first below it that names both clips and labels."""
    first, *others = rows["raw"].head(TITLES)
    if _named(first):
        return [first]
    return [line for line in others if (named := _named(line)) and _is_whole(_from_header(*named, line))]


def whole_rows(lines: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Lines put together where a cell in quotes holds ends of lines, as numpy writes an array of many labels.

    A row has one clip: the lines of a cell of labels follow the line that names it, or go before it where labels stand
    first. So a quote that is never closed takes no other row with it.

    Args:
        lines: `line` and `raw`, without the header.
        columns: of the list.
    """
    quotes = pl.col("raw").str.count_matches('"', literal=True)
    if not lines.select((quotes % 2 == 1).any()).item():
        return lines
    lines = lines.with_columns(quotes=quotes, fields=fields_of(pl.col("raw"), columns.separator))
    lines = lines.with_columns(named=has_clip(pl.col("fields"), columns.places))
    labels_first = columns.places["labels"] < columns.places["name"]
    lines = lines.with_columns(clip=pl.col("named").cum_sum() - (pl.col("named") if labels_first else 0))
    before = (pl.col("quotes").cum_sum() - pl.col("quotes")).over("clip")
    goes_on = (before % 2 == 1) & (pl.col("quotes").sum().over("clip") % 2 == 0)
    return (
        lines.group_by(row=(~goes_on).cum_sum(), maintain_order=True)
        .agg(pl.col("line").first(), pl.col("raw").str.join("\n"))
        .drop("row")
    )


def has_clip(fields: pl.Expr, places: Mapping[str, int]) -> pl.Expr:
    """Has a YouTube name or two numbers where they should stand."""
    at = {name: fields.list.get(place, null_on_oob=True) for name, place in places.items()}
    has_name = youtube.read(at["name"]).struct.field("media_key").is_not_null()
    times = [at[name].cast(pl.Float64, strict=False).is_not_null() for name in ("start_s", "end_s") if name in at]
    return (has_name | pl.all_horizontal(times)).fill_null(False) if times else has_name.fill_null(False)


def names_again(header: str, separator: str) -> pl.Expr:
    """Whether a line names the same columns as a header, whatever its blanks, quotes and capitals."""
    names = [
        pl.escape_regex(name).replace("_", "[ _-]")
        for name in header_names(header.rstrip(AROUND + separator), separator)
    ]
    around = f"[{AROUND}]*"
    same = f"(?i)^[#{AROUND}]*{f'{around}[{separator}]{around}'.join(names)}[{separator}{AROUND}]*$"
    return (pl.col("raw") == header) | pl.col("raw").str.contains(same)


def first_lines(rows: pl.DataFrame) -> str:
    """The first lines, for a message."""
    lines = rows["raw"].head(SHOWN).to_list()
    hint = " It is no text in UTF-8, perhaps one in UTF-16; save it as UTF-8." if "\0" in "".join(lines) else ""
    return f"{hint} Its first lines:" + "".join(f"\n  {shown(raw)}" for raw in lines)


def places_of(header: list[str], columns: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each column stands that the header names; what it does not name is missing."""
    found = {name: [header.index(one) for one in known if one in header] for name, known in columns.items()}
    return {name: places[0] for name, places in found.items() if places}


def header_names(line: str, separator: str) -> list[str]:
    """The names of columns in a line, in lower case and with `_` for blanks."""
    names = pl.select(fields_of(pl.lit(line.lstrip('#" ')), separator)).to_series()[0]
    return [name.strip(AROUND).lower().replace(" ", "_").replace("-", "_") for name in names]


def _named(line: str) -> tuple[str, list[str]] | None:
    """The separator and the names of a line that names columns, None where it names none."""
    found = {separator: header_names(line, separator) for separator in SEPARATORS}
    best = max(found, key=lambda separator: len(places_of(found[separator], COLUMNS)))
    return (best, found[best]) if places_of(found[best], COLUMNS) else None


def _from_header(separator: str, names: list[str], line: str | None) -> Columns:
    width = max(place for place, name in enumerate(names) if name) + 1
    return Columns(separator, places_of(names, COLUMNS), width, len(names), line)


def _is_whole(columns: Columns) -> bool:
    return {"name", "labels"} <= set(columns.places)


def _check_header(path: str, columns: Columns, names: list[str], rows: pl.DataFrame) -> None:
    """Names and labels there must be, and a start has an end: it is likelier to be called otherwise than not there."""
    times = {"start_s", "end_s"}
    wanted = {"name", "labels"}
    if times & set(columns.places) or _hides_times(columns, names, rows):
        wanted |= times
    if missing := [" or ".join(COLUMNS[name]) for name in COLUMNS if name in wanted - set(columns.places)]:
        raise SourceError(
            f"{path}: cannot tell which of its columns holds what: no {', no '.join(missing)} in its header "
            f"{', '.join(names)}; call them so.{first_lines(rows)}"
        )


def _without_numbers(columns: Columns, names: list[str], rows: pl.DataFrame) -> Columns:
    """Of several columns of labels the first that holds other than numbers: those count classes in an order unknown."""
    places = [names.index(one) for one in COLUMNS["labels"] if one in names]
    sample = rows[1 : SAMPLE + 1].select(fields=fields_of(pl.col("raw"), columns.separator))
    for place in places:
        field = pl.col("fields").list.get(place, null_on_oob=True)
        numbers = sample.select(field.str.contains(NUMBERS).sum()).item()
        if numbers * 2 <= len(sample):
            return replace(columns, places={**columns.places, "labels": place})
    return columns


def _hides_times(columns: Columns, names: list[str], rows: pl.DataFrame) -> bool:
    """Whether two more columns hold numbers, where neither header nor names of clips tell times: what else are they?"""
    sample = rows[1 : SAMPLE + 1].select(fields=fields_of(pl.col("raw"), columns.separator))
    at = {place: pl.col("fields").list.get(place, null_on_oob=True) for place in range(len(names))}
    others = [at[place] for place, name in enumerate(names) if name and place not in columns.places.values()]
    numbers = sum(sample.select(one.cast(pl.Float64, strict=False).count()).item() * 2 > len(sample) for one in others)
    if numbers < 2 or "name" not in columns.places:
        return False
    starts = sample.select(youtube.read(at[columns.places["name"]]).struct.field("named_start")).to_series().count()
    return starts * 2 <= len(sample)


def _from_rows(rows: pl.DataFrame) -> Columns | None:
    """Of id, start, end and labels in a row, behind an index or not, what most rows are; None where none is."""
    counts = {
        (separator, first): rows.select(_is_row(separator, first).sum()).item()
        for separator in SEPARATORS
        for first in (0, 1)
    }
    separator, first = max(counts, key=lambda one: counts[one])
    if not counts[separator, first]:
        return None
    places = {name: place + first for name, place in PUBLISHED.items()}
    line = rows["raw"][0]
    is_first_row = rows.head(1).select(_is_row(separator, first)).item()
    is_words = not is_first_row and _is_words(line, separator, places)
    is_header = len(rows) > 1 and (is_words or _is_numbering(line, separator))
    return Columns(separator, places, 4 + first, 4 + first, line if is_header else None)


def _is_row(separator: str, first: int) -> pl.Expr:
    """Has a YouTube name or two numbers where they should stand, and something behind them."""
    places = {name: place + first for name, place in PUBLISHED.items()}
    fields = fields_of(pl.col("raw"), separator)
    return has_clip(fields, places) & fields.list.get(places["labels"], null_on_oob=True).is_not_null()


def _is_numbering(line: str, separator: str) -> bool:
    """The header of a table whose columns had no names: pandas counts them, `0,1,2,3`, behind an index or not."""
    names = header_names(line, separator)
    names = names[1:] if names[0] == "" else names
    return len(names) >= len(PUBLISHED) and names == [str(place) for place in range(len(names))]


def _is_words(line: str, separator: str, places: Mapping[str, int]) -> bool:
    """A header in words that nobody knows, of whatever language: one for each column, no class id among them."""
    names = header_names(line, separator)
    wanted = [names[place] for place in places.values() if place < len(names)]
    return len(wanted) == len(places) and all(re.match(r"[^\W\d]", name) for name in wanted)
