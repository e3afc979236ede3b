"""Tables with a row a clip, as people publish them: CSV, JSON, JSON lines, YAML, Parquet; plain, .gz or .zst.

How one is written is found or declared, once for all of it. No cell is taken for more than it is: those of CSV are
texts, those of JSON what JSON says.
"""

import csv
import io
import itertools
import json
import logging
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.errors import shown
from workflow_scripts.sources import faults
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.source import Source
from workflow_scripts.sources.unpacking import UNPACK

ROWS_AT_ONCE = 50_000
DELIMITERS = {".tsv": "\t", ".tab": "\t", ".csv": ",", ".txt": "\t", ".ann": "\t"}
"""What is tried first, by suffix."""
OTHERS = ("\t", ",", ";", "|")
LINES_TO_TELL = 1000
"""So many lines tell what stands between cells."""
FORMATS = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".parquet": "parquet",
}
"""By suffix; what has another is cells between delimiters."""
SPREADSHEETS = (".xlsx", ".xls", ".ods")
_CONSTANT = re.compile(rb'("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b')
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What is declared of how a table is written; the rest is found.

    Attributes:
        format: csv, json, jsonl, yaml or parquet.
        delimiter: what stands between cells.
        encoding: of text.
        header: the names of the columns, where the table has none.
        at: where in a JSON or YAML document the rows are: keys with dots between them.
    """

    format: str | None = None
    delimiter: str | None = None
    encoding: str = "utf-8"
    header: tuple[str, ...] | None = None
    at: str = ""


class Rows(NamedTuple):
    """Some rows of a table.

    Attributes:
        found: `line` (or number of the row, from 1) and `raw`, the row as it stands there.
        cells: its columns.
        broken: rows that have no cells: `line`, `raw`, `reason`, `detail`.
    """

    found: pl.DataFrame
    cells: pl.DataFrame
    broken: pl.DataFrame


UNENDED = ("unended_row", f"a quotation mark is left open, or it has more than {faults.LONGEST_ROW:,} characters")
SHOWN = 1_000
"""Characters that are kept of such a row."""
FOUND = {"line": pl.Int64, "raw": pl.String}
BROKEN = FOUND | {"reason": pl.String, "detail": pl.String}


def read_rows(source: Source, reading: Reading) -> Iterator[Rows]:
    """The rows of a table, some at a time; once without any where it has none.

    Raises:
        SourceError: it is not what it is declared to be or its name says; names the line or byte.
    """
    suffixes = [suffix for suffix in PurePath(source.path.lower()).suffixes if suffix not in UNPACK]
    suffix = suffixes[-1] if suffixes else ""
    kind = reading.format or FORMATS.get(suffix, "csv")
    if kind == "csv" and suffix in SPREADSHEETS:
        raise SourceError(f"{source.path}: a spreadsheet; save it as CSV (UTF-8)")
    if kind == "csv":
        return _of_cells(source, reading, DELIMITERS.get(suffix, ","))
    if kind == "parquet":
        return _of_parquet(source)
    objects = {"json": _of_json, "jsonl": _of_json_lines, "yaml": _of_yaml}[kind](source, reading)
    return _of_objects(source, objects)


# --- cells between delimiters ---


def _of_cells(source: Source, reading: Reading, first: str) -> Iterator[Rows]:
    text = source.text(reading.encoding)
    delimiter = reading.delimiter or _delimiter(source.path, text, first)
    records = _records(source.path, text, delimiter)
    header = reading.header or _header(source.path, records)
    there = False
    while some := list(itertools.islice(records, ROWS_AT_ONCE)):
        there = True
        yield _cells(some, header)
    if not there:
        yield _cells([], header)


Record = tuple[int, str, list[str] | None]
"""First line, text and cells of a row; no cells where it has no end."""


def _records(path: str, text: str, delimiter: str) -> Iterator[Record]:
    """The rows; blank lines are none. Of one without an end the second line is tried as the first of another.

    Where a quotation mark was left open the rows that it swallowed are found again so.
    """
    csv.field_size_limit(faults.LONGEST_ROW)
    lines = _Lines(text)
    while not lines.are_over:
        with as_source_error(path, f"cells between {delimiter!r}", lambda: lines.first):
            try:
                for cells in csv.reader(lines, delimiter=delimiter):
                    if lines.are_over:  # asked for more in the middle of a cell
                        raise _UnendedError
                    first, raw = lines.row()
                    if any(map(str.strip, cells)):
                        yield first, raw, cells
            except _UnendedError:
                yield (*lines.first_line(), None)


class _UnendedError(Exception):
    pass


class _Lines:
    """The lines of a text, and those that the row at hand is made of.

    Attributes:
        first: number of the first of these.
        are_over: there are no more.
    """

    def __init__(self, text: str) -> None:
        self._text, self._again = io.StringIO(text, newline=""), deque[str]()
        self._row: list[str] = []
        self._length = 0
        self.first, self.are_over = 1, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline()
        if not line:
            self.are_over = True
            raise StopIteration
        self._row.append(line)
        self._length += len(line)
        if self._length > faults.LONGEST_ROW:
            raise _UnendedError
        return line

    def row(self) -> tuple[int, str]:
        """First line and text of the row that ends here."""
        first, raw = self.first, "".join(self._row).rstrip("\r\n")
        self._begin(first + len(self._row))
        return first, raw

    def first_line(self) -> tuple[int, str]:
        """The same of its first line alone, cut; the others come again."""
        first, (line, *others) = self.first, self._row
        self._again.extendleft(reversed(others))
        self.are_over = False
        self._begin(first + 1)
        return first, _cut(line.rstrip("\r\n"))

    def _begin(self, line: int) -> None:
        self.first, self._row, self._length = line, [], 0


def _delimiter(path: str, text: str, first: str) -> str:
    """That by which the most lines have as many cells as the first has, and that is more than one."""
    lines = list(itertools.islice(filter(str.strip, io.StringIO(text)), LINES_TO_TELL))
    best, most = first, 0
    for delimiter in dict.fromkeys((first, *OTHERS)):
        try:
            counts = [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        alike = counts.count(counts[0]) if counts and counts[0] > 1 else 0
        if alike > most:
            best, most = delimiter, alike
    _log.info("%s: cells between %r", path, best)
    return best


def _header(path: str, records: Iterator[Record]) -> tuple[str, ...]:
    _, _, cells = next(records, (1, "", None))
    header = tuple(cell.strip() for cell in cells or ())
    _refuse_names(f"{path}, line 1", header)
    return header


def _refuse_names(place: str, header: Iterable[str]) -> None:
    """Raises SourceError for columns that cannot be told apart; SQL takes capital and small letters for the same.

    One without a name, as pandas writes its index, cannot be asked for.
    """
    seen: dict[str, str] = {}
    for name in header:
        if name and (earlier := seen.setdefault(name.lower(), name)) is not name:
            raise SourceError(
                f"{place}: columns {shown(earlier)} and {shown(name)} cannot be told apart; expected a name for each, "
                "or declare them: reading: {header: […]}"
            )


def _cells(records: list[Record], header: tuple[str, ...]) -> Rows:
    """Cells that are missing at the end, or are there without a word in them, do not count."""
    whole, broken = [], []
    width = len(header)
    for line, raw, cells in records:
        if cells is None:
            broken.append((line, raw, *UNENDED))
        elif len(cells) == width:
            whole.append((line, raw, cells))
        elif len(cells) > width and not any(map(str.strip, cells[width:])):
            whole.append((line, raw, cells[:width]))
        else:
            detail = f"{len(cells)} cells where the header has {width}"
            broken.append((line, raw, "wrong_number_of_cells", detail))
    columns = {name: [cells[place] for _, _, cells in whole] for place, name in enumerate(header) if name}
    return Rows(
        pl.DataFrame([(line, raw) for line, raw, _ in whole], schema=FOUND, orient="row"),
        pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)),
        pl.DataFrame(broken, schema=BROKEN, orient="row"),
    )


# --- objects ---


def _of_json(source: Source, reading: Reading) -> Iterator[Any]:
    """The items of a list or a map, one after the other: a document of a gigabyte is never there as a whole."""
    import ijson

    content = source.content
    if b"NaN" in content or b"Infinity" in content:  # which JSON has not, but writers write
        content = _CONSTANT.sub(lambda found: found[1] or b"null", content)
    with as_source_error(source.path, "valid JSON"):
        begin = next((event for at, event, _ in ijson.parse(io.BytesIO(content)) if at == reading.at), None)
        if begin == "start_array":
            item = f"{reading.at}.item" if reading.at else "item"
            yield from ijson.items(io.BytesIO(content), item, use_float=True)
        elif begin == "start_map":
            for key, value in ijson.kvitems(io.BytesIO(content), reading.at, use_float=True):
                yield _with_key(key, value)
        else:
            raise SourceError(f"{source.path}: {_no_rows(reading.at, begin)}")


def _of_json_lines(source: Source, reading: Reading) -> Iterator[Any]:
    for line in source.lines().iter_rows(named=True):
        if line["raw"].strip():
            try:
                yield json.loads(line["raw"], parse_constant=lambda _: None)
            except ValueError as error:
                raise SourceError(f"{source.path}, line {line['line']}: not valid JSON: {error}") from None


def _of_yaml(source: Source, reading: Reading) -> Iterator[Any]:
    import yaml

    text, loader = source.text(reading.encoding), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with as_source_error(source.path, "valid YAML"):
        if "*" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
            raise SourceError(f"{source.path}: it holds aliases (`*name`), of which a few lines make gigabytes")
        value = yaml.load(text, Loader=loader)
    for key in filter(None, reading.at.split(".")):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from (_with_key(str(key), one) for key, one in value.items())
    else:
        raise SourceError(f"{source.path}: {_no_rows(reading.at, None)}")


def _no_rows(at: str, begin: str | None) -> str:
    where = f"at {at!r}" if at else "at the top"
    return f"no list or map of rows {where}{f' but a {begin}' if begin else ''}; say where: reading: {{at: …}}"


def _with_key(key: str, value: Any) -> dict[str, Any]:
    return {"key": key, **value} if isinstance(value, dict) else {"key": key, "value": value}


def _of_objects(source: Source, objects: Iterator[Any]) -> Iterator[Rows]:
    """Rows of objects. Those of a document are held as text, until it is known what each column is."""
    held: list[str] = []
    kinds: dict[str, set[str]] = {}
    for value in objects:
        if isinstance(value, dict):
            for name, one in value.items():
                kinds.setdefault(name, set()).add(_kind(one))
        held.append(json.dumps(value, ensure_ascii=False, default=str))
    _refuse_names(source.path, kinds)
    types = {name: _type(of_column) for name, of_column in kinds.items()}
    for first in range(0, max(len(held), 1), ROWS_AT_ONCE):
        yield _objects(held[first : first + ROWS_AT_ONCE], first + 1, types)


def _objects(texts: list[str], first: int, types: Mapping[str, Any]) -> Rows:
    whole, broken = [], []
    for number, text in enumerate(texts, start=first):
        value = json.loads(text)
        if len(text) > faults.LONGEST_ROW:
            broken.append((number, _cut(text), *UNENDED))
        elif isinstance(value, dict) and types:
            whole.append((number, text, value))
        else:
            broken.append((number, text, "no_object", "it is no object with a value for each column"))
    columns = [
        pl.Series(name, [_value(value.get(name), kind) for _, _, value in whole], dtype=kind)
        for name, kind in types.items()
    ]
    return Rows(
        pl.DataFrame([(number, text) for number, text, _ in whole], schema=FOUND, orient="row"),
        pl.DataFrame(columns),
        pl.DataFrame(broken, schema=BROKEN, orient="row"),
    )


def _kind(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "texts"
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return "str"
    return type(value).__name__


def _type(kinds: set[str]) -> Any:
    """What a column is whose values are of these kinds: text where they have nothing else in common."""
    kinds = kinds - {"NoneType"}
    for of, dtype in (
        ({"int"}, pl.Int64),
        ({"int", "float"}, pl.Float64),
        ({"bool"}, pl.Boolean),
        ({"texts"}, pl.List(pl.String)),
    ):
        if kinds and kinds <= of:
            return dtype
    return pl.String


def _value(value: Any, dtype: Any) -> Any:
    """What is neither text nor alone of its kind is JSON's text."""
    if dtype != pl.String or value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


