"""The catalogue, as a review page asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


@contextmanager
def asking(catalogue: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that changes nothing."""
    with duckdb.connect(str(catalogue), read_only=True) as connection:
        yield connection
