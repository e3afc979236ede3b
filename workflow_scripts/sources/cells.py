"""Tables of cells between delimiters. A cell is a text."""

import csv
import itertools
import logging
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.errors import shown
from workflow_scripts.sources import faults, forms
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.forms import BROKEN, FOUND, UNENDED, Reading, Rows, cut, lines_of, refuse_names
from workflow_scripts.sources.source import Source

DELIMITERS = {".tsv": "\t", ".tab": "\t", ".csv": ",", ".txt": "\t", ".ann": "\t"}
"""What is tried first, by suffix."""
OTHERS = ("\t", ",", ";", "|")
LINES_TO_TELL = 1000
"""So many lines tell how cells are written."""
_log = logging.getLogger(__name__)


def of_cells(source: Source, reading: Reading, suffix: str) -> Iterator[Rows]:
    """The rows of a table; its file's suffix tells what is tried first."""
    text = source.text(reading.encoding)
    records = _records(source.path, text, _dialect(source.path, text, reading, DELIMITERS.get(suffix, ",")))
    if reading.header:
        refuse_names(f"{source.path}: reading: header", reading.header)
    header = reading.header or _header(source.path, records, reading)
    there = False
    while some := list(itertools.islice(records, forms.ROWS_AT_ONCE)):
        there = True
        yield _cells(some, header)
    if not there:
        yield _cells([], header)


def first_row(source: Source, reading: Reading) -> tuple[int, str, list[str]]:
    """Line, text and cells of the first row of a table without a header; no cells where it has no row.

    Args:
        source: the table.
        reading: how it is written, with the delimiter.
    """
    text = source.text(reading.encoding)
    records = _records(source.path, text, _dialect(source.path, text, reading, ""))
    return next(((line, raw, cells) for line, raw, cells in records if cells), (1, "", []))


Record = tuple[int, str, list[str] | None]
"""First line, text and cells of a row; no cells where it cannot be told where they end."""
Dialect = Mapping[str, Any]
"""How cells are written, in the words of `csv`."""


def _records(path: str, text: str, dialect: Dialect) -> Iterator[Record]:
    """The rows; blank lines are none. Of one without an end the second line is tried as the first of another.

    Where a quotation mark was left open the rows that it swallowed are found again so: the next mark is none that
    closes, but for the rarest cells, since text stands behind it.
    """
    csv.field_size_limit(faults.LONGEST_ROW)
    lines = _Lines(text)
    while not lines.are_over:
        with as_source_error(path, f"cells between {dialect['delimiter']!r}", lambda: lines.first):
            try:
                for cells in csv.reader(lines, strict=True, **dialect):
                    first, raw = lines.row()
                    if any(map(str.strip, cells)):
                        yield first, raw, cells
            except (csv.Error, _UnendedError):
                is_one = lines.is_one
                first, line = lines.first_line()
                is_row = is_one and len(line) <= faults.LONGEST_ROW
                yield first, cut(line.rstrip("\r\n")), _leniently(line, dialect) if is_row else None


def _leniently(line: str, dialect: Dialect) -> list[str] | None:
    """The cells of a line in which text stands behind a quotation mark, unless one is left open."""
    lines = _Lines(line)
    try:
        cells = next(csv.reader(lines, **dialect))
    except (csv.Error, _UnendedError):
        return None
    return None if lines.are_over else cells


class _UnendedError(Exception):
    pass


class _Lines:
    """The lines of a text, and those that the row at hand is made of.

    Attributes:
        first: number of the first of these.
        are_over: there are no more.
    """

    def __init__(self, text: str) -> None:
        self._text, self._again = lines_of(text), deque[str]()
        self._row: list[str] = []
        self._length = 0
        self.first, self.are_over = 1, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text, "")
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

    @property
    def is_one(self) -> bool:
        """Whether the row has not gone beyond its first line."""
        return len(self._row) == 1

    def first_line(self) -> tuple[int, str]:
        """Its first line alone; the others come again."""
        first, (line, *others) = self.first, self._row
        self._again.extendleft(reversed(others))
        self.are_over = False
        self._begin(first + 1)
        return first, line

    def _begin(self, line: int) -> None:
        self.first, self._row, self._length = line, [], 0


def _dialect(path: str, text: str, reading: Reading, first: str) -> Dialect:
    """That by which the most rows have as many cells as the first has, and that is more than one."""
    rows = (line for line in lines_of(text) if len(line) <= faults.LONGEST_ROW)
    sample = "".join(itertools.islice(rows, LINES_TO_TELL))
    quotes = {"quotechar": reading.quote} if reading.quote else {"quoting": csv.QUOTE_NONE}
    tried = (reading.delimiter,) if reading.delimiter else dict.fromkeys((first, *OTHERS))
    best: Dialect = {"delimiter": tried[0] if isinstance(tried, tuple) else first, **quotes}
    most = 0
    for delimiter in tried:
        quoted = reading.blanks and delimiter != " " and bool(reading.quote)
        spaced = quoted and f"{delimiter} {reading.quote}" in sample
        for skips in (True, False) if spaced else (False,):  # `1, "a, b"`
            dialect = {"delimiter": delimiter, "skipinitialspace": skips, **quotes}
            counts = [len(cells or ()) for *_, cells in _records(path, sample, dialect)]
            alike = counts.count(counts[0]) if counts and counts[0] > 1 else 0
            if alike > most:
                best, most = dialect, alike
    _log.info("%s: cells between %r", path, best["delimiter"])
    return best


def _header(path: str, records: Iterator[Record], reading: Reading) -> tuple[str, ...]:
    line, raw, cells = next(records, (1, "", []))
    if cells is None:
        advice = reading.advice('; {quote: ""}?')
        raise SourceError(f"{path}, line {line}: no header: {UNENDED[1]}: {shown(raw)}{advice}")
    header = tuple(cell.strip() for cell in cells)
    refuse_names(f"{path}, line {line}", header, reading.advice(", or declare them: {header: […]}"))
    return header


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
