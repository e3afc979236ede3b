"""Words of the catalogue: what its views and their columns mean."""

from collections.abc import Mapping

import duckdb


def comment(
    connection: duckdb.DuckDBPyConnection, kind: str, name: str, meaning: str, columns: Mapping[str, str]
) -> None:
    """Say what a view or a table (kind) means, and each column of it."""
    connection.execute(f"COMMENT ON {kind} {name} IS {text(meaning)}")
    for column, words in columns.items():
        connection.execute(f'COMMENT ON COLUMN {name}."{column}" IS {text(words)}')


def text(value: str) -> str:
    """A SQL literal."""
    return "'" + value.replace("'", "''") + "'"
