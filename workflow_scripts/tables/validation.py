"""Tables held against what is declared of them, value by value, by pandera."""

import functools
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import polars as pl

from workflow_scripts.tables.declared import Column, Rule, Schema
from workflow_scripts.tables.distinct import all_distinct


@contextmanager
def _as_without(*modules: str) -> Iterator[None]:
    """To what this thread imports meanwhile, modules that nobody has imported yet are not installed."""
    here = threading.get_ident()

    class NotInstalled:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            if name in modules and threading.get_ident() == here:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    sys.meta_path.insert(0, NotInstalled)
    try:
        yield
    finally:
        sys.meta_path.remove(NotInstalled)


with _as_without("hypothesis", "pandas"):  # where they are, pandera imports them, for other uses: 0.3 of 0.4 s
    import pandera.polars as pa
    from pandera.errors import SchemaErrors

    # the rest comes with the first check
    pa.DataFrameSchema({"any": pa.Column(pl.Int64, pa.Check.ge(0))}).validate(pl.DataFrame({"any": [0]}))

ALL_TRUE = pl.Series([True])


def faults(frame: pl.DataFrame, schema: Schema) -> str:
    """What of a collected frame breaks its schema (pandera checks no data of a LazyFrame): nothing is "".

    A line for each column and rule that is broken: by how many rows, and the first twenty.
    """
    return _told(_broken(frame, schema), schema)


class FaultsInParts:
    """The same of a table that comes in parts: rows are looked at part by part, what is unique over all of them."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._of_rows = replace(
            schema, columns={name: _not_unique(column) for name, column in schema.columns.items()}, unique=()
        )
        self._keys = [[name] for name, column in schema.columns.items() if _is_unique(column)]
        self._keys += [list(schema.unique)] if schema.unique else []
        self._hashes: list[list[pl.Series]] = [[] for _ in self._keys]
        self._broken: list[pl.DataFrame] = []
        self.rows = 0

    def add(self, part: pl.DataFrame) -> None:
        """Look at the next rows."""
        self._broken.append(_broken(part, self._of_rows, self.rows))
        self.rows += len(part)
        for hashes, key in zip(self._hashes, self._keys, strict=True):
            hashes.append(part.select(key).hash_rows())

    def told(self, read: Callable[[list[str]], pl.DataFrame]) -> str:
        """As `faults` would tell it.

        Args:
            read: some columns of all rows: where two hashes are alike the values have to be.
        """
        for hashes, key in zip(self._hashes, self._keys, strict=True):
            if hashes and (of_all := pl.concat(hashes)).n_unique() < len(of_all):
                unique = tuple(key) if key == list(self._schema.unique) else ()
                columns = {name: _only_unique(self._schema.columns[name]) for name in key}
                self._broken.append(_broken(read(key), replace(self._schema, columns=columns, unique=unique, rules={})))
        return _told(pl.concat([_NOTHING_BROKEN, *self._broken]), self._schema)


UNIQUE = "unique"
_NOTHING_BROKEN = pl.DataFrame(
    schema={"column": pl.String, "check": pl.String, "rows": pl.UInt32, "first": pl.List(pl.String)}
)


def _is_unique(column: Column) -> bool:
    return column.unique or any(rule.name == UNIQUE for rule in column.rules)


def _not_unique(column: Column) -> Column:
    return replace(column, unique=False, rules=tuple(rule for rule in column.rules if rule.name != UNIQUE))


def _only_unique(column: Column) -> Column:
    return replace(column, rules=tuple(rule for rule in column.rules if rule.name == UNIQUE))


def _only_rules(schema: Schema, but: Sequence[str]) -> Schema:
    """What a schema says of rows, and of columns nothing but their types, without some."""
    columns = {
        name: replace(column, rules=(), nullable=True, unique=False)
        for name, column in schema.columns.items()
        if name not in but
    }
    return replace(schema, columns=columns, unique=())


def _broken(frame: pl.DataFrame, schema: Schema, first_row: int = 0) -> pl.DataFrame:
    """For each column and rule that is broken: by how many `rows`, and the `first`, counted from `first_row`."""
    if schema.rules and (of_bytes := [name for name, column in schema.columns.items() if column.dtype == pl.Binary]):
        # pandera tells of a whole row that breaks a rule as JSON, which has no bytes
        of_columns = _broken(frame, replace(schema, rules={}), first_row)
        of_rows = _broken(frame.drop(of_bytes, strict=False), _only_rules(schema, of_bytes), first_row)
        return pl.concat([of_columns, of_rows]).unique(["column", "check"], keep="first", maintain_order=True)
    try:
        _of_pandera(schema).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        if first_row:  # what is no row's was told of the first part
            cases = cases.filter(pl.col("index").is_not_null())
        by_rule = cases.group_by(["column", "check"], maintain_order=True)
        told = [(*rule, len(rows), _first_of(rows, first_row)) for rule, rows in by_rule]
        return pl.DataFrame(told, schema=_NOTHING_BROKEN.schema, orient="row")
    return _NOTHING_BROKEN


def _first_of(cases: pl.DataFrame, first_row: int) -> list[str]:
    return [
        f"row {index + first_row}: {value}" if index is not None else str(value)
        for index, value in cases.select("index", "failure_case").head(20).iter_rows()
    ]


def _told(broken: pl.DataFrame, schema: Schema) -> str:
    place = {name: place for place, name in enumerate(schema.columns)}
    rules = broken.group_by("column", "check", maintain_order=True).agg(
        pl.col("rows").sum(), pl.col("first").explode().head(20)
    )
    lines = []
    for column, check, rows, first in sorted(rules.iter_rows(), key=lambda rule: place.get(rule[0], len(place))):
        where = "the whole table" if column == schema.name else f"column {column}"
        lines.append(f"  {where}: rule {check}: broken by {rows:,} rows, the first {len(first)}: {'; '.join(first)}")
    return "\n".join(lines)


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


OWN: Mapping[str, Callable[..., pl.Series]] = {UNIQUE: _unique, "categories_match": _categories_match}
"""Checks that pandera lacks, by name: from a column to whether each value is good, or to one true for all."""
