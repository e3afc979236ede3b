"""How sure the judge of the search is of strangers at their best: every offset of pairs, without the index of words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workflow_scripts.matching.judging import AGAINST, FOR, score_of
from workflow_scripts.sound.fingerprint import symbols

Array = np.ndarray[Any, Any]

PAIRS = 10_000


def best_scores(prints: Sequence[bytes], are_strangers: Array, pairs: int = PAIRS) -> Array:
    """The best score at any offset of so many pairs of strangers, drawn at random (pairs,).

    Args:
        prints: fingerprints.
        are_strangers: (prints, prints).
        pairs: how many are drawn.
    """
    rng = np.random.default_rng(0)
    possible = np.argwhere(np.triu(are_strangers, 1))
    drawn = possible[rng.choice(len(possible), min(pairs, len(possible)), replace=False)]
    decoded = [symbols(packed) for packed in prints]
    totals = np.asarray([best_sum(decoded[one], decoded[other]) for one, other in drawn])
    steps = np.asarray([len(one) for one in decoded])
    return score_of(totals, steps[drawn[:, 0]], steps[drawn[:, 1]])


def best_sum(one: Array, other: Array) -> int:
    """The largest sum that two sounds (steps, GROUPS) have at any offset, as the judge adds up."""
    steps, groups = other.shape
    padded = np.zeros((len(one) + 2 * steps, groups), np.uint8)
    padded[steps : steps + len(one)] = one
    rows = np.lib.stride_tricks.sliding_window_view(padded, (steps, groups))[:, 0]
    counted = (rows > 0) & (other > 0)
    equal = (rows == other) & counted
    gains = equal.sum(axis=2) * FOR + (counted & ~equal).sum(axis=2) * AGAINST
    sums = np.pad(np.cumsum(gains, axis=1), ((0, 0), (1, 0)))
    return int((sums - np.minimum.accumulate(sums, axis=1)).max())
