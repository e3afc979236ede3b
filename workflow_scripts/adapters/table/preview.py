"""What a dataset file would make of the first rows of its tables."""

from collections.abc import Iterator

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.table.answers import answers
from workflow_scripts.adapters.table.asking import Asking
from workflow_scripts.adapters.table.expressions import Expression
from workflow_scripts.adapters.table.ingest import files_of_table
from workflow_scripts.adapters.table.mapping import TABLES, asked, reading_of
from workflow_scripts.errors import as_text
from workflow_scripts.sources.clips.judge import judged

LONGEST = 100
"""Characters of a value that are shown."""


def preview(settings: IngestSettings, rows: int) -> Iterator[str]:
    """The first rows of each table, each expression with what it gives, and what is wrong with the row.

    Raises:
        SourceError: a source is no table.
        ExpressionError: an expression cannot be asked of its rows.
    """
    mapping = settings.mapping
    for source, part in TABLES.items():
        if source not in settings.sources or part not in mapping:
            continue
        wanted = asked(mapping, settings.sources, part)
        splits = {path: split for split, path in files_of_table(source, settings.sources[source])}
        first = next(Asking(wanted, reading_of(mapping, part)).rows(list(splits)))
        first = first.filter(pl.col("file") == pl.col("file").first())[:rows]
        yield from _told(wanted, first, judged(answers(first, part, list(splits.values())), part, mapping["match"]))


def _told(wanted: list[Expression], rows: pl.DataFrame, told: pl.DataFrame) -> Iterator[str]:
    keys = max(len(one.key) for one in wanted)
    texts = max(len(one.text.strip()) for one in wanted)
    for row, of_row in zip(rows.iter_rows(named=True), told.iter_rows(named=True), strict=True):
        yield f"{row['source']}, line {row['line']}: {_short(row['raw'])}"
        for one in wanted:
            yield f"  {one.key:{keys}}  {one.text.strip():{texts}}  {_short(row[one.key])}"
        if of_row["reason"]:
            yield f"  no row of a clip: {of_row['reason']}: {_short(of_row['detail'])}"
        yield ""


def _short(value: object) -> str:
    text = as_text(str(value)).replace("\n", "\\n")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
