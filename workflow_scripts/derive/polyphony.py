"""How many events sound at once."""

from typing import Any

import numpy as np

from workflow_scripts.derive.draws import AT_ONCE

Array = np.ndarray[Any, Any]


def within(scene: Array, onset: Array, offset: Array, there: Array, most: int) -> Array:
    """Which events can stay so that no more than so many sound at once: one that comes too late in its scene goes.

    Args:
        scene: the number of the scene of each event (N,), in whose order they come.
        onset: where each begins, seconds.
        offset: where it ends.
        there: those that there are at all.
        most: so many.
    """
    keep = there.copy()
    order = np.argsort(scene, kind="stable")
    _, firsts, counts = np.unique(scene[order], return_index=True, return_counts=True)
    widest = int(counts.max(initial=1))
    step = max(1, AT_ONCE // widest**2)
    for begin in range(0, len(firsts), step):
        _keep_within(order, firsts[begin : begin + step], counts[begin : begin + step], (onset, offset, keep), most)
    return keep


def _keep_within(order: Array, firsts: Array, counts: Array, events: tuple[Array, Array, Array], most: int) -> None:
    """Take out of the last of `events` (onset, offset, keep) what is too much: the events of each scene in turn."""
    onset, offset, keep = events
    begins = np.full((len(firsts), int(counts.max())), np.inf)  # of those that stay
    ends = np.full_like(begins, -np.inf)
    for turn in range(begins.shape[1]):
        rows = np.flatnonzero(counts > turn)
        mine = order[firsts[rows] + turn]
        first, last = onset[mine], offset[mine]
        before, behind = begins[rows, :turn], ends[rows, :turn]
        points = np.maximum(np.concatenate([first[:, None], before], axis=1), first[:, None])
        at = points[:, :, None]  # most sound at once where one of them begins
        busy = ((before[:, None] <= at) & (at < behind[:, None])).sum(axis=2)
        keep[mine] &= (busy * (points < last[:, None])).max(axis=1) < most
        stays = keep[mine]
        begins[rows[stays], turn], ends[rows[stays], turn] = first[stays], last[stays]
