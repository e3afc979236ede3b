"""Tables on their way to disk, checked against their schema, and back."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars import selectors
from polars.io.plugins import register_io_source

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.tables import schemas
from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.files import publish, whole

if TYPE_CHECKING:
    from workflow_scripts.tables.validation import FaultsInParts

ROW_GROUP = 262_144
"""Rows a row group: fixed, so that the same rows are the same bytes whatever chunks they came in."""


_STORED: Any = {"compression": "zstd", "compression_level": 1, "row_group_size": ROW_GROUP}
_BROKEN = "table {table}: breaks its schema, nothing was written\n{told}"

_log = logging.getLogger(__name__)


class TableError(SoundledgerError):
    """A table that breaks its schema; nothing of it was written."""


def write_table(frame: pl.DataFrame, path: Path, schema: Schema) -> None:
    """Validate a table and write it as Parquet under its final name, whole or not at all.

    Raises:
        TableError: names the column, the rule, how many rows break it, and the first twenty.
    """
    validate(frame, schema)
    with whole(path) as part:
        write_validated(frame, part)


def write_parts(parts: Iterable[pl.DataFrame], path: Path, schema: Schema) -> int:
    """The same of a table that comes in parts: no more than one part and one row group of it are held.

    The bytes are those of the whole table, wherever its parts begin and end.

    Args:
        parts: the rows in their order, taken one by one.
        path: its final name.
        schema: of the table.

    Returns:
        The number of rows.

    Raises:
        TableError: as write_table, with rows counted over all parts.
    """
    from workflow_scripts.tables.validation import FaultsInParts

    faults = FaultsInParts(schema)
    with whole(path) as file:
        _sink(_validated(parts, schema, faults), schema.empty().schema, file)
        if told := faults.told(lambda columns: _read(file, columns)):
            raise TableError(_BROKEN.format(table=schema.name, told=told))
    return faults.rows


def publish_table(frame: pl.DataFrame, path: Path, schema: Schema) -> None:
    """The same under two names: the published one is there while a rule makes the table anew, which needs its rows.

    Raises:
        TableError: as write_table.
    """
    validate(frame, schema)
    publish(path, lambda part: write_validated(frame, part))


def write_validated(frame: pl.DataFrame, file: Path) -> None:
    """Write rows of a table that has been validated to a file that is not under its final name yet."""
    _sink([frame], frame.schema, file)


def write_rows(parts: Iterable[pl.DataFrame], types: pl.Schema, file: Path) -> int:
    """Write rows that no schema of the results is of to a file that is not under its final name yet.

    The bytes are those of the whole, wherever its parts begin and end.

    Returns:
        The number of rows.
    """
    rows = 0

    def counted() -> Iterator[pl.DataFrame]:
        nonlocal rows
        for part in parts:
            rows += len(part)
            yield part

    _sink(counted(), types, file)
    return rows


def _sink(parts: Iterable[pl.DataFrame], types: pl.Schema, file: Path) -> None:
    """Write parts through polars' streaming engine, which asks for one after the other."""
    failed: list[Exception] = []

    def asked(*_: object) -> Iterator[pl.DataFrame]:
        try:
            yield from _row_groups(parts)
        except Exception as error:
            failed.append(error)
            raise

    try:
        register_io_source(asked, schema=types).sink_parquet(file, engine="streaming", **_STORED)
    except pl.exceptions.PolarsError as error:  # the engine wraps what was raised on its way
        raise (*failed, error)[0] from None


def _validated(parts: Iterable[pl.DataFrame], schema: Schema, faults: "FaultsInParts") -> Iterator[pl.DataFrame]:
    known = schema.empty().schema
    for part in parts:
        if part.schema != known:  # nothing can be written of it, so nothing has to be told of other parts
            validate(part, schema)
        faults.add(part)
        yield part


def _row_groups(parts: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Rows anew in frames of one row group each, in one chunk that holds nothing else.

    Slices of a column of lists go on holding the values of the whole column, whose categories would then stand in the
    dictionary of each row group: the bytes would tell in what parts the rows came.
    """
    held: list[pl.DataFrame] = []
    for part in parts:
        held.append(part)
        while sum(map(len, held)) >= ROW_GROUP:
            rows = pl.concat(held)
            yield _alone(rows[:ROW_GROUP])
            held = [rows[ROW_GROUP:]]
    if rest := [rows for rows in held if len(rows)]:
        yield _alone(pl.concat(rest))


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.rechunk().with_columns(selectors.list().gather(pl.int_range(pl.len())))


def write_tables(tables: Mapping[str, pl.LazyFrame], paths: Mapping[str, Path], known: Mapping[str, Schema]) -> None:
    """Make, validate and write several tables side by side, some row groups at a time; large ones take a core each.

    Args:
        tables: by name, not yet collected.
        paths: where each is written.
        known: the schema of each.
    """

    def write(name: str) -> None:
        parts = tables[name].collect_batches(chunk_size=ROW_GROUP, maintain_order=True, engine="streaming")
        rows = write_parts(parts, paths[name], known[name])
        _log.info("%s: %d rows", name, rows)

    with ThreadPoolExecutor() as pool:
        list(pool.map(write, known))


def validate(frame: pl.DataFrame, schema: Schema) -> None:
    """Check every value of a collected frame.

    Raises:
        TableError: names the column, the rule, how many rows break it, and the first twenty.
    """
    from workflow_scripts.tables.validation import faults

    if told := faults(frame, schema):
        raise TableError(_BROKEN.format(table=schema.name, told=told))


def read_table(paths: Path | Sequence[Path], columns: list[str] | None = None) -> pl.DataFrame:
    """Read one table from one file, or from many of the same schema, in their order.

    Raises:
        TableError: a file is no whole Parquet file; names it.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    try:
        return pl.read_parquet(files, columns=columns, glob=False).rechunk()
    except pl.exceptions.PolarsError:
        return pl.concat([_read(file, columns) for file in files], rechunk=True)  # one of them tells what it is


def _read(file: Path, columns: list[str] | None) -> pl.DataFrame:
    try:
        return pl.read_parquet(file, columns=columns, glob=False)
    except pl.exceptions.ComputeError as error:
        raise _damaged(file, error) from None


def _damaged(file: Path, error: Exception) -> TableError:
    return TableError(f"{file}: damaged ({error}); delete it and run again")


def lazy_table(path: Path) -> pl.LazyFrame:
    """One table to be read in part.

    Raises:
        TableError: it is no whole Parquet file, as far as its end tells; names it.
    """
    table = pl.scan_parquet(path, glob=False)
    try:
        table.collect_schema()
    except pl.exceptions.ComputeError as error:
        raise _damaged(path, error) from None
    return table


def read_checks(roots: Mapping[str, Sequence[Path]], columns: Sequence[str]) -> pl.DataFrame:
    """Columns of the checks of several roots, and `root`, the slug that their files are given under."""
    stored = [name for name in columns if name != "root"]
    parts = [read_table(files, stored).with_columns(root=pl.lit(slug)) for slug, files in roots.items() if files]
    nothing = schemas.CHECKS.empty().select(stored).with_columns(root=pl.lit("", dtype=pl.String)).clear()
    return pl.concat([nothing, *parts])
