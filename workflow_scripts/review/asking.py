"""The catalogue, as a review page asks it: as it would be if nobody had judged anything yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


@contextmanager
def asking(catalogue: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that changes nothing.

    In it captions are as they were found, for all views that ask for them: which cards a page has, and what it says of
    them, would follow from verdicts otherwise, and these from the page.
    """
    with duckdb.connect(str(catalogue), read_only=True) as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(
            "CREATE TEMP VIEW captions AS "
            "SELECT * REPLACE (coalesce(found_text, text) AS text) FROM query_table(current_database() || '.captions')"
        )
        yield connection
