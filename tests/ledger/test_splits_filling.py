"""Sets are filled from a pool, rarest classes first, until each class has enough where there are so many."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.ledger.splits.filling import OUTSIDE, POOL, Units, fill

LABELS = 4


def units(places: list[int], said: list[list[int]], order: list[int] | None = None) -> Units:
    """Units of one clip of some classes each."""
    rows = [(unit, label, 1) for unit, labels in enumerate(said) for label in sorted(labels)]
    table = pl.DataFrame(rows, schema={"unit": pl.UInt32, "label": pl.UInt32, "clips": pl.UInt32}, orient="row")
    return Units(table, np.array(places, np.int32), np.array(order or range(len(places))))


def test_the_rarest_class_is_served_first_and_what_it_brings_counts() -> None:
    """Class 1 has two clips, class 0 four: a clip of both leaves class 0 in need of one, and not of two."""
    world = units([POOL] * 5, [[0], [0, 1], [0], [1], [0]])
    assert fill(world, 1, 2, 2).rows() == [(1, 1, 0, 0), (3, 1, 0, 1), (0, 0, 0, 1)]
    assert world.place.tolist() == [0, 0, POOL, 0, POOL]


def test_sets_come_in_their_order_and_the_last_gets_what_is_left() -> None:
    world = units([POOL] * 3 + [1], [[0]] * 4)
    assert fill(world, 2, 2, 1).rows() == [(0, 0, 0, 0), (1, 0, 0, 1), (2, 0, 1, 1)]


def test_what_stands_outside_is_not_taken_and_counts_for_nothing() -> None:
    world = units([OUTSIDE, POOL], [[0], [0]])
    assert fill(world, 1, 2, 1).rows() == [(1, 0, 0, 0)]


def test_units_are_taken_in_their_order() -> None:
    assert fill(units([POOL] * 3, [[0]] * 3, order=[7, 3, 5]), 1, 2, 1)["unit"].to_list() == [1, 2]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, POOL, POOL, OUTSIDE]), st.sets(st.integers(0, LABELS - 1), max_size=3)),
        max_size=30,
    ),
    st.integers(0, 5),
)
def test_a_class_has_enough_in_each_set_or_none_is_left_in_the_pool(
    world: list[tuple[int, set[int]]], wanted: int
) -> None:
    places, said = [place for place, _ in world], [sorted(labels) for _, labels in world]
    made = units(places, said)
    taken = fill(made, 2, wanted, LABELS)
    after = made.place.tolist()
    for label in range(LABELS):
        is_left = any(place == POOL and label in labels for place, labels in zip(after, said, strict=True))
        for into in (0, 1):
            has = sum(place == into and label in labels for place, labels in zip(after, said, strict=True))
            assert has >= wanted or not is_left
    moved = {unit: (places[unit], place) for unit, place in enumerate(after) if place != places[unit]}
    assert {unit: (POOL, into) for unit, _, into, _ in taken.rows()} == moved
    assert all(had < wanted for *_, had in taken.rows()), "nothing is taken that is not wanted"
