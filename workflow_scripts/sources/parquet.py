"""Tables in Parquet: of their columns what is no bytes, in types that JSON, Arrow and DuckDB know."""

import io
from collections.abc import Iterator
from typing import Any

import polars as pl

from workflow_scripts.sources import forms
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.forms import BROKEN, Rows, refuse_names
from workflow_scripts.sources.source import Source

PLAIN: dict[pl.DataType, pl.DataType] = {
    pl.Int128(): pl.String(),
    pl.UInt128(): pl.String(),
    pl.Float16(): pl.Float32(),
}
"""Types that Arrow or DuckDB do not know, and others that hold the same values."""


def of_parquet(source: Source) -> Iterator[Rows]:
    """The rows of a table; sounds and pictures that it holds are left out, also where they are fields of a column."""
    with as_source_error(source.path, "a Parquet file"):
        stored = pl.read_parquet(io.BytesIO(source.content), use_pyarrow=False)
        known = {name: _known(dtype) for name, dtype in stored.schema.items()}
        columns = (_as(pl.col(name), stored.schema[name], kind).alias(name) for name, kind in known.items() if kind)
        table = stored.select(columns).fill_nan(None)  # as pandas writes what is not there
    refuse_names(source.path, table.columns)
    if not table.columns:
        raise SourceError(f"{source.path}: of its columns ({', '.join(known) or 'none'}) none is more than bytes")
    for first in range(0, max(len(table), 1), forms.ROWS_AT_ONCE):
        with as_source_error(source.path, "a Parquet file of rows that can be told as JSON"):
            cells = table[first : first + forms.ROWS_AT_ONCE]
            found = cells.select(
                line=pl.int_range(first + 1, first + 1 + len(cells), dtype=pl.Int64),
                raw=pl.struct(pl.all()).struct.json_encode(),
            )
        yield Rows(found, cells, pl.DataFrame(schema=BROKEN))


def _known(dtype: pl.DataType) -> pl.DataType | None:
    """What a column of a type is read as; None where that is bytes."""
    if isinstance(dtype, pl.Binary):
        return None
    if isinstance(dtype, pl.Struct):
        fields = {field.name: _known(_instance(field.dtype)) for field in dtype.fields}
        kept = {name: kind for name, kind in fields.items() if kind}
        return pl.Struct(kept) if kept else None
    if isinstance(dtype, pl.List | pl.Array):
        inner = _known(_instance(dtype.inner))
        return pl.List(inner) if inner else None
    return PLAIN.get(dtype, dtype)


def _as(value: pl.Expr, stored: pl.DataType, known: pl.DataType) -> pl.Expr:
    """A column of what a type is stored as, as what it is read as; null stays null at any depth."""
    if stored == known:
        return value
    if isinstance(stored, pl.Struct) and isinstance(known, pl.Struct):
        kinds = {field.name: _instance(field.dtype) for field in stored.fields}
        fields = [
            _as(value.struct.field(one.name), kinds[one.name], _instance(one.dtype)).alias(one.name)
            for one in known.fields
        ]
        return pl.when(value.is_not_null()).then(pl.struct(fields))
    if isinstance(stored, pl.List | pl.Array) and isinstance(known, pl.List):
        of_items = _as(pl.element(), _instance(stored.inner), _instance(known.inner))
        return value.cast(pl.List(stored.inner)).list.eval(of_items)
    return value.cast(known)


def _instance(dtype: Any) -> pl.DataType:
    kind: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return kind
