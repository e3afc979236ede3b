"""Draws follow from their keys: what is added to choose from changes only what falls on it."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.derive import draws
from workflow_scripts.derive.kinds import mixtures, soundscapes
from workflow_scripts.errors import SoundledgerError

MANY = 20_000


def own(seed: int = 1, count: int = MANY, what: str = "scene") -> draws.Array:
    return draws.keys(seed, np.arange(count), what)


def test_shares_are_uniform_and_those_of_other_purposes_have_nothing_to_do_with_them() -> None:
    one, other = draws.shares(own(), "onset"), draws.shares(own(), "snr")
    for share in (one, other):
        assert np.histogram(share, 10, (0, 1))[0] == pytest.approx(MANY / 10, rel=0.1)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03


@given(st.integers(0, 2**63), st.integers(1, 40), st.integers(0, 39))
@settings(max_examples=50, deadline=None)
def test_what_is_left_out_changes_only_the_choices_that_fell_on_it(seed: int, count: int, out: int) -> None:
    things = draws.hashed(f"thing {number}" for number in range(count + 1))
    keys = own(seed, 300)
    before, gone = draws.chosen(keys, things), out % (count + 1)
    after = draws.chosen(keys, np.delete(things, gone))
    after = after + (after >= gone)
    assert np.array_equal(after[before != gone], before[before != gone])


def test_choices_are_spread_evenly() -> None:
    counts = np.bincount(draws.chosen(own(), draws.hashed(map(str, range(20)))), minlength=20)
    assert counts == pytest.approx(MANY / 20, rel=0.15)


def test_choices_are_the_same_in_whichever_portions_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    things = draws.hashed(map(str, range(7)))
    at_once = draws.chosen(own(), things)
    monkeypatch.setattr(draws, "AT_ONCE", 20)
    assert np.array_equal(draws.chosen(own(), things), at_once)


def test_a_normal_distribution_is_cut_off_at_its_ends() -> None:
    values = draws.drawn({"normal": [6.0, 3.0, 0.0, 12.0]}, own(), "snr")
    assert (values.min() >= 0, values.max() <= 12) == (True, True)
    assert values.mean() == pytest.approx(6, abs=0.1)
    assert values.std() == pytest.approx(2.6388, abs=0.05)  # scipy.stats.truncnorm.std(-2, 2, 6, 3)


def test_whole_numbers_have_both_ends_alike() -> None:
    counts = np.bincount(draws.counts({"uniform": [1, 4]}, own(), "events"), minlength=5)
    assert counts[0] == 0
    assert counts[1:] == pytest.approx(MANY / 4, rel=0.05)
    assert set(draws.counts(2, own(count=5), "events")) == {2}
    assert set(draws.drawn({"one_of": [0, 2, 5]}, own(), "pitch")) == {0, 2, 5}


def test_rows_that_differ_in_one_column_have_other_hashes() -> None:
    rows = pl.DataFrame({"a": ["x", "xy", "x"], "b": ["yz", "z", None]})
    assert len(set(draws.hashes_of(rows, "a", "b"))) == 3


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"stretch": {"uniform": [0.1, 1]}}, "numbers from 0.5 to 2, the least first"),
        ({"snr_db": {"uniform": [9, 3]}}, "numbers from -200 to 200, the least first"),
        ({"snr_db": {"normal": [6, 3, 12, 0]}}, "the least first"),
        ({"snr_db": float("nan")}, "numbers from -200"),
        ({"snr_db": {"one_of": [0, float("nan")]}}, "numbers from -200"),
        ({"snr_db": {"normal": [1, 0, 0, 2]}}, "a standard deviation above 0"),
        ({"snr_db": {"normal": [float("nan"), 1, 0, 2]}}, "a mean"),
        ({"events": {"one_of": [1, 1000]}}, "numbers from 0 to 100"),
        ({"events": {"uniform": [0.5, 2.7]}}, "whole numbers"),
        ({"events": {"one_of": [1, 1.5, 2]}}, "whole numbers"),
        ({"events": {"normal": [2, 1, 0, 2.5]}}, "whole numbers"),
        ({"events": 1.5}, "whole numbers"),
        ({"added_offset_s": {"uniform": [-1, 1]}}, "numbers from 0 to 3600"),
        ({"gain_db": {"uniform": [0, 300]}}, "numbers from -200 to 200"),
    ],
)
def test_a_distribution_that_gives_what_cannot_be_made_is_refused(said: dict[str, Any], told: str) -> None:
    [name] = said
    with pytest.raises(SoundledgerError, match=rf"here\.{name}: .*: expected .*{told}"):
        draws.refuse_beyond(said, soundscapes.BOUNDS | mixtures.BOUNDS, "here", soundscapes.COUNTED)


def test_what_can_be_made_is_drawn() -> None:
    said = {
        "stretch": {"normal": [1, 0.1, 0.8, 1.2]},
        "snr_db": {"one_of": [9, 3]},
        "events": {"normal": [2.5, 0.5, 0, 4]},
    }
    draws.refuse_beyond(said | {"pitch_semitones": 3.5, "fade_s": 9}, soundscapes.BOUNDS, "here", soundscapes.COUNTED)
