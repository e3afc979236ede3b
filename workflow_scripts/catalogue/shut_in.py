"""A catalogue of some datasets alone, in memory, that reaches nothing but their tables: for SQL of dataset files."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from workflow_scripts.catalogue.build import Contents, create_views_of_tables
from workflow_scripts.errors import SoundledgerError, first_twenty

SAMPLE = "a sample"
_UNSTEADY = "SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'"
OF_THE_HOUR = frozenset({"current_timestamp", "current_localtime", "current_localtimestamp", "localtime"}) | {
    "localtimestamp", "age", "ago", "user",
}  # fmt: skip
"""Functions that DuckDB calls consistent, or writes as if they were columns."""


@contextmanager
def shut_in(contents: Contents) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the views of tables. What is asked there can neither write nor read any other file.

    Args:
        contents: the datasets and roots that it knows.
    """
    with duckdb.connect() as connection:
        create_views_of_tables(connection, contents)
        files = [os.path.abspath(file) for file in contents.files()]
        connection.execute("SET allowed_paths = $files", {"files": files})
        connection.execute("SET TimeZone = 'UTC'; SET enable_external_access = false; SET lock_configuration = true")
        yield connection


def asked(connection: duckdb.DuckDBPyConnection, query: str, where: str) -> duckdb.DuckDBPyRelation:
    """What a query of a dataset file asks for.

    Args:
        connection: shut in.
        query: one SELECT.
        where: the key that it stands under, as errors call it.

    Raises:
        SoundledgerError: it is no SELECT, would not give the same at any time, or cannot be answered.
    """
    try:
        statements = connection.extract_statements(query)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise SoundledgerError(f"{where}: expected one SELECT, found {query!r}")
        if unsteady := _unsteady(connection, query):
            raise SoundledgerError(
                f"{where}: {query!r}: {first_twenty(unsteady)} would not choose the same in the next run; "
                "`hash(clip_id) % 10 = 0` takes a tenth of clips for good"
            )
        return connection.sql(query)
    except duckdb.Error as error:
        raise SoundledgerError(f"{where}: {query!r} cannot be asked; the catalogue says: {error}") from None


def _unsteady(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """What of a query gives something else another time: samples, functions of the hour or of chance."""
    [(text,)] = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchall()
    known = {*connection.sql(_UNSTEADY).pl()["name"], *OF_THE_HOUR, SAMPLE}
    return sorted(known.intersection(_names(json.loads(text).get("statements", []))))


def _names(node: Any) -> Iterator[str]:
    """Functions in a tree of DuckDB's, and columns that are called by one word; SAMPLE where one is taken."""
    if isinstance(node, list):
        for one in node:
            yield from _names(one)
    if not isinstance(node, dict):
        return
    if node.get("class") == "FUNCTION":
        yield node["function_name"].lower()
    if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1:
        yield node["column_names"][0].lower()
    if node.get("sample"):
        yield SAMPLE
    for value in node.values():
        yield from _names(value)
