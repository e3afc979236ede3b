import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.tables.distinct import all_distinct, maybe_repeated


@given(st.lists(st.text(max_size=3)))
def test_values_are_all_distinct_where_a_set_of_them_is_as_large(values: list[str]) -> None:
    assert all_distinct(pl.Series(values, dtype=pl.String)) == (len(set(values)) == len(values))


@given(st.lists(st.text(max_size=2)))
def test_values_that_stand_there_twice_are_among_those_that_may(values: list[str]) -> None:
    found = maybe_repeated(pl.Series(values, dtype=pl.String)).to_list()
    assert found == [values.count(value) > 1 for value in values]
