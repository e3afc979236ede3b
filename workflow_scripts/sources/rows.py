"""Tables with a row a clip, as people publish them: CSV, JSON, JSON lines, YAML, Parquet; plain, .gz or .zst.

How one is written is found or declared, once for all of it. No cell is taken for more than it is: those of CSV are
texts, those of JSON what JSON says.
"""

from collections.abc import Iterator
from pathlib import PurePath

from workflow_scripts.sources.cells import of_cells
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.forms import ROWS_AT_ONCE, Reading, Rows
from workflow_scripts.sources.objects import of_json, of_json_lines, of_objects, of_yaml
from workflow_scripts.sources.parquet import of_parquet
from workflow_scripts.sources.source import Source
from workflow_scripts.sources.unpacking import UNPACK

__all__ = ["ROWS_AT_ONCE", "Reading", "Rows", "read_rows"]

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
        return of_cells(source, reading, suffix)
    if kind == "parquet":
        return of_parquet(source)
    objects = {"json": of_json, "jsonl": of_json_lines, "yaml": of_yaml}[kind](source, reading)
    return of_objects(source.path, objects)
