"""Expressions asked of rows, in a DuckDB that can reach nothing but these rows."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import duckdb
import polars as pl

from workflow_scripts.adapters.table.asker import EndedError, asker, macros
from workflow_scripts.adapters.table.expressions import ONE_OR_MORE, Expression, ExpressionError, Grammar
from workflow_scripts.adapters.table.mapping import POLARS
from workflow_scripts.adapters.table.shut_in import connect

MOST_S = 60.0
"""So long some rows may take; then they are asked in halves, and a row that takes so long by itself has failed."""
MOST_BYTES = 1 << 30
"""So much memory; likewise."""
MOST_BOMBS = 20
"""Rows that take too much of either; an expression of which there are more takes too much in any row."""
BOMBS = (duckdb.OutOfMemoryException, duckdb.InterruptException, EndedError)
MOST_EXPLAINED = 100
"""Of so many rows that fail at an expression DuckDB is asked why; the others only have failed."""
OF_TEXT = " VARCHAR is a text, as each cell of CSV is: `column::DOUBLE` makes a number of one"
LONGEST_VALUE = 2**20
"""Bytes of one value: `repeat` makes 300 MB of a row."""

TYPES = POLARS | {"JSON": pl.String}
FAILED = {"place": pl.UInt32, "expression": pl.String, "words": pl.String}


class Evaluation:
    """Expressions over the rows of one table.

    Args:
        expressions: what is asked of each row.
        cells: some rows, or none: what columns there are.

    Raises:
        ExpressionError: one is not to be asked of a row.
    """

    def __init__(self, expressions: Sequence[Expression], cells: pl.DataFrame) -> None:
        self._expressions: list[Expression] = []
        self._explained, self._bombs = Counter[str](), 0
        grammar = Grammar(connect(macros()), re.findall(r"CREATE MACRO (\w+)", macros()))
        for expression in expressions:
            grammar.check(expression, cells.columns)
            try:
                typed = self._typed(expression, cells.clear())
                self._ask([typed], cells.clear())
                self._expressions.append(typed)
            except duckdb.Error as error:  # of types that do not fit, which is so in any row
                of_text = OF_TEXT if isinstance(error, duckdb.BinderException) and "VARCHAR" in str(error) else ""
                raise ExpressionError(f"{expression.place}: {_words(error)}{of_text}") from None

    def of(self, cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Ask some rows.

        Returns:
            A column for each expression, called by its key; and FAILED: which row failed at which expression, and
            DuckDB's words. A value that failed is null.
        """
        columns, failed = [], []
        for expression in self._expressions:
            values, faults = self._one(expression, cells)
            columns.append(values.alias(expression.key))
            failed += [(place, expression.key, words) for place, words in faults]
        return pl.DataFrame(columns), pl.DataFrame(failed, schema=FAILED, orient="row")

    def _one(self, expression: Expression, cells: pl.DataFrame) -> tuple[pl.Series, list[tuple[int, str]]]:
        """An expression's values, and the places of rows where it fails.

        All rows at once; where one fails, each by itself within the same question; and where that takes too much memory
        or time, in halves down to the row that does.
        """
        try:
            return _cut(self._ask([expression], cells).to_series())
        except duckdb.Error as failed:
            error = failed
        if not isinstance(error, BOMBS):
            try:
                return self._tried(expression, cells)
            except duckdb.Error as failed:
                error = failed
        if len(cells) == 1:
            return pl.Series([None], dtype=TYPES[expression.type]), [(0, self._bomb(expression, error))]
        middle = len(cells) // 2
        first, faults = self._one(expression, cells[:middle])
        second, more = self._one(expression, cells[middle:])
        return first.append(second), faults + [(middle + place, words) for place, words in more]

    def _tried(self, expression: Expression, cells: pl.DataFrame) -> tuple[pl.Series, list[tuple[int, str]]]:
        tried = self._ask([expression], cells, "TRY(list_value({}))").to_series()
        values, faults = _cut(tried.list.first())
        places = tried.is_null().arg_true().to_list()
        return values, faults + [(place, self._why(expression, cells[place])) for place in places]

    def _bomb(self, expression: Expression, error: duckdb.Error) -> str:
        self._bombs += 1
        if self._bombs > MOST_BOMBS:
            raise ExpressionError(
                f"{expression.place}: it takes too much memory or time in row after row: {_words(error)}"
            )
        return f"it takes too much memory or time: {_words(error)}"

    def _typed(self, expression: Expression, cells: pl.DataFrame) -> Expression:
        """An expression with a type of SQL's, once it is known whether it gives a list."""
        if not expression.type.endswith("[]"):
            return expression
        is_list = isinstance(self._ask([replace(expression, type="")], cells).dtypes[0], (pl.List, pl.Array, pl.Null))
        if expression.type == ONE_OR_MORE:
            return replace(expression, type="VARCHAR[]" if is_list else "VARCHAR")
        if not is_list:
            raise ExpressionError(f"{expression.place}: expected a list, `[…]`")
        return expression

    def _why(self, expression: Expression, row: pl.DataFrame) -> str:
        """DuckDB's words, for the first rows that fail at an expression, in whatever parts they come."""
        self._explained[expression.key] += 1
        if self._explained[expression.key] > MOST_EXPLAINED:
            return "as in rows before"
        try:
            self._ask([expression], row)
        except duckdb.Error as error:
            return _words(error)
        return "it fails beside other rows"

    def _ask(self, expressions: Sequence[Expression], cells: pl.DataFrame, form: str = "{}") -> pl.DataFrame:
        asked = [form.format(one.sql) for one in expressions]
        selected = ", ".join(f'{one} AS "{place}"' for place, one in enumerate(asked))
        query = f"SELECT {selected} FROM found"  # noqa: S608  what is asked has been judged by the grammar
        return asker().ask(query, cells, MOST_S, MOST_BYTES)


def _cut(values: pl.Series) -> tuple[pl.Series, list[tuple[int, str]]]:
    """Values without those that are too long, and the places of these."""
    if values.dtype == pl.String:
        length = values.str.len_bytes()
    elif values.dtype == pl.List(pl.String):
        length = values.list.eval(pl.element().str.len_bytes()).list.sum()
    else:
        return values, []
    places = (length > LONGEST_VALUE).arg_true()
    if not len(places):
        return values, []
    kept = pl.select(pl.when((length <= LONGEST_VALUE).fill_null(value=True)).then(values)).to_series()
    return kept, [(place, "its value is longer than a megabyte") for place in places]


def _words(error: Exception) -> str:
    """DuckDB's words in one line, without what is of its own query."""
    return str(error).partition("\n")[0].strip()
