"""What a media file is called after."""

import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from workflow_scripts.ledger.naming import TIME, match_names

ID = "4fv-YwA_cZ8"


def _matches(stems: list[str], promised: dict[str, float | None] | list[tuple[str, float | None]]) -> list[Any]:
    """For each stem the ids and starts of the clips that it speaks of, and whether it says another span."""
    clips = list(promised.items()) if isinstance(promised, dict) else promised
    table = pl.DataFrame(clips, schema={"media_key": pl.String, "start_s": pl.Float64}, orient="row")
    table = table.with_row_index("clip_row")
    found: list[list[Any]] = [[] for _ in stems]
    names = match_names(pl.DataFrame({"stem": stems}).with_row_index("media_row"), table)
    for media_row, clip_row, other_span in names.iter_rows():
        found[media_row].append((*clips[clip_row], other_span))
    return found


@pytest.mark.parametrize("identity", [ID, "Y" + ID[1:], "YY" + ID[2:], "-" + ID[1:], "_" + ID[1:], "--_-Y_-__30"])
@pytest.mark.parametrize(
    "form",
    [
        "{id}",
        "Y{id}",
        "{id}_30",
        "{id}_30.0",
        "{id}_30.000",
        "{id}_30_40",
        "{id}_30.000_40.000",
        "{id}_30000",
        "{id}_30000_40000",
        "Y{id}_30",
        "Y{id}_30.000_40.000",
        "Y{id}_30000_40000",
    ],
)
def test_every_form_of_a_name_is_read(identity: str, form: str) -> None:
    promised = {identity: 30.0, "another_one": 5.0}
    assert _matches([form.format(id=identity)], promised) == [[(identity, 30.0, False)]]


@pytest.mark.parametrize(("named", "start"), [("12.35", 12.345), ("12.3", 12.31), ("0", 0.0), ("620.000", 620.0)])
def test_a_start_agrees_within_what_a_name_can_say(named: str, start: float) -> None:
    assert _matches([f"{ID}_{named}"], {ID: start}) == [[(ID, start, False)]]


@pytest.mark.parametrize(
    ("named", "start"), [("31", 30.0), ("30.5", 30.0), ("0", 30.0), ("30_40", 0.0), ("3000", 30.0), ("300000", 30.0)]
)
def test_another_start_in_a_name_is_another_span(named: str, start: float) -> None:
    assert _matches([f"{ID}_{named}"], {ID: start}) == [[(ID, start, True)]]


@pytest.mark.parametrize("named", ["10", "10_20", "10.000_20.000", "5"])
def test_a_few_seconds_in_a_name_are_not_taken_for_milliseconds(named: str) -> None:
    assert _matches([f"{ID}_{named}"], {ID: 0.0}) == [[(ID, 0.0, True)]]


def test_a_clip_without_a_start_takes_any() -> None:
    assert _matches([f"{ID}_30"], {ID: None}) == [[(ID, None, False)]]


def test_a_name_that_nobody_promises_speaks_of_nothing() -> None:
    stems = ["", "_", "Y", "cover art", f"{ID}x", f"x{ID}", ID.lower(), f"{ID}_", f"{ID}_x", f"{ID}_30_", f"{ID}-30"]
    assert _matches(stems, {ID: 30.0}) == [[] for _ in stems]


def test_a_prefix_and_an_id_that_begins_with_y_are_told_apart_by_what_is_promised() -> None:
    stems = ["Yabcdefghij", "YYabcdefghij", "abcdefghij"]
    with_y, without = ("Yabcdefghij", 30.0, False), ("abcdefghij", 30.0, False)
    assert _matches(stems, {"Yabcdefghij": 30.0}) == [[with_y], [with_y], []]
    assert _matches(stems, {"abcdefghij": 30.0}) == [[without], [], [without]]
    assert _matches(stems, {"abcdefghij": 30.0, "Yabcdefghij": 30.0}) == [[with_y], [with_y], [without]]


