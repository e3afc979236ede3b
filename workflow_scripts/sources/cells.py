"""Tables of cells between delimiters. A cell is a text."""

import csv
import io
import itertools
import logging
from collections import deque
from collections.abc import Iterator

import polars as pl

from workflow_scripts.sources import faults, forms
from workflow_scripts.sources.faults import as_source_error
from workflow_scripts.sources.forms import BROKEN, FOUND, UNENDED, Reading, Rows, cut, refuse_names
from workflow_scripts.sources.source import Source

DELIMITERS = {".tsv": "\t", ".tab": "\t", ".csv": ",", ".txt": "\t", ".ann": "\t"}
"""What is tried first, by suffix."""
OTHERS = ("\t", ",", ";", "|")
LINES_TO_TELL = 1000
"""So many lines tell what stands between cells."""
_log = logging.getLogger(__name__)


def of_cells(source: Source, reading: Reading, suffix: str) -> Iterator[Rows]:
    """The rows of a table; its file's suffix tells what is tried first."""
    text = source.text(reading.encoding)
    delimiter = reading.delimiter or _delimiter(source.path, text, DELIMITERS.get(suffix, ","))
    records = _records(source.path, text, delimiter)
    header = reading.header or _header(source.path, records)
    there = False
    while some := list(itertools.islice(records, forms.ROWS_AT_ONCE)):
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
        return first, cut(line.rstrip("\r\n"))

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
    refuse_names(f"{path}, line 1", header)
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