# --- Parquet ---


def _of_parquet(source: Source) -> Iterator[Rows]:
    with as_source_error(source.path, "a Parquet file"):
        table = pl.read_parquet(io.BytesIO(source.content), use_pyarrow=False)
    table = _without_bytes(table).fill_nan(None)  # as pandas writes what is not there
    _refuse_names(source.path, table.columns)
    for first in range(0, max(len(table), 1), ROWS_AT_ONCE):
        cells = table[first : first + ROWS_AT_ONCE]
        found = cells.select(
            line=pl.int_range(first + 1, first + 1 + len(cells), dtype=pl.Int64),
            raw=pl.struct(pl.exclude(pl.Binary)).struct.json_encode(),
        )
        yield Rows(found, cells, pl.DataFrame(schema=BROKEN))


def _without_bytes(table: pl.DataFrame) -> pl.DataFrame:
    """A table without the bytes inside its columns: `audio`, on the Hugging Face hub, is bytes and a path."""
    held = {name: kind for name, kind in table.schema.items() if kind != pl.Binary and _holds_bytes(kind)}
    paths = {
        name: [pl.col(name).struct.field(field.name) for field in kind.fields if not _holds_bytes(field.dtype)]
        for name, kind in held.items()
        if isinstance(kind, pl.Struct)
    }
    return table.with_columns(pl.struct(kept).alias(name) for name, kept in paths.items() if kept).drop(
        name for name in held if not paths.get(name)
    )


def _holds_bytes(kind: Any) -> bool:
    if isinstance(kind, pl.Struct):
        return any(_holds_bytes(field.dtype) for field in kind.fields)
    return kind == pl.Binary or (isinstance(kind, (pl.List, pl.Array)) and _holds_bytes(kind.inner))
