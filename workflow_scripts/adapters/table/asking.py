"""Tables asked for what a dataset file says of their rows."""

import itertools
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from workflow_scripts.adapters.table.evaluate import Evaluation
from workflow_scripts.adapters.table.expressions import Expression, NoColumnError
from workflow_scripts.sources.rows import Reading, Rows, read_rows
from workflow_scripts.sources.source import Source

_log = logging.getLogger(__name__)


class Asking:
    """Asks the rows of tables that are written alike.

    Args:
        expressions: what is asked of each row.
        reading: what is declared of how the tables are written.
    """

    def __init__(self, expressions: Sequence[Expression], reading: Mapping[str, Any]) -> None:
        self._expressions = expressions
        self._reading = Reading(**{**reading, "header": tuple(reading["header"]) if "header" in reading else None})
        self._evaluations: dict[tuple[Any, ...], Evaluation] = {}
        self._columns: dict[str, tuple[str, Any]] = {}

    def of_all(self, paths: Sequence[str]) -> Iterator[tuple[str, Source, Iterator[pl.DataFrame]]]:
        """Each file with what `rows` gives of it, not in their order.

        A column that some of the files have is null in the rows of the others: these come last, when it is known what
        columns there are.

        Raises:
            SourceError: a source is no table.
            ExpressionError: an expression cannot be asked of its rows.
        """
        late = []
        for path in paths:
            source = Source.read(path)
            rows = self.rows(source)
            try:
                first = next(rows)
            except NoColumnError:
                late.append(path)
            else:
                yield path, source, itertools.chain([first], rows)
        for path in late:
            source = Source.read(path)
            yield path, source, self.rows(source, with_others=True)

    def rows(self, source: Source, *, with_others: bool = False) -> Iterator[pl.DataFrame]:
        """The rows of a source, some at a time.

        Args:
            source: to be read.
            with_others: the columns that other sources had are there too, null.

        Columns: source, line, raw; what each expression gave, by its key, null where it failed; `reason` and `detail`
        of rows that have no cells, or at which an expression failed.

        Raises:
            SourceError: the source is no table.
            ExpressionError: an expression cannot be asked of its rows.
        """
        for part in read_rows(source, self._reading):
            there = {name.lower(): (name, kind) for name, kind in part.cells.schema.items()}
            self._columns = there | self._columns
            if with_others:
                more = dict(self._columns[name] for name in self._columns if name not in there)
                _log.info("%s: null are the columns of other files: %s", source.path, ", ".join(more))
                nulls = (pl.lit(None, kind).alias(name) for name, kind in more.items())
                part = part._replace(cells=part.cells.with_columns(nulls))
            yield self._asked(part, source.path)

    def _asked(self, part: Rows, path: str) -> pl.DataFrame:
        cells = part.cells.with_columns(pl.lit(path).alias("source_path"))
        if any("source_cells" in one.text.lower() for one in self._expressions):
            cells = cells.with_columns(source_cells=_each(part.cells))
        signature = tuple(cells.schema.items())
        if signature not in self._evaluations:
            self._evaluations[signature] = Evaluation(self._expressions, cells)
        values, failed = self._evaluations[signature].of(cells)
        detail = self._words(failed, len(cells))
        reason = pl.when(pl.col("detail").is_not_null()).then(pl.lit("expression_failed"))
        asked = (
            pl.concat([part.found, values], how="horizontal").with_columns(detail=detail).with_columns(reason=reason)
        )
        if len(part.broken):
            asked = pl.concat([asked, part.broken], how="diagonal").sort("line", maintain_order=True)
        return asked.with_columns(source=pl.lit(path).cast(pl.Categorical))

    def _words(self, failed: pl.DataFrame, rows: int) -> pl.Series:
        """Why each row failed, if it did, at the first of its expressions."""
        places = {one.key: one.place for one in self._expressions}
        words: list[str | None] = [None] * rows
        for place, key, why in failed.iter_rows():
            words[place] = words[place] or f"{places[key]}: {why}"
        return pl.Series(words, dtype=pl.String)


def _each(cells: pl.DataFrame) -> pl.Expr:
    """The cells of a row as a list: of each its column's name and its text."""
    pairs = [
        pl.struct(pl.lit(name).alias("name"), pl.col(name).cast(pl.String).alias("value"))
        for name, kind in cells.schema.items()
        if not kind.is_nested()
    ]
    return pl.concat_list(pairs) if pairs else pl.lit(None, pl.List(pl.Struct({"name": pl.String, "value": pl.String})))
