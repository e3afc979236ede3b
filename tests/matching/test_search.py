"""The search for sounds that are the same: what is planted is found, where it is, and nothing else."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.matching import hits, judging, prints, search, words
from workflow_scripts.matching.search import Matched, match
from workflow_scripts.sound.fingerprint import COVERED_S, GROUPS, STEP_S, SYMBOLS


def _sound(seed: int, steps: int = 187) -> np.ndarray:
    """Symbols (steps, GROUPS) that stay for a while each, as those of sounds do."""
    draws = np.random.default_rng(seed)
    drawn = draws.integers(1, SYMBOLS, (steps, GROUPS))
    stays = draws.random((steps, GROUPS)) < 0.6
    for step in range(1, steps):
        drawn[step] = np.where(stays[step], drawn[step - 1], drawn[step])
    return drawn


def _with_errors(symbols: np.ndarray, share: float, seed: int = 99) -> np.ndarray:
    draws = np.random.default_rng(seed)
    return np.where(draws.random(symbols.shape) < share, draws.integers(1, SYMBOLS, symbols.shape), symbols)


def _packed(symbols: np.ndarray) -> bytes:
    return (symbols @ SYMBOLS ** np.arange(GROUPS)).astype("<u2").tobytes()


def _batches(sounds: dict[str, np.ndarray], size: int = 1000) -> Iterable[pl.DataFrame]:
    table = pl.DataFrame(
        {"sound": list(sounds), "acoustic_fingerprint": [_packed(one) for one in sounds.values()]},
        schema={"sound": pl.String, "acoustic_fingerprint": pl.Binary},
    )
    return [table[first : first + size] for first in range(0, len(table), size)]


def _match(folder: Path, sounds: dict[str, np.ndarray], size: int = 1000) -> Matched:
    folder.mkdir(exist_ok=True)
    found = match(_batches(sounds, size), folder)
    assert [file.name for file in folder.iterdir()] == ["codes"]
    return found


STRANGERS = {f"stranger {number:02d}": _sound(number) for number in range(40)}


@pytest.mark.parametrize("share", [0.0, 0.2, 0.4])
@pytest.mark.parametrize(("cut", "steps"), [(0, 187), (37, 150), (100, 60)])
def test_a_planted_copy_is_found_where_it_is(tmp_path: Path, share: float, cut: int, steps: int) -> None:
    copy = _with_errors(STRANGERS["stranger 07"][cut : cut + steps], share)
    found = _match(tmp_path, STRANGERS | {"a copy": copy})
    assert found.skipped.is_empty()
    ((a, b, start_a, start_b, overlap_s, error_rate, score),) = found.pairs.rows()
    assert (a, b) == ("a copy", "stranger 07")
    assert start_b - start_a == pytest.approx(cut * STEP_S)
    assert overlap_s == pytest.approx((steps - 1) * STEP_S + COVERED_S, abs=0.6)
    assert error_rate == pytest.approx(share * 7 / 8, abs=0.08)
    assert score >= judging.LEAST_SCORE


def test_strangers_are_no_pair(tmp_path: Path) -> None:
    assert _match(tmp_path, {f"{number}": _sound(number) for number in range(200)}).pairs.is_empty()


def test_of_a_jingle_under_two_sounds_the_jingle_alone_is_shared(tmp_path: Path) -> None:
    jingle = _sound(1000, 70)
    sounds = {
        "one": np.concatenate([_sound(1, 90), jingle, _sound(2, 30)]),
        "other": np.concatenate([_sound(3, 20), jingle, _sound(4, 100)]),
    }
    ((_, _, start_a, start_b, overlap_s, _, _),) = _match(tmp_path, STRANGERS | sounds).pairs.rows()
    assert (start_a, start_b) == (pytest.approx(90 * STEP_S, abs=0.1), pytest.approx(20 * STEP_S, abs=0.1))
    assert overlap_s == pytest.approx(69 * STEP_S + COVERED_S, abs=0.2)


def test_two_stretches_at_two_offsets_are_two_rows(tmp_path: Path) -> None:
    first, second = _sound(1000, 80), _sound(1001, 80)
    sounds = {
        "one": np.concatenate([first, _sound(1, 50), second]),
        "other": np.concatenate([second, _sound(3, 90), first]),
    }
    rows = _match(tmp_path, STRANGERS | sounds).pairs
    starts = rows.select((pl.col("start_a_s", "start_b_s") / STEP_S).round()).rows()
    assert starts == [(0, 170), (130, 0)]


@pytest.mark.parametrize(
    "steady",
    [np.zeros((187, GROUPS), int), np.concatenate([_sound(5, 15), np.zeros((172, GROUPS), int)])],
    ids=["silence", "a moment"],
)
def test_what_says_too_little_is_told_and_no_pair(tmp_path: Path, steady: np.ndarray) -> None:
    found = _match(tmp_path, STRANGERS | {"steady 1": steady, "steady 2": steady})
    assert found.pairs.is_empty()
    assert found.skipped.rows() == [("steady 1", "steady"), ("steady 2", "steady")]


@pytest.mark.parametrize("symbol", [1, 8])
def test_symbols_that_never_change_are_no_words(tmp_path: Path, symbol: int) -> None:
    tone = np.full((187, GROUPS), symbol)
    assert _match(tmp_path, {"one": tone, "other": tone}).pairs.is_empty()


def test_nothing_and_one_sound_have_no_pairs(tmp_path: Path) -> None:
    for sounds in ({}, {"one": _sound(1)}, {"one": _sound(1, 3), "other": _sound(1, 3)}):
        assert _match(tmp_path / str(len(sounds)), sounds).pairs.is_empty()


def _planted() -> dict[str, np.ndarray]:
    copies = {
        f"copy {number:02d}": _with_errors(_sound(number)[number : 100 + number], 0.3, number) for number in range(20)
    }
    return STRANGERS | copies


def test_neither_parts_nor_order_nor_batches_change_what_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _match(tmp_path / "as it is", _planted())
    assert len(expected.pairs) == 20
    turned = _match(tmp_path / "turned", dict(reversed(_planted().items())), size=7)
    assert turned.pairs.equals(expected.pairs)
    monkeypatch.setattr(prints, "STEPS_AT_ONCE", 500)
    monkeypatch.setattr(hits, "POSTINGS_A_PART", 3000)
    monkeypatch.setattr(hits, "PARTS_AT_ONCE", 3)
    monkeypatch.setattr(search, "STEPS_A_GROUP", 1000)
    monkeypatch.setattr(judging, "STEPS_AT_ONCE", 300)
    assert _match(tmp_path / "in parts", _planted()).pairs.equals(expected.pairs)


@pytest.mark.parametrize("more", [0, 1, 2, 3])
def test_longer_words_find_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(words, "LEAST_TIMES", words.LEAST_TIMES + more)
    sounds = STRANGERS | {"copy": _with_errors(_sound(7)[20:], 0.15)}
    assert _match(tmp_path, sounds).pairs.select("sound_a", "sound_b").rows() == [("copy", "stranger 07")]


def test_of_many_copies_each_has_neighbours_alone_and_all_hang_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 100
    monkeypatch.setattr(hits, "NEIGHBOURS", 4)
    copies = {f"copy {number:03d}": _with_errors(_sound(7), 0.1, number) for number in range(count)}
    pairs = _match(tmp_path, STRANGERS | copies).pairs
    assert len(pairs) < (count + 1) * count // 2
    groups = {name: {name} for name in [*copies, *STRANGERS]}
    for a, b in pairs.select("sound_a", "sound_b").iter_rows():
        if groups[a] is not groups[b]:
            groups[a] |= groups[b]
            for name in groups[b]:
                groups[name] = groups[a]
    assert groups["copy 000"] == {*copies, "stranger 07"}


def test_of_a_word_that_many_have_there_are_no_more_hits_than_neighbours(tmp_path: Path) -> None:
    count = 1000
    of_all = prints.gathered(_batches({f"{number:04d}": _sound(7, 20) for number in range(count)}), tmp_path / "codes")
    (np.uint64(5) << np.uint64(32) | of_all.starts[:-1].astype(np.uint64)).tofile(tmp_path / "word")
    found = of_all.sound_at(hits.hits_of(tmp_path / "word", of_all).astype(np.int64))
    behind = [(one, one + far) for one in range(count) for far in range(1, hits.NEIGHBOURS + 1) if one + far < count]
    assert sorted(map(tuple, found.tolist())) == behind


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(-5, 5), max_size=12), min_size=1, max_size=6))
def test_the_largest_sums_are_those_of_all_stretches(rows: list[list[int]]) -> None:
    values, lengths = np.array([value for row in rows for value in row], np.int64), np.array([len(row) for row in rows])
    begins, ends, totals = judging._largest_sums(values, lengths)
    for row, begin, end, total in zip(rows, begins, ends, totals, strict=True):
        best = max(sum(row[first:last]) for first in range(len(row) + 1) for last in range(first, len(row) + 1))
        assert total == sum(row[begin:end]) == best


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 4), st.integers(0, 1000))
def test_words_are_those_of_each_sound_by_itself(lengths: list[int], times: int, seed: int) -> None:
    sounds = [_sound(seed + number, length) for number, length in enumerate(lengths)]
    sounds[0][::3] = 0
    codes = np.concatenate([np.frombuffer(_packed(one), "<u2") for one in sounds])
    starts = np.cumsum([0, *lengths])
    expected = set()
    for sound, start in zip(sounds, starts[:-1], strict=True):
        for step in range(len(sound) - (times - 1) * words.APART):
            at = sound[step : step + (times - 1) * words.APART + 1 : words.APART]
            for number, pair in enumerate(words.PAIRS):
                chosen = at[:, pair]
                if chosen.all() and (chosen != chosen[0]).any():
                    word = number
                    for left, right in chosen - 1:
                        word = word * 64 + int(left) * 8 + int(right)
                    expected.add((word, int(start) + step))
    found, steps = words.words_of(codes, starts, times)
    mixed = words.mixed(np.array([word for word, _ in sorted(expected)], np.uint64)).tolist()
    assert sorted(zip(found.tolist(), steps.tolist(), strict=True)) == sorted(
        zip(mixed, [step for _, step in sorted(expected)], strict=True)
    )


def test_the_chance_is_that_of_the_formula() -> None:
    """By hand: 0.02 * 100 * 200 * exp(-7000 / 350) = 400 * 2.06e-9 = 8.24e-7."""
    (score,) = judging.score_of(np.array([7000]), np.array([100]), np.array([200]))
    assert score == pytest.approx(6.084, abs=0.01)


def test_more_sound_than_places_have_numbers_for_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prints, "MOST_STEPS", 1000)
    with pytest.raises(prints.TooMuchSoundError, match=r"steps of 50 ms.*fewer datasets"):
        _match(tmp_path, STRANGERS)