def test_an_id_that_looks_like_a_start_is_told_apart_by_what_is_promised() -> None:
    assert _matches(["abc_30"], {"abc_30": 5.0}) == [[("abc_30", 5.0, False)]]
    assert _matches(["abc_30"], {"abc": 30.0}) == [[("abc", 30.0, False)]]
    assert _matches(["abc_30"], {"abc": 30.0, "abc_30": 5.0}) == [[("abc_30", 5.0, False)]]


def test_a_start_behind_an_id_that_looks_like_one_is_read() -> None:
    """Of AudioSet's ids one in three hundred ends so."""
    for stem in ("4fv-YwA__30_70.000", "Y4fv-YwA__30_70.000", "4fv-YwA__30_70", "4fv-YwA__30_70000"):
        assert _matches([stem], {"4fv-YwA__30": 70.0}) == [[("4fv-YwA__30", 70.0, False)]], stem


def test_a_recording_speaks_of_all_its_clips() -> None:
    promised = [("rec", 0.0), ("rec", 10.0), ("other", 0.0)]
    assert _matches(["rec"], promised) == [[("rec", 0.0, False), ("rec", 10.0, False)]]
    assert _matches(["rec_10_20"], promised) == [[("rec", 10.0, False)]]


def test_nothing_promised_or_nothing_there_matches_nothing() -> None:
    assert _matches(["a", "b"], {}) == [[], []]
    assert _matches([], {"a": 1.0}) == []


def _readings(stem: str) -> list[str]:
    """All ids that a stem can be read as, the most literal first."""
    spans = [rf"_{TIME}", rf"_{TIME}_{TIME}"]
    whole = [stem, *([stem[1:]] if stem.startswith("Y") else [])]
    cut = [found[1] for text in whole for span in spans if (found := re.fullmatch(rf"(.+){span}", text))]
    return [reading for reading in [*whole, *cut] if reading]


ids = st.one_of(
    st.text("Ya-_03", min_size=1, max_size=5),
    st.tuples(st.text("Yab", max_size=2), st.sampled_from(["_30", "_30_40", "_3", "-", "_"])).map("".join),
)
starts = st.sampled_from([0.0, 5.0, 30.0, 12.34, 620.5])


FORMS: dict[str, Callable[[str, float], str]] = {
    "id": lambda identity, _: identity,
    "start": lambda identity, start: f"{identity}_{start:g}",
    "start and end": lambda identity, start: f"{identity}_{start:g}_{start + 10:g}",
    "with decimals": lambda identity, start: f"{identity}_{start:.3f}_{start + 10:.3f}",
    "milliseconds": lambda identity, start: f"{identity}_{1000 * start:.0f}",
    "both in milliseconds": lambda identity, start: f"{identity}_{1000 * start:.0f}_{1000 * start + 10_000:.0f}",
}


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(ids, starts, min_size=1, max_size=6),
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["", "Y"]), st.sampled_from(sorted(FORMS))),
        min_size=1,
        max_size=6,
    ),
)
def test_each_file_is_matched_to_its_id_unless_another_reading_of_its_name_is_promised(
    promised: dict[str, float], files: list[tuple[int, str, str]]
) -> None:
    wanted = [(list(promised)[number % len(promised)], prefix, form) for number, prefix, form in files]
    stems = [prefix + FORMS[form](identity, promised[identity]) for identity, prefix, form in wanted]
    for stem, (identity, _, _), found in zip(stems, wanted, _matches(stems, promised), strict=True):
        possible = {reading for reading in _readings(stem) if reading in promised}
        assert identity in possible
        assert len(found) == 1, stem
        matched, start, other_span = found[0]
        if possible == {identity}:
            event("one reading")
            assert (matched, start, other_span) == (identity, promised[identity], False), stem
        else:
            event("several readings")
            assert matched in possible, stem
        if stem in promised:
            assert matched == stem
