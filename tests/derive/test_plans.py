"""What is planned: stretches that are loud, how many events sound at once, captions, and sounds of one split."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.derive import envelopes, polyphony
from workflow_scripts.derive.planned import ScenePlan
from workflow_scripts.derive.pools import refuse_leaks
from workflow_scripts.derive.prompts import captions_of
from workflow_scripts.derive.splits import scenes_of_splits
from workflow_scripts.errors import SoundledgerError

TEMPLATE = {"scene": "{background}; {events}", "event": "{a_name} {when}", "join": ", "}


def pool(envelope: list[float], clip_from_s: float = 0.0, start_s: float = 0.0, end_s: float = 5.0) -> pl.DataFrame:
    row = {"envelope_rms": [envelope], "clip_from_s": [clip_from_s], "start_s": [start_s], "end_s": [end_s]}
    rows = pl.DataFrame(row, schema_overrides={"envelope_rms": pl.List(pl.Float64)})
    return envelopes.with_loud(envelopes.with_envelope(rows))


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
    keep = polyphony.within(scene, onset, offset, there, most)
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


def caption(background: str, name: str = "", **template: str) -> str | None:
    """That of one scene of ten seconds, with one event in the middle of it or none."""
    schema = {"clip_id": pl.String, "onset_s": pl.Float64, "offset_s": pl.Float64, "name": pl.String}
    events = pl.DataFrame([("a", 4.0, 6.0, name)] if name else [], schema, orient="row")
    behind = pl.DataFrame({"clip_id": ["a"], "background": [background]})
    said = captions_of(events.with_columns(duration_s=pl.lit(10.0)), behind, TEMPLATE | template, "here")
    return said["caption"].item()


def test_a_template_is_filled_where_all_that_it_has_fields_for_is_there() -> None:
    assert caption("", "owl", scene="heard: {events}.") == "Heard: an owl in the middle."
    assert caption("rain", "owl", scene="behind, {background}") == "Behind, rain"
    assert caption("rain", scene="{events} in {background}") == "Rain"
    assert caption("rain", scene="heard: {events}.") == "Rain"
    assert caption("", scene="behind, {background}") is None


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("{nam}", r"\{nam\} is no field; there are \{name\}, \{a_name\}, \{when\}"),
        ("{name", "a brace itself is written twice"),
        ("{}", r"\{\} is no field"),
        ("bird", r"would say the same of all; expected one of \{name\}"),
        ("{name!r:>5}", r"expected \{name\} without `!` and `:`"),
        ("{name:>5}", r"expected \{name\} without"),
    ],
)
def test_a_template_that_cannot_be_filled_as_it_is_meant_is_refused(event: str, told: str) -> None:
    with pytest.raises(SoundledgerError, match=rf"here\.event: '.*': .*{told}"):
        caption("rain", "owl", event=event)


SOUNDS = pl.DataFrame(
    [
        ("1", "r/a", "train", "d", "a"),
        ("2", "r/b", "eval", "d", "b"),
        ("3", "r/c", "train", "e", "c"),
        ("4", "r/d", "test", "e", "d"),
    ],
    schema=["pcm_digest", "media", "split", "dataset", "clip_id"],
    orient="row",
).with_columns(is_silent=pl.lit(value=False))


@pytest.mark.parametrize("column", ["pcm_digest", "media"])
def test_one_sound_in_two_splits_is_refused_whatever_it_is_called(column: str) -> None:
    refuse_leaks([SOUNDS[:2], SOUNDS[2:]], "here")
    same = SOUNDS.with_columns(pl.Series(column, SOUNDS[column].gather([0, 0, 0, 3])))
    with pytest.raises(
        SoundledgerError, match=r"here: 1 sounds .* d/b \(eval\) = d/a \(train\) = e/c \(train\)\. Have"
    ):
        refuse_leaks([same[:2], same[2:]], "here")
    refuse_leaks([same.with_columns(is_silent=pl.lit(value=True))], "here")


def test_of_one_sound_in_many_clips_a_few_are_named() -> None:
    many = pl.concat([SOUNDS[:2], *[SOUNDS[2:3].with_columns(clip_id=pl.lit(f"c{number}")) for number in range(9)]])
    with pytest.raises(SoundledgerError, match=r"= e/c1 \(train\) and 7 more of that split\. Have"):
        refuse_leaks([many.with_columns(pcm_digest=pl.lit("1"))], "here")


def test_splits_without_scenes_may_hold_the_sounds_of_others() -> None:
    same = SOUNDS.with_columns(pcm_digest=pl.lit("1"))
    ScenePlan(SOUNDS.filter(pl.col("split") == "train"), pl.DataFrame(), pl.DataFrame(), [same]).check("here")
    with pytest.raises(SoundledgerError, match="of several splits"):
        ScenePlan(SOUNDS, pl.DataFrame(), pl.DataFrame(), [same]).check("here")


@pytest.mark.parametrize(
    ("asked", "splits", "told"),
    [
        ({"train": 0}, ["train"], "no scene is asked for"),
        ({"evil": 2}, ["eval", None], r"of the split evil of: .*\(foreground: none, eval; background: none, eval\)"),
        (2, [None], "of the split any of"),
        (2, ["a.b", "a-b", "c"], r"the splits 'a-b' and 'a\.b' would have the same clip ids"),
        (2, ["train/x", "é", "b"], r"'train/x', 'é' cannot be: expected letters of ASCII"),
    ],
)
def test_splits_of_which_no_scenes_can_be_made_are_told(
    asked: int | dict[str, int], splits: list[str | None], told: str
) -> None:
    pool = pl.DataFrame({"split": splits}, schema={"split": pl.String})
    with pytest.raises(SoundledgerError, match=rf"here\.scenes: .*{told}"):
        scenes_of_splits(asked, {"foreground": pool, "background": pool}, "here")


def test_scenes_are_of_the_splits_that_all_pools_have() -> None:
    one, other = pl.DataFrame({"split": ["train", "eval", None]}), pl.DataFrame({"split": ["train", "eval", "1"]})
    assert scenes_of_splits(3, {"foreground": one, "background": other}, "here") == {"eval": 3, "train": 3}
    assert scenes_of_splits({"train": 2, "eval": 0, "x": 0}, {"foreground": one}, "here") == {"train": 2}
    assert scenes_of_splits({"1": 2}, {"clips": other}, "here") == {"1": 2}
