"""What a reader of tables is told, and what it gives."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from workflow_scripts.errors import shown
from workflow_scripts.sources import faults
from workflow_scripts.sources.faults import SourceError

ROWS_AT_ONCE = 50_000
_TOO_LONG = f"it has more than {faults.LONGEST_ROW:,} characters"
TOO_LONG = ("too_long_row", _TOO_LONG)
UNENDED = ("unended_row", f"a quotation mark is left open or has text behind it, or {_TOO_LONG}")
SHOWN = 1_000
"""Characters that are kept of such a row."""
FOUND = {"line": pl.Int64, "raw": pl.String}
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
BROKEN = FOUND | {"reason": pl.String, "detail": pl.String}


@dataclass(frozen=True)
class Reading:
    """What is declared of how a table is written; the rest is found.

    Attributes:
        format: csv, json, jsonl, yaml or parquet.
        delimiter: what stands between cells.
        quote: what stands around cells that hold the delimiter, or ends of lines; "" where that is nothing.
        blanks: there may be some between a delimiter and the quotation mark of a cell, which say nothing.
        encoding: of text.
        header: the names of the columns, where the table has none.
        at: where in a JSON or YAML document the rows are: keys with dots between them.
        is_a_key: a dataset file may say so, below the key `reading`; errors tell how.
    """

    format: str | None = None
    delimiter: str | None = None
    quote: str = '"'
    blanks: bool = True
    encoding: str = "utf-8"
    header: tuple[str, ...] | None = None
    at: str = ""
    is_a_key: bool = False

    def advice(self, words: str) -> str:
        """Words of an error that tell what to declare, with the key in front of it; none where that cannot be.

        >>> Reading(is_a_key=True).advice("; say where: {at: …}"), Reading().advice("; say where: {at: …}")
        ('; say where: reading: {at: …}', '')
        """
        return words.replace("{", "reading: {", 1) if self.is_a_key else ""


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


def refuse_names(place: str, header: Iterable[str], advice: str = "") -> None:
    """Raises SourceError for columns that cannot be told apart; SQL takes capital and small letters for the same.

    One without a name, as pandas writes its index, cannot be asked for.
    """
    seen: dict[str, str] = {}
    for name in filter(None, header):
        if earlier := seen.get(name.lower()):
            raise SourceError(
                f"{place}: columns {shown(earlier)} and {shown(name)} cannot be told apart; expected a name for "
                f"each{advice}"
            )
        seen[name.lower()] = name


def lines_of(text: str) -> Iterator[str]:
    r"""The lines of a text with their ends, of any kind. `io.StringIO` would hold four bytes of each character.

    >>> [*lines_of("a\r\n\nb\rc")]
    ['a\r\n', '\n', 'b\r', 'c']
    """
    return (line.group() for line in _LINE.finditer(text))


def cut(text: str) -> str:
    """The beginning of a row that is too long."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"
