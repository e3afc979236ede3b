"""Which clips have none of the classes that are trained on."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.exports.classes import is_unlabelled


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from("abcd"), unique=True),
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=8),
)
def test_a_clip_is_unlabelled_where_it_has_none_of_the_classes(classes: list[str], clips: list[list[str]]) -> None:
    said = pl.DataFrame({"class_ids": clips}, schema={"class_ids": pl.List(pl.Categorical)})
    listed = pl.DataFrame({"class_id": classes}, schema={"class_id": pl.String})
    found = said.lazy().select(is_unlabelled(listed)).collect(engine="streaming").to_series().to_list()
    assert found == [not set(clip) & set(classes) for clip in clips]
