"""Lists of classes: those in use with their indices, and names for others.

A row that says again what an earlier one said is a reject; rows that contradict each other stop the run, since nobody
can tell which of them is meant.
"""

import csv
import io
from itertools import pairwise
from typing import Any

import polars as pl

from workflow_scripts.sources.faults import LONGEST_ROW, SourceError, as_source_error
from workflow_scripts.sources.json_text import MOST_DIGITS
from workflow_scripts.sources.source import Source

INDEX_COLUMNS = ("index", "mid", "display_name")
ROWS = {
    "line": pl.UInt32,
    "raw": pl.String,
    "class_index": pl.Int32,
    "class_id": pl.String,
    "name": pl.String,
    "reason": pl.String,
    "detail": pl.String,
}
"""What becomes of each data row: `reason` and `detail` are null where it is kept."""

Seen = dict[object, int]
"""The line where an index, a class, or a whole entry stood first."""


def read_class_index(source: Source) -> pl.DataFrame:
    """The data rows of a class_labels_indices.csv, as ROWS.

    Raises:
        SourceError: a column is missing, an index is no whole number, an index or a class stands there twice for
            different things; names the line.
    """
    text = source.text()
    csv.field_size_limit(LONGEST_ROW)
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    with as_source_error(source.path, "a comma-separated list", lambda: reader.line_num):
        read = [(reader.line_num, fields) for fields in reader]
    header = read[0][1] if read else []
    if missing := set(INDEX_COLUMNS) - set(header):
        raise SourceError(
            f"{source.path}, line 1: no column {', '.join(sorted(missing))}; expected {','.join(INDEX_COLUMNS)}"
        )
    lines = io.StringIO(text).readlines()
    rows, seen = [], Seen()
    for (before, _), (line, fields) in pairwise(read):
        if fields:
            index, mid, name = _index_entry(header, fields, f"{source.path}, line {line}")
            first = _first(seen, line, source.path, (index, mid), (index, mid, name))
            rows.append(_row(line, "".join(lines[before:line]).rstrip("\r\n"), index, mid, name, first))
    return pl.DataFrame(rows, schema=ROWS)


def _index_entry(header: list[str], fields: list[str], place: str) -> tuple[int, str, str]:
    """Index, class and name of a row; empty fields beyond the columns do not count."""
    row = dict(zip(header, fields, strict=False))
    index, mid, name = (row.get(column, "") for column in INDEX_COLUMNS)
    is_index = index.isdecimal() and len(index) <= MOST_DIGITS and int(index) < 2**31
    if not (is_index and mid and name) or any(fields[len(header) :]):
        raise SourceError(f"{place}: expected {','.join(INDEX_COLUMNS)}, found {fields}")
    return int(index), mid, name


def read_display_names(source: Source) -> pl.DataFrame:
    """The rows of a tab-separated `mid, name` list without a header, as ROWS; blank lines do not count.

    Raises:
        SourceError: a line without exactly two fields, or a class with two names; names the line.
    """
    rows, seen = [], Seen()
    for line, raw in enumerate(io.StringIO(source.text(), newline=None), start=1):
        if not raw.strip():
            continue
        raw = raw.removesuffix("\n")
        fields = raw.split("\t")
        if len(fields) != 2 or not all(fields):
            raise SourceError(f"{source.path}, line {line}: expected a class id, a tab and a name, found {raw!r}")
        mid, name = fields
        rows.append(_row(line, raw, None, mid, name, _first(seen, line, source.path, (mid,), (mid, name))))
    return pl.DataFrame(rows, schema=ROWS)


def node_rows(tree: dict[str, dict[str, Any]]) -> pl.DataFrame:
    """The nodes of an ontology as ROWS; the line of one is its number in the list."""
    nodes = enumerate(tree.items(), start=1)
    return pl.DataFrame([_row(number, "", None, mid, node["name"], None) for number, (mid, node) in nodes], schema=ROWS)


def _first(seen: Seen, line: int, path: str, keys: tuple[object, ...], entry: tuple[object, ...]) -> int | None:
    """The line that said the same already, None where this is the first.

    Raises:
        SourceError: an earlier line says something else of one of the keys.
    """
    if entry in seen:
        return seen[entry]
    for key in keys:
        if key in seen:
            raise SourceError(f"{path}, line {line}: {key} stands in line {seen[key]} already, as something else")
    seen.update(dict.fromkeys((*keys, entry), line))
    return None


def _row(line: int, raw: str, index: int | None, mid: str, name: str, first: int | None) -> dict[str, Any]:
    return {
        "line": line,
        "raw": raw,
        "class_index": index,
        "class_id": mid,
        "name": name,
        "reason": None if first is None else "repeated_row",
        "detail": None if first is None else f"line {first} says the same",
    }
