"""Which clip of a pool each event of scenes is of."""

from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.derive import draws
from workflow_scripts.derive.together import Together

Array = np.ndarray[Any, Any]

NONE = -1


class DrawnFrom:
    """A pool to draw from.

    Args:
        pool: of `pool_of`.
        balance: `clip`: any alike; `class`: first a class, of those any alike, and then a clip of it.

    Attributes:
        hashes: of each row, by which it is drawn.
    """

    def __init__(self, pool: pl.DataFrame, balance: str) -> None:
        self.hashes = draws.hashes_of(pool, "dataset", "clip_id", "class_id", "start_s", "end_s")
        names = pool["class_id"].fill_null("")
        self._names = names.unique().sort()
        self._class = names.replace_strict(self._names, range(len(self._names)), return_dtype=pl.Int64).to_numpy()
        self._order = np.argsort(self._class, kind="stable")
        self._hashes_of_names = draws.hashed(self._names)
        self._by_class = balance == "class"

    def of(self, keys: Array, rows: Array | None = None) -> Array:
        """Which row each key (N,) takes: of all, or of some, which may be others for a few keys each."""
        choose = draws.chosen if rows is None else draws.highest
        if not self._by_class:
            rows = np.arange(len(self.hashes)) if rows is None else rows
            return np.asarray(rows[choose(keys, self.hashes[rows])])
        order = self._order
        if rows is not None:
            may = np.zeros(len(order), bool)
            may[rows] = True
            order = order[may[order]]
        there, firsts = np.unique(self._class[order], return_index=True)
        of_class = choose(draws.below(keys, "class"), self._hashes_of_names[there])
        taken = np.empty(len(keys), np.int64)
        ends = np.append(firsts[1:], len(order))
        for number in np.unique(of_class):
            some, mine = np.flatnonzero(of_class == number), order[firsts[number] : ends[number]]
            taken[some] = mine[choose(keys[some], self.hashes[mine])]
        return taken

    def in_turn(self, keys: Array, scene: Array, behind: Array, kinds: Array, together: Together) -> Array:
        """Which row each event takes, so that it may sound with all that its scene has by then; NONE where none may.

        Args:
            keys: of events (N,), those of a scene one after the other.
            scene: the number of the scene of each.
            behind: the kind of the background of each scene; NONE where it has none.
            kinds: those of the rows, as Together numbers them.
            together: what may sound together.
        """
        taken = np.full(len(keys), NONE)
        has: list[tuple[int, ...]] = [() if kind == NONE else (int(kind),) for kind in behind]
        _, firsts, counts = np.unique(scene, return_index=True, return_counts=True)
        for turn in range(int(counts.max(initial=0))):
            now = firsts[counts > turn] + turn
            alike: dict[tuple[int, ...], list[int]] = {}
            for event in now:
                alike.setdefault(has[scene[event]], []).append(event)
            for there, events in alike.items():
                rows = np.flatnonzero(together.fitting(there)[kinds])
                if rows.size:
                    taken[events] = self.of(keys[events], rows)
            for event in now[taken[now] != NONE]:
                has[scene[event]] = tuple(sorted({*has[scene[event]], int(kinds[taken[event]])}))
        return taken
