"""Tables asked for what a dataset file says of their rows."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.adapters.table.evaluate import Evaluation
from workflow_scripts.adapters.table.expressions import Expression, NoColumnError, of_column
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.rows import ROWS_AT_ONCE, Reading, Rows, read_rows
from workflow_scripts.sources.source import Source

CELLS = pl.List(pl.Struct({"name": pl.String, "value": pl.String}))
_log = logging.getLogger(__name__)


class RowsOfFile(NamedTuple):
    """Some rows of a file, and its place among the files."""

    file: int
    path: str
    rows: Rows


class Asking:
    """Asks the rows of tables that are written alike.

    Args:
        expressions: what is asked of each row.
        reading: what is declared of how the tables are written.
        of_no_row: whether a table that has columns and no rows is asked too, as one row of nulls without text.

    Attributes:
        counted: the files, without the numbers of their rows.
    """

    def __init__(
        self, expressions: Sequence[Expression], reading: Mapping[str, Any], *, of_no_row: bool = False
    ) -> None:
        self.counted: dict[str, Counted] = {}
        self._of_no_row = of_no_row
        self._expressions = expressions
        header = tuple(reading["header"]) if "header" in reading else None
        self._reading = Reading(**{**reading, "header": header}, is_a_key=True)
        self._evaluations: dict[tuple[Any, ...], Evaluation] = {}
        self._columns: dict[str, tuple[str, Any]] = {}

    def rows(self, paths: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The rows of files, some at a time; those of small files together, which takes a hundredth of the time.

        Columns: file (its place among them), source, line, raw; what each expression gave, by its key, null where it
        failed; `reason` and `detail` of rows that have no cells, or at which an expression failed.

        Raises:
            SourceError: a file is no table.
            ExpressionError: an expression cannot be asked of its rows.
        """
        waiting: dict[tuple[Any, ...], list[RowsOfFile]] = {}
        for part in self._parts(paths):
            columns = tuple(part.rows.cells.schema.items())
            alike = waiting.setdefault(columns, [])
            alike.append(part)
            if sum(len(one.rows.found) for one in alike) >= ROWS_AT_ONCE:
                yield self._asked(waiting.pop(columns))
        for alike in waiting.values():
            yield self._asked(alike)

    def _parts(self, paths: Sequence[str]) -> Iterator[RowsOfFile]:
        """All rows. A column that only other files have is null: such files come last, when all columns are known.

        So do those that have no value in one: what it is there, others may tell.
        """
        late = []
        for file, path in enumerate(paths):
            for rows in self._read(path):
                others_may_tell = pl.Null in rows.cells.dtypes and len(paths) > 1
                if others_may_tell or not self._has_all_columns(rows.cells):
                    late.append((file, path))
                    break
                yield RowsOfFile(file, path, rows)
        for file, path in late:
            for rows in self._read(path):
                yield RowsOfFile(file, path, rows._replace(cells=self._with_others(rows.cells, path)))

    def _read(self, path: str) -> Iterator[Rows]:
        source = Source.read(path)
        self.counted[path] = Counted.of(source)
        read = read_rows(source, self._reading)
        del source  # whose bytes a reader needs no longer than until they are text
        for rows in read:
            there = {name.lower(): (name, kind) for name, kind in rows.cells.schema.items() if kind != pl.Null}
            self._columns = there | self._columns
            yield _one_of_nulls(rows) if self._of_no_row else rows

    def _has_all_columns(self, cells: pl.DataFrame) -> bool:
        try:
            self._evaluation(cells)
        except NoColumnError:
            return False
        return True

    def _with_others(self, cells: pl.DataFrame, path: str) -> pl.DataFrame:
        known = {name: self._columns.get(name.lower(), (name, pl.Null))[1] for name in cells.columns}
        cells = cells.cast({name: known[name] for name, kind in cells.schema.items() if kind == pl.Null})
        there = {name.lower() for name in cells.columns}
        more = dict(column for name, column in self._columns.items() if name not in there)
        if more:
            _log.info("%s: null are the columns of other files: %s", path, ", ".join(more))
        cells = cells.with_columns(pl.lit(None, kind).alias(name) for name, kind in more.items())
        if not cells.width:
            raise SourceError(f"{path}: no table: it is empty, or its rows are")
        try:
            self._evaluation(cells)
        except NoColumnError as error:
            deeper = (
                "; are the rows below one of its keys? reading: {at: …}" if cells.columns == ["key", "value"] else ""
            )
            raise NoColumnError(f"{path}: {error}{deeper}") from None
        return cells

    def _evaluation(self, cells: pl.DataFrame) -> Evaluation:
        columns = tuple(cells.schema.items())
        if columns not in self._evaluations:
            told = self._with_told(cells, [""] * len(cells))
            self._evaluations[columns] = Evaluation([of_column(one, told.columns) for one in self._expressions], told)
        return self._evaluations[columns]

    def _with_told(self, cells: pl.DataFrame, paths: Sequence[str]) -> pl.DataFrame:
        """Cells with the columns that every table has, unless it has its own that are called so."""
        told = [pl.Series("source_path", paths, dtype=pl.String)]
        if any("source_cells" in one.text.lower() for one in self._expressions):
            told.append(_each(cells))
        there = {name.lower() for name in cells.columns}
        return cells.with_columns(one for one in told if one.name not in there) if cells.width else pl.DataFrame(told)

    def _asked(self, parts: Sequence[RowsOfFile]) -> pl.DataFrame:
        found = pl.concat([_of_file(part, part.rows.found) for part in parts])
        broken = pl.concat([_of_file(part, part.rows.broken) for part in parts])
        cells = pl.concat([part.rows.cells for part in parts])
        evaluation = self._evaluation(cells)
        values, failed = evaluation.of(self._with_told(cells, found["source"].cast(pl.String).to_list()))
        detail = self._words(failed, len(found))
        if "where" in values.columns:  # a row that is left out may fail at anything else
            detail = detail.zip_with(values["where"].fill_null(value=True), pl.Series([None], dtype=pl.String))
        reason = pl.when(pl.col("detail").is_not_null()).then(pl.lit("expression_failed"))
        asked = pl.concat([found, values], how="horizontal").with_columns(detail=detail).with_columns(reason=reason)
        if len(broken):
            asked = pl.concat([asked, broken], how="diagonal").sort("file", "line", maintain_order=True)
        return asked

    def _words(self, failed: pl.DataFrame, rows: int) -> pl.Series:
        """Why each row failed, if it did, at the first of its expressions."""
        places = {one.key: one.place for one in self._expressions}
        words: list[str | None] = [None] * rows
        for place, key, why in failed.iter_rows():
            words[place] = words[place] or f"{places[key]}: {why}"
        return pl.Series(words, dtype=pl.String)


def _one_of_nulls(rows: Rows) -> Rows:
    """A row that says nothing, of a table that has none; only the first rows that a table gives can be none."""
    if len(rows.found) or len(rows.broken) or not rows.cells.width:
        return rows
    found = pl.DataFrame([(1, "")], schema=rows.found.schema, orient="row")
    return rows._replace(found=found, cells=rows.cells.clear(1))


def _of_file(part: RowsOfFile, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(file=pl.lit(part.file, pl.UInt32), source=pl.lit(part.path).cast(pl.Categorical))


def _each(cells: pl.DataFrame) -> pl.Series:
    """The cells of a row as a list: of each its column's name and its text."""
    pairs = [
        pl.struct(pl.lit(name).alias("name"), pl.col(name).cast(pl.String).alias("value"))
        for name, kind in cells.schema.items()
        if not kind.is_nested() and kind not in (pl.Duration, pl.Binary)
    ]
    if not pairs:
        return pl.Series("source_cells", [None] * len(cells), dtype=CELLS)
    return cells.select(source_cells=pl.concat_list(pairs)).to_series()
