"""Folds are alike in classes, as the paper's algorithm makes them, and part no group."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.fold_measures import (
    examples_distribution,
    folds_without,
    label_distribution,
    label_pair_distribution,
)
from workflow_scripts.ledger.splits.folds import Groups, _drawn, stratified

LABELS = 5


def groups(said: np.ndarray) -> Groups:
    """Groups of one trainable clip each; said has a row a clip, a column a class."""
    unit, label = np.nonzero(said)
    table = pl.DataFrame({"unit": unit, "label": label, "clips": np.ones(len(unit), np.int64)})
    clips = len(said)
    return Groups(table, np.ones(clips, np.int64), np.arange(clips))


def as_in_the_paper(said: np.ndarray, k: int, seed: int) -> list[int]:
    """Algorithm 1 of the paper, example by example; what is wanted is kept times k."""
    left = list(range(len(said)))
    wants_at_all = [len(said)] * k
    wants = [[int(said[:, label].sum())] * k for label in range(said.shape[1])]
    folds = [-1] * len(said)
    while left:
        counts = [int(said[left, label].sum()) for label in range(said.shape[1])]
        rarest = min((count, label) for label, count in enumerate(counts) if count) if any(counts) else None
        label = rarest[1] if rarest else said.shape[1]
        drawn = _drawn(seed, label, k)
        for example in [one for one in left if rarest is None or said[one, label]]:
            wanted = wants[label] if rarest else [0] * k
            fold = max(range(k), key=lambda one: (wanted[one], wants_at_all[one], -drawn[one]))
            folds[example] = fold
            left.remove(example)
            wants_at_all[fold] -= k
            for said_too in np.flatnonzero(said[example]):
                wants[said_too][fold] -= k
    return folds


MATRICES = st.integers(0, 40).flatmap(
    lambda clips: st.lists(
        st.lists(st.sampled_from([0, 0, 1]), min_size=LABELS, max_size=LABELS), min_size=clips, max_size=clips
    )
)


@settings(deadline=None)
@given(MATRICES, st.integers(2, 6), st.integers(0, 3))
def test_clips_by_themselves_are_stratified_as_in_the_paper(rows: list[list[int]], k: int, seed: int) -> None:
    said = np.array(rows, np.int64).reshape(-1, LABELS)
    assert stratified(groups(said), k, LABELS, seed).tolist() == as_in_the_paper(said, k, seed)


@settings(deadline=None)
@given(st.lists(st.integers(0, LABELS - 1), max_size=60), st.integers(2, 6))
def test_clips_of_one_class_each_are_dealt_out_to_within_one(labels: list[int], k: int) -> None:
    folds = stratified(groups(np.eye(LABELS, dtype=np.int64)[labels]), k, LABELS, 0)
    for label in range(LABELS):
        dealt = np.bincount(folds[np.array(labels, np.int64) == label], minlength=k)
        assert dealt.max() - dealt.min() <= 1


@settings(deadline=None)
@given(st.lists(st.integers(1, 4), max_size=40), st.lists(st.integers(0, 9), min_size=2, max_size=5))
def test_groups_of_which_nothing_is_said_even_out_what_folds_hold(sizes: list[int], held: list[int]) -> None:
    nothing_said = pl.DataFrame(schema={"unit": pl.UInt32, "label": pl.UInt32, "clips": pl.UInt32})
    k, large = len(held), max([0, *sizes])
    folds = stratified(Groups(nothing_said, np.array(sizes, np.int64), np.arange(len(sizes))), k, 0, 0, held)
    after = np.array(held) + np.bincount(folds, sizes, k)
    assert after.max() <= max(max(held), after.min() + large), "none that was given any is ahead by more than a group"


def test_large_groups_come_first_so_that_small_ones_can_make_up_for_them() -> None:
    """Six clips in one group and six by themselves: three folds of four would part the group; 6, 3 and 3 do not."""
    sizes = np.array([1, 1, 1, 6, 1, 1, 1])
    said = pl.DataFrame({"unit": range(7), "label": [0] * 7, "clips": sizes})
    folds = stratified(Groups(said, sizes, np.arange(7)), 3, 1, 0)
    assert sorted(np.bincount(folds, sizes, 3).tolist()) == [3, 3, 6]


def some_said(clips: int = 2000, labels: int = 20) -> np.ndarray:
    """Classes of which the commonest is said of every third clip, the rarest of one in a hundred."""
    chances = np.geomspace(1 / 3, 1 / 100, labels)
    return (np.random.default_rng(7).random((clips, labels)) < chances).astype(np.int64)


@pytest.mark.parametrize("k", [3, 10])
def test_by_the_papers_measures_folds_are_more_alike_than_chance_has_them(k: int) -> None:
    said = some_said()
    folds = stratified(groups(said), k, said.shape[1], 0)
    random = [np.random.default_rng(seed).permutation(np.arange(len(said)) % k) for seed in range(20)]
    of_random = [label_distribution(said, chance, k) for chance in random]
    assert label_distribution(said, folds, k) < 0.2 * min(of_random)
    of_pairs = [label_pair_distribution(said, chance, k) for chance in random]
    assert label_pair_distribution(said, folds, k) < max(of_pairs), (
        "pairs of classes, which nobody looks at, are no worse"
    )
    assert examples_distribution(folds, k) < 0.01 * len(said) / k
    assert folds_without(said, folds, k) == 0


def test_the_measures_are_those_of_a_case_worked_out_by_hand() -> None:
    """Four clips in two folds; class 0 is said of the first two, which are one fold, class 1 of the first and third."""
    said = np.array([[1, 1], [1, 0], [0, 1], [0, 0], [0, 0], [1, 0]])
    folds = np.array([0, 0, 1, 1, 0, 1])
    assert label_distribution(said, folds, 2) == pytest.approx((1 + 0.5 + 0 + 0) / 4)  # odds 2, 1/2, 1/2, 1/2
    assert examples_distribution(np.array([0, 0, 0, 1]), 2) == 1
    assert folds_without(said, np.array([0, 0, 1, 0, 0, 0]), 2) == 1
    assert label_pair_distribution(said, folds, 2) == pytest.approx((0.3 + 0.2) / 2)  # odds 1/2, 0 and 1/5 in all


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_a_seed_deals_otherwise_and_as_evenly(seed: int) -> None:
    said = some_said(300, 4)
    folds = stratified(groups(said), 4, 4, seed)
    spread = [np.bincount(folds[said[:, label] == 1], minlength=4) for label in range(4)]
    assert max(dealt.max() - dealt.min() for dealt in spread) <= 6
