"""What is planned: stretches that are loud, how many events sound at once, captions, and sounds of one split."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.derive.kinds import soundscapes
from workflow_scripts.derive.pools import refuse_leaks
from workflow_scripts.derive.prompts import captions_of
from workflow_scripts.errors import SoundledgerError

TEMPLATE = {"scene": "{background}; {events}", "event": "{a_name} {when}", "join": ", "}


def pool(envelope: list[float], clip_from_s: float = 0.0, start_s: float = 0.0, end_s: float = 5.0) -> pl.DataFrame:
    row = {"envelope_rms": [envelope], "clip_from_s": [clip_from_s], "start_s": [start_s], "end_s": [end_s]}
    return soundscapes.with_loud(pl.DataFrame(row, schema_overrides={"envelope_rms": pl.List(pl.Float64)}))


@pytest.mark.parametrize(
    ("envelope", "clip_from_s", "expected"),
    [
        ([0, 0, 0.02, 0.1, 0.005, 0, 0, 0, 0, 0], 0.0, (1.0, 2.0, 1.75)),  # 0.005 is 26 dB below the loudest
        ([0.9] * 4 + [0, 0.1, 0, 0, 0, 0, 0, 0, 0, 0], 2.0, (0.5, 1.0, 0.75)),  # 0.9 lies before the clip
        ([0.0] * 10, 0.0, (0.0, 5.0, 2.5)),  # silence has no loud stretch
        ([], 0.0, (0.0, 5.0, 2.5)),
    ],
)
def test_what_is_loud_of_a_clip(envelope: list[float], clip_from_s: float, expected: tuple[float, ...]) -> None:
    assert pool(envelope, clip_from_s).select("loud_from_s", "loud_to_s", "loudest_s").row(0) == pytest.approx(expected)


def busiest(onset: np.ndarray, offset: np.ndarray) -> int:
    return max((int(np.sum((onset <= at) & (at < offset))) for at in onset), default=0)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 9), st.floats(0.1, 5)), max_size=30), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_no_more_events_sound_at_once_than_may_and_none_goes_without_need(
    events: list[tuple[int, float, float]], most: int
) -> None:
    rows = np.array(sorted(events), np.float64).reshape(-1, 3)
    scene, onset, offset = rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 1] + rows[:, 2]
    there = np.ones(len(scene), bool)
    keep = soundscapes._within(scene, np.zeros(len(scene)), onset, offset, there, most)
    for one in range(4):
        mine = keep & (scene == one)
        assert busiest(onset[mine], offset[mine]) <= most
    for gone in np.flatnonzero(~keep):
        before = keep & (scene == scene[gone]) & (np.arange(len(scene)) < gone)
        before[gone] = True
        assert busiest(onset[before], offset[before]) > most


def test_captions_say_where_events_are() -> None:
    rows = [("a", 0.5, 1.5, "Barn_owl"), ("a", 0.1, 9.5, "Rain"), ("a", 8.0, 9.0, "Owl"), ("b", 4.0, 5.0, "Wren")]
    events = pl.DataFrame(rows, schema=["clip_id", "onset_s", "offset_s", "name"], orient="row")
    events = events.with_columns(duration_s=pl.lit(10.0))
    behind = pl.DataFrame({"clip_id": ["a", "b", "c", "d"], "background": ["forest", "", "A quiet night", ""]})
    assert captions_of(events, behind, TEMPLATE, "here")["caption"].to_list() == [
        "Forest; a rain throughout, a barn owl at the start, an owl at the end",
        "A wren in the middle",
        "A quiet night",
        None,
    ]


@pytest.mark.parametrize("event", ["{nam}", "{name", "{}"])
def test_a_template_with_other_fields_is_refused(event: str) -> None:
    nothing = pl.DataFrame({"clip_id": ["a"], "background": [""]})
    events = pl.DataFrame({"clip_id": ["a"], "onset_s": [0.0], "offset_s": [1.0], "name": ["x"], "duration_s": [1.0]})
    with pytest.raises(SoundledgerError, match=r"here\.event"):
        captions_of(events, nothing, TEMPLATE | {"event": event}, "here")


@pytest.mark.parametrize("column", ["pcm_digest", "media"])
def test_one_sound_in_two_splits_is_refused_whatever_it_is_called(column: str) -> None:
    rows = pl.DataFrame({
        "pcm_digest": ["1", "2", "3"], "media": ["r/a", "r/b", "r/c"], "split": ["train", "eval", "train"],
        "dataset": ["d", "d", "e"], "clip_id": ["a", "b", "c"],
    })  # fmt: skip
    refuse_leaks([rows[:2], rows[2:]], "here")
    same = rows.with_columns(pl.Series(column, [rows[column][0], rows[column][0], rows[column][2]]))
    with pytest.raises(SoundledgerError, match=r"1 sounds .* d/[ab] \(eval, train\)"):
        refuse_leaks([same[:2], same[2:]], "here")


def test_a_distribution_that_gives_what_cannot_be_made_is_refused() -> None:
    wrong = ({"stretch": {"uniform": [0.1, 1]}}, {"snr_db": {"uniform": [9, 3]}}, {"events": {"one_of": [1, 1000]}})
    for said in wrong:
        with pytest.raises(SoundledgerError, match=f"here.{next(iter(said))}: .* the least first"):
            soundscapes._refuse_beyond(said, "here")
    soundscapes._refuse_beyond({"stretch": {"normal": [1, 0.1, 0.8, 1.2]}, "snr_db": 3}, "here")
