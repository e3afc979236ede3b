"""A catalogue of some datasets alone, in memory, that reaches nothing but their tables: for SQL of dataset files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from workflow_scripts.catalogue.build import Contents, create_views_of_tables
from workflow_scripts.errors import SoundledgerError


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
        SoundledgerError: it is no SELECT, or the catalogue cannot answer it.
    """
    try:
        statements = connection.extract_statements(query)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise SoundledgerError(f"{where}: expected one SELECT, found {query!r}")
        return connection.sql(query)
    except duckdb.Error as error:
        raise SoundledgerError(f"{where}: {query!r} cannot be asked; the catalogue says: {error}") from None
