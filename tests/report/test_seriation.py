"""The order in which what is alike stands side by side."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.report.drawing.seriation import order_of


def test_a_line_that_was_shuffled_is_found_again() -> None:
    places = np.array([5.0, 1.0, 4.0, 0.0, 2.0, 3.0])
    alike = 1 / (1 + np.abs(places[:, None] - places[None, :]))
    found = list(places[order_of(alike)])
    assert found in (sorted(places), sorted(places, reverse=True))


def test_groups_stand_together() -> None:
    groups = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2])
    alike = np.where(groups[:, None] == groups[None, :], 0.9, 0.1)
    found = groups[order_of(alike)]
    assert sum(found[1:] != found[:-1]) == 2


@given(st.integers(0, 12), st.randoms())
def test_everything_has_one_place(size: int, random: object) -> None:
    alike = np.array([[random.random() for _ in range(size)] for _ in range(size)]).reshape(size, size)  # type: ignore[attr-defined]
    alike = (alike + alike.T) / 2
    before = alike.copy()
    assert sorted(order_of(alike)) == list(range(size))
    assert (alike == before).all()
