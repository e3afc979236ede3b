"""What is known of licences is known once: Python and SQL say the same of every id and of any words."""

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflow_scripts.tables.licences import SPDX_IDS, forbids_commercial_use, sql_macros

FREE = ["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-ND-4.0", "MIT", "ODbL-1.0", "CC-PDM-1.0"]
FORBIDDING = ["CC-BY-NC-4.0", "CC-BY-NC-SA-2.0-UK", "CC-BY-NC-ND-3.0-IGO"]
WORDS = {
    "cc-by-nc": True,
    "CC BY-NC-SA": True,
    "CC-BY-SA-NC": True,
    "cc_by_nc_4.0": True,
    "Attribution Noncommercial": True,
    "Academic and non-commercial use": True,
    "non\u2011commercial": True,
    "http://creativecommons.org/licenses/by-nc/3.0/ec/": True,
    "http://creativecommons.org/licenses/nd-nc/1.0/": True,
    "CC BY 4.0 (audio: CC BY-NC 4.0)": True,
    "CC-BY-4.0": False,
    "cc-by-4.0": None,
    "CC BY": None,
    "http://creativecommons.org/licenses/sampling+/1.0/": None,
    "All Rights Reserved": None,
    "ask the author": None,
    "recorded by Nancy": None,
    "recorded by NCAR": None,
    "-": None,
    "": None,
    None: None,
}
PARTS = st.sampled_from(
    ["by", "NC", "cc", "-", " ", "_", "sa", "nd", "non", "Commercial", "licenses/", "x", "4.0", "\u00e9"]
)


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(sql_macros())
    return connection


def in_sql(database: duckdb.DuckDBPyConnection, licence: str | None) -> bool | None:
    [(told,)] = database.execute("SELECT noncommercial(?::VARCHAR)", [licence]).fetchall()
    return told


@pytest.mark.parametrize("licence", [*FREE, *FORBIDDING])
def test_an_spdx_id_tells_whether_it_forbids_commercial_use(licence: str) -> None:
    assert forbids_commercial_use(licence) is (licence in FORBIDDING)


@pytest.mark.parametrize("licence", WORDS)
def test_words_without_an_spdx_id_may_tell_it_too(database: duckdb.DuckDBPyConnection, licence: str | None) -> None:
    assert forbids_commercial_use(licence) is WORDS[licence]
    assert in_sql(database, licence) is WORDS[licence]


def test_sql_knows_the_same_ids_and_says_the_same_of_each(database: duckdb.DuckDBPyConnection) -> None:
    [(ids,)] = database.execute("SELECT spdx_ids()").fetchall()
    assert tuple(ids) == SPDX_IDS
    assert len({one.lower() for one in SPDX_IDS}) == len(SPDX_IDS)
    assert {one: in_sql(database, one) for one in SPDX_IDS} == {one: forbids_commercial_use(one) for one in SPDX_IDS}


@given(st.lists(PARTS, max_size=8).map("".join))
@example("by\u00e9nc")
def test_python_and_sql_read_words_alike(database: duckdb.DuckDBPyConnection, words: str) -> None:
    assert in_sql(database, words) is forbids_commercial_use(words)
