"""What a clip was published as is known once: Polars and SQL read the same out of any address."""

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.tables.published import published_as, sql_macro

ADDRESSES = {
    "https://youtu.be/-cq7SqKl9AE?start=30": "youtube -cq7SqKl9AE",
    "https://www.youtube.com/watch?a=b&v=abcdefghijk": "youtube abcdefghijk",
    "https://www.youtube.com/embed/abcdefghijk": "youtube abcdefghijk",
    "https://www.youtube.com/user/somebody": None,
    "https://freesound.org/people/some_body/sounds/123/": "freesound 123",
    "https://freesound.org/s/123": "freesound 123",
    "https://xeno-canto.org/77": "xeno_canto 77",
    "https://www.xeno-canto.org/XC77": "xeno_canto 77",
    "https://example.org/123": None,
    "": None,
    None: None,
}
PARTS = ["https://", "youtu.be/", "youtube.com", "?v=", "/embed/", "abcdefghijk", "-_0", "freesound.org/", "s/"]
PARTS += ["people/x/sounds/", "xeno-canto.org/", "XC", "77", "\n", "é", "/"]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(sql_macro())
    return connection


def in_polars(address: str | None) -> str | None:
    read = pl.DataFrame({"a": [address]}, schema={"a": pl.String}).select(published_as(pl.col("a")))
    return read.item()  # type: ignore[no-any-return]


def in_sql(connection: duckdb.DuckDBPyConnection, address: str | None) -> str | None:
    found = connection.execute("SELECT published_as(?::VARCHAR)", [address]).fetchone()
    assert found
    return found[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items())
def test_site_and_id_are_read(connection: duckdb.DuckDBPyConnection, address: str | None, expected: str | None) -> None:
    assert in_polars(address) == in_sql(connection, address) == expected


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=6).map("".join))
def test_polars_and_sql_read_the_same(connection: duckdb.DuckDBPyConnection, address: str) -> None:
    assert in_polars(address) == in_sql(connection, address)
