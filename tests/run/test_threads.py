"""How many cores each check gets."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.run.threads import MEDIA_S, START_S, check_threads


def ends_after(threads: int, cores: int, waiting: int, media: int) -> float:
    """By the cost model, worked out anew."""
    at_once = cores // threads
    waves = math.ceil(waiting / at_once)
    return waves * (START_S + media * MEDIA_S / threads)


@pytest.mark.parametrize(
    ("cores", "waiting", "media", "threads"),
    [
        (64, 4, 5000, 16),  # twenty thousand files
        (2, 1, 200, 2),
        (64, 500, 4000, 1),
        (2, 64, 3000, 1),
        (2, 3, 8000, 2),  # three one after the other on both, not two and then one on one
        (2, 3, 20, 1),  # of so few the start is most
        (1, 5, 100, 1),
        (8, 1, 0, 1),  # nothing to do
    ],
)
def test_few_shards_get_many_cores_each_and_many_get_one(cores: int, waiting: int, media: int, threads: int) -> None:
    assert check_threads(cores, waiting, media) == threads


@given(st.integers(1, 128), st.integers(0, 5000), st.integers(0, 8000))
def test_no_other_number_ends_earlier(cores: int, waiting: int, media: int) -> None:
    threads = check_threads(cores, waiting, media)
    assert 1 <= threads <= cores
    best = min(ends_after(other, cores, waiting, media) for other in range(1, cores + 1))
    assert ends_after(threads, cores, waiting, media) == best
