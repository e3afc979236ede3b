"""The names of clips of YouTube videos: any id, in any form, reads back."""

from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflow_scripts.sources import youtube

ID = "4fv-YwA_cZ8"


def _read(*names: str) -> list[tuple[Any, ...]]:
    return pl.DataFrame({"name": names}).select(youtube.read(pl.col("name"))).unnest("name").rows()


def _same_start(named: str | None, start_s: float | None) -> bool | None:
    row = pl.DataFrame({"named": [named], "start_s": [start_s]}, schema={"named": pl.String, "start_s": pl.Float64})
    return row.select(youtube.same_start(pl.col("named"), pl.col("start_s"))).item()


@pytest.mark.parametrize(
    ("name", "named_start", "named_end"),
    [
        ("{id}", None, None),
        ("Y{id}", None, None),
        ("{id}_30", "30", None),
        ("{id}_30.000", "30.000", None),
        ("{id}-30", "30", None),
        ("{id}_30_40", "30", "40"),
        ("{id}_390.0-400.0", "390.0", "400.0"),
        ("{id}-390-400", "390", "400"),
        ("{id}_000017", "000017", None),
        ("Y{id}_30000_40000", "30000", "40000"),
        ("{id}.wav", None, None),
        ("{id}.webm.wav", None, None),
        ("{id}_30.000.flac", "30.000", None),
        ("{id}_30.3gp", "30", None),
        ("{id}_30_40.x-m4a", "30", "40"),
        ("Bark, howl_12/Y{id}_30.000_40.000.wav", "30.000", "40.000"),
        ("a\nb/{id}.wav", None, None),
        ("{id}.wav#3", None, None),
        ("{id}#12", None, None),
    ],
)
@pytest.mark.parametrize("identity", [ID, "Y" + ID[1:], "YY" + ID[2:], "-" + ID[1:], "_" + ID[1:], "--_-Y_-__30"])
def test_every_form_of_a_name_is_read(identity: str, name: str, named_start: str | None, named_end: str | None) -> None:
    assert _read(name.format(id=identity)) == [(identity, named_start, named_end)]


def test_what_is_no_name_of_a_clip_is_not_read() -> None:
    names = ["", "_", "Y", "cover art", f"{ID}x", f"x{ID}", f"YY{ID}", f"{ID}_", f"{ID}_x", f"{ID}_30_", f"{ID}__30"]
    names += [f"{ID}_30_40_50", f"{ID}.000", f"{ID}/other", f"{ID[1:]}", f"{ID}\n", f"é{ID[1:]}"]
    assert _read(*names) == [(None, None, None)] * len(names)


times = st.one_of(
    st.integers(0, 99_999_999).map(str),
    st.integers(0, 999_999).map("{:06d}".format),
    st.decimals(0, 99_999, places=3).map(str),
    st.decimals(0, 99_999, places=1).map(str),
)


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True),
    st.sampled_from(["", "Y", "folder/", "a_1/Y"]),
    st.lists(st.tuples(st.sampled_from("_-"), times), max_size=2),
    st.sampled_from(["", ".wav", ".mp3", ".m4a", ".webm.wav", ".wav#7"]),
)
@example("4fv-YwA__30", "Y", [("_", "70.000")], "")
@example("-1_2-3_4-56", "", [("-", "0"), ("-", "10")], "")
def test_any_id_in_any_form_reads_back(identity: str, before: str, named: list[tuple[str, str]], suffix: str) -> None:
    name = before + identity + "".join(joint + time for joint, time in named) + suffix
    start, end = [*(time for _, time in named), None, None][:2]
    assert _read(name) == [(identity, start, end)], name


@pytest.mark.parametrize(
    ("named", "start"),
    [("12.35", 12.345), ("12.3", 12.31), ("0", 0.0), ("620.000", 620.0), ("000017", 17.0), ("30000", 30.0)],
)
def test_a_start_agrees_within_what_a_name_can_say(named: str, start: float) -> None:
    assert _same_start(named, start) is True


@pytest.mark.parametrize(
    ("named", "start"),
    [("31", 30.0), ("30.5", 30.0), ("0", 30.0), ("3000", 30.0), ("300000", 30.0), ("10", 0.0), ("5", 0.0)],
)
def test_another_start_does_not(named: str, start: float) -> None:
    """A few seconds are not taken for milliseconds either."""
    assert _same_start(named, start) is False


def test_of_no_start_nothing_is_said() -> None:
    assert _same_start(None, 30.0) is None
    assert _same_start("30", None) is None
