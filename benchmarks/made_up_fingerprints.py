"""Fingerprints by the million that are like real ones: each of the five groups spliced from stretches of real ones.

Each stretch is of half a second to a second and begins at one of BEGINNINGS places, drawn at random for each group by
itself. So within a group what follows what, how often each symbol is there, and how many say nothing are as in truth,
and no two sounds share more than a second of two groups, which is no evidence. So few beginnings make words alike by
chance about as often as in truth, where it is steady sounds that do so: `alike` measures it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workflow_scripts.matching.words import words_of
from workflow_scripts.sound.fingerprint import GROUPS, SYMBOLS, symbols

Array = np.ndarray[Any, Any]

STEPS = 187
"""Of ten seconds."""
SHORTEST, LONGEST = 10, 20
"""Steps of 50 ms of a stretch."""
BEGINNINGS = 300
KEPT = 0.4
"""Of a made copy, at least that share of what it is a copy of."""
_PLACES = SYMBOLS ** np.arange(GROUPS, dtype=np.uint16)


class Real:
    """Real fingerprints that others are made from."""

    def __init__(self, prints: Sequence[bytes]) -> None:
        decoded = [symbols(packed) for packed in prints]
        self._symbols = np.concatenate(decoded)
        lengths = [len(one) for one in decoded]
        left = np.concatenate([np.arange(length, 0, -1) for length in lengths])
        possible = np.flatnonzero(left >= LONGEST)
        self._beginnings = np.random.default_rng(0).choice(possible, min(BEGINNINGS, len(possible)), replace=False)

    def strangers(self, count: int, rng: np.random.Generator) -> Array:
        """The symbols of so many sounds of ten seconds (count, STEPS, GROUPS)."""
        made = np.empty((count, STEPS, GROUPS), np.uint8)
        for group in range(GROUPS):
            pieces = -(-STEPS // SHORTEST)
            lengths = rng.integers(SHORTEST, LONGEST + 1, (count, pieces))
            begins = np.cumsum(lengths, axis=1) - lengths
            is_first = np.zeros((count, STEPS), np.int8)
            rows, columns = np.nonzero(begins < STEPS)
            is_first[rows, begins[rows, columns]] = 1
            piece = np.cumsum(is_first, axis=1) - 1
            shifts = rng.choice(self._beginnings, (count, pieces)) - begins
            made[:, :, group] = self._symbols[np.take_along_axis(shifts, piece, axis=1) + np.arange(STEPS), group]
        return made

    def changed(self, made: Array, rates: Array, rng: np.random.Generator) -> Array:
        """The same symbols (count, STEPS, GROUPS) with that share of each drawn anew (count,)."""
        others = self._symbols[rng.integers(0, len(self._symbols), made.shape[:2])]
        is_kept = rng.random(made.shape, np.float32) >= rates[:, None, None]
        return np.where(is_kept, made, others)

    def copies(self, made: Array, rates: Array, rng: np.random.Generator) -> list[bytes]:
        """Of each of these sounds a stretch from somewhere, with that share of its symbols changed (count,)."""
        changed = packed(self.changed(made, rates, rng))
        kept = rng.integers(round(KEPT * STEPS), STEPS + 1, len(made))
        starts = rng.integers(0, STEPS + 1 - kept)
        return [one[2 * start : 2 * (start + count)] for one, start, count in zip(changed, starts, kept, strict=True)]


def packed(made: Array) -> list[bytes]:
    """Fingerprints of symbols (count, STEPS, GROUPS)."""
    return [one.tobytes() for one in (made.astype(np.uint16) @ _PLACES).astype("<u2")]


def alike(prints: Sequence[bytes], sources: Sequence[int], times: int) -> float:
    """The chance that a word of a sound is like a word of another one of another source.

    Args:
        prints: fingerprints.
        sources: which recording each is of.
        times: how many a word has.
    """
    codes = [np.frombuffer(one, "<u2") for one in prints]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in codes])])
    words, at = words_of(np.concatenate(codes), starts, times)
    source = np.asarray(sources)[np.searchsorted(starts, at, side="right") - 1]
    _, word = np.unique(words, return_inverse=True)
    of_both = np.unique(np.stack([word, source]), axis=1, return_counts=True)
    by_word = np.bincount(of_both[0][0], of_both[1]) ** 2 - np.bincount(of_both[0][0], of_both[1] ** 2)
    by_source = len(words) ** 2 - (np.bincount(source).astype(float) ** 2).sum()
    return float(by_word.sum() / by_source)
