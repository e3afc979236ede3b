"""Filling sets until each class has enough clips, rarest classes first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

TAKEN = {"unit": pl.UInt32, "label": pl.UInt32, "into": pl.UInt32, "had": pl.UInt32}


@dataclass(frozen=True)
class Units:
    """What can be taken: clips, or clips that are taken together.

    Attributes:
        said: `unit`, `label` and `clips`: how many trainable clips of a unit each class is said of; sorted by both.
        place: of each unit, the set that it is in: the number of a set to fill, POOL, or OUTSIDE.
        order: of each unit: those with the smaller number are taken first.
    """

    said: pl.DataFrame
    place: np.ndarray
    order: np.ndarray


POOL, OUTSIDE = -1, -2


def fill(units: Units, sets: int, wanted: int, labels: int) -> pl.DataFrame:
    """Take units out of the pool until each class has as many clips in each set as are wanted, or none are left.

    Classes come in the order of how many clips they have in the sets and the pool together, the rarest first, and by
    number where they have as many; of each class the sets come in their order; of a class and set the units in theirs.
    What else is said of a unit counts at once for the classes that come later.

    Args:
        units: what there is; their `place` is changed.
        sets: how many are to be filled.
        wanted: clips of each class in each set.
        labels: how many classes there are.

    Returns:
        TAKEN, in the order of taking: the unit, the class that it was taken for, the set that it was taken into, and
        how many clips of the class that had before.
    """
    unit, label, clips = (units.said[name].to_numpy().astype(np.int64) for name in ("unit", "label", "clips"))
    have = np.zeros((sets, labels), np.int64)
    for number in range(sets):
        is_in = units.place[unit] == number
        have[number] = np.bincount(label[is_in], clips[is_in], labels)
    in_pool = np.flatnonzero(units.place[unit] == POOL)
    of_pool = np.bincount(label[in_pool], clips[in_pool], labels).astype(np.int64)
    in_order = in_pool[np.lexsort((units.order[unit[in_pool]], label[in_pool]))]
    candidates, ends = unit[in_order], np.searchsorted(label[in_order], np.arange(labels + 1))
    said_of = np.searchsorted(unit, np.arange(len(units.place) + 1))
    taken: list[tuple[int, int, int, int]] = []
    for rarest in np.argsort(have.sum(axis=0) + of_pool, kind="stable"):
        left = iter(candidates[ends[rarest] : ends[rarest + 1]].tolist())
        for into in range(sets):
            while have[into, rarest] < wanted and (found := next(_in_pool(left, units.place), None)) is not None:
                taken.append((found, int(rarest), into, int(have[into, rarest])))
                units.place[found] = into
                own = slice(said_of[found], said_of[found + 1])
                have[into, label[own]] += clips[own]
    return pl.DataFrame(taken, schema=TAKEN, orient="row")


def _in_pool(candidates: Iterator[int], place: np.ndarray) -> Iterator[int]:
    """Those of the next units that nobody has taken."""
    return (unit for unit in candidates if place[unit] == POOL)
