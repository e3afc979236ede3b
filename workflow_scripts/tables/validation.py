"""Tables held against what is declared of them, value by value, by pandera."""

import functools
from collections.abc import Callable, Iterator, Mapping

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from workflow_scripts.tables.declared import Column, Rule, Schema
from workflow_scripts.tables.distinct import all_distinct

ALL_TRUE = pl.Series([True])


def faults(frame: pl.DataFrame, schema: Schema) -> str:
    """What of a collected frame breaks its schema (pandera checks no data of a LazyFrame): nothing is "".

    A line for each column and rule that is broken: by how many rows, and the first twenty.
    """
    try:
        _of_pandera(schema).validate(frame, lazy=True)
    except SchemaErrors as errors:
        return "\n".join(_told(errors.failure_cases, schema.name))
    return ""


@functools.cache
def _of_pandera(schema: Schema) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {name: _column(column) for name, column in schema.columns.items()},
        checks=[_row_check(name, rule) for name, rule in schema.rules.items()],
        name=schema.name,
        strict=True,
        ordered=True,
        unique=list(schema.unique) or None,
        coerce=False,
    )


def _column(column: Column) -> pa.Column:
    checks = [_check(rule) for rule in column.rules]
    return pa.Column(column.dtype, checks, nullable=column.nullable, unique=column.unique)


def _check(rule: Rule) -> pa.Check:
    if rule.name in OWN:
        arguments = f"({', '.join(map(repr, rule.arguments.values()))})" if rule.arguments else ""
        return _column_check(rule.name + arguments, functools.partial(OWN[rule.name], **rule.arguments))
    made: pa.Check = getattr(pa.Check, rule.name)(**rule.arguments)
    return made


def _column_check(name: str, function: Callable[[pl.Series], pl.Series]) -> pa.Check:
    def check(data: pa.PolarsData) -> pl.LazyFrame:
        return pl.LazyFrame({data.key: function(data.lazyframe.select(data.key).collect()[data.key])})

    return pa.Check(check, name=name)


def _row_check(name: str, rule: pl.Expr) -> pa.Check:
    return pa.Check(lambda data: data.lazyframe.select(rule), name=name, ignore_na=True)


def _unique(values: pl.Series) -> pl.Series:
    """Pandera's own search for repeated values comes only where there are any: it takes much longer."""
    return ALL_TRUE if all_distinct(values) else values.is_unique()


def _categories_match(values: pl.Series, pattern: str) -> pl.Series:
    """Each category is looked at once, not each row; pandera's check takes strings only."""
    if values.unique().cast(pl.String).str.contains(pattern).all():
        return ALL_TRUE
    return values.cast(pl.String).str.contains(pattern)


OWN: Mapping[str, Callable[..., pl.Series]] = {"unique": _unique, "categories_match": _categories_match}
"""Checks that pandera lacks, by name: from a column to whether each value is good, or to one true for all."""


def _told(cases: pl.DataFrame, table: str) -> Iterator[str]:
    for (column, check), rows in cases.group_by(["column", "check"], maintain_order=True):
        shown = [
            f"row {index}: {value}" if index is not None else str(value)
            for index, value in rows.select("index", "failure_case").head(20).iter_rows()
        ]
        where = "the whole table" if column == table else f"column {column}"
        yield f"  {where}: rule {check}: broken by {len(rows):,} rows, the first {len(shown)}: {'; '.join(shown)}"
