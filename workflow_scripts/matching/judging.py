"""Whether two sounds are the same at an offset: by how many symbols differ, over the stretch that says most for it.

Each pair of symbols of which neither is nothing speaks for it if they are equal, against it if not, by the logarithm of
how much more likely that is of copies than of strangers. The stretch is that of the largest sum, as in the alignment of
sequences; the sums of strangers have an exponential tail, in which the two lengths are factors (Karlin and Altschul,
"Methods for assessing the statistical significance of molecular sequence features", PNAS 1990). Its two constants were
fitted on pairs of different recordings, over all offsets: `python -m benchmarks same_sound`.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from workflow_scripts.matching.prints import Prints
from workflow_scripts.sound.fingerprint import GROUPS, symbols_of

Array = np.ndarray[Any, Any]

EQUAL_OF_COPIES, EQUAL_OF_STRANGERS = 0.55, 0.13
FOR = round(100 * math.log(EQUAL_OF_COPIES / EQUAL_OF_STRANGERS))
AGAINST = round(100 * math.log((1 - EQUAL_OF_COPIES) / (1 - EQUAL_OF_STRANGERS)))
"""In hundredths: sums of integers are the same in whichever batch they are."""
TAIL_SCALE, TAIL_FACTOR = 350, 0.02
"""Of strangers: that a sum is above s has the chance TAIL_FACTOR * steps * steps * exp(-s / TAIL_SCALE)."""
LEAST_SCORE = 9.0
"""A chance of 1e-9 a pair: two crows of one rooster came up to 8.7."""
BESIDE = 1
"""Steps beside a candidate's offset that are tried too."""
STEPS_AT_ONCE = 1 << 17
FURTHER_DOWN = 1 << 42
"""More than any sum of a row."""


class Judgements(NamedTuple):
    """What pairs of sounds share: a value of each for each pair (pairs,)."""

    one: Array
    other: Array
    start_one: Array
    start_other: Array
    steps: Array
    error_rate: Array
    score: Array

    def chosen(self, which: Array) -> "Judgements":
        """Those of some of the pairs."""
        return Judgements(*(values[which] for values in self))


def judged(prints: Prints, candidates: Array) -> Judgements:
    """What sounds share, of candidates (candidates, 3) of two sounds and an offset: where that is sure enough.

    The offsets beside a candidate's are tried too; the surest of them counts.
    """
    beside = np.arange(-BESIDE, BESIDE + 1)
    tried = np.repeat(candidates, len(beside), axis=0)
    tried[:, 2] += np.tile(beside, len(candidates))
    parts = [_best_stretches(prints, some) for some in _some_at_once(prints, tried)]
    found = Judgements(*(np.concatenate(values) for values in zip(*parts, strict=True))) if parts else _none()
    scores = found.score.reshape(-1, len(beside))
    best = scores.argmax(axis=1) + np.arange(len(scores)) * len(beside)
    return found.chosen(best[found.score[best] >= LEAST_SCORE])


def _none() -> Judgements:
    return Judgements(*np.empty((5, 0), np.int64), *np.empty((2, 0)))


def _some_at_once(prints: Prints, tried: Array) -> list[Array]:
    """Candidates in batches of some STEPS_AT_ONCE steps that two sounds have in common."""
    behind = np.cumsum(np.minimum(*(prints.steps_of(tried[:, side]) for side in (0, 1))) + 1)
    batches: list[Array] = np.split(tried, np.flatnonzero(np.diff(behind // STEPS_AT_ONCE)) + 1)
    return [batch for batch in batches if len(batch)]


def _best_stretches(prints: Prints, tried: Array) -> Judgements:
    """Of two sounds at an offset the stretch whose sum is the largest."""
    one, other, offset = tried.T
    lengths, others = prints.steps_of(one), prints.steps_of(other)
    start_one, start_other = np.maximum(0, offset), np.maximum(0, -offset)
    steps = np.maximum(0, np.minimum(lengths - start_one, others - start_other))
    within = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    a = symbols_of(prints.codes[np.repeat(prints.starts[one] + start_one, steps) + within])
    b = symbols_of(prints.codes[np.repeat(prints.starts[other] + start_other, steps) + within])
    counting = (a > 0) & (b > 0)
    equal, counted = (_each(values) for values in ((a == b) & counting, counting))
    begin, end, total = _largest_sums(equal * FOR + (counted - equal) * AGAINST, steps)
    firsts = np.cumsum(steps) - steps
    sums = [np.concatenate([[0], np.cumsum(values)]) for values in (equal, counted)]
    equal_in, counted_in = (values[firsts + end] - values[firsts + begin] for values in sums)
    error_rate = 1 - equal_in / np.maximum(1, counted_in)
    score = score_of(total, lengths, others)
    return Judgements(one, other, start_one + begin, start_other + begin, end - begin, error_rate, score)


def _each(values: Array) -> Array:
    """How many of each step's (steps, GROUPS) are true (steps,) int64; a sum over rows takes ten times as long."""
    counts = values[:, 0].astype(np.int64)
    for group in range(1, GROUPS):
        counts += values[:, group]
    return counts


def _largest_sums(values: Array, lengths: Array) -> tuple[Array, Array, Array]:
    """Of each of some rows, one behind the other, the stretch with the largest sum (rows,): begin, end and that sum.

    Args:
        values: of all rows (values,).
        lengths: of each row (rows,).
    """
    starts = np.cumsum(lengths + 1) - lengths - 1  # each row begins with a sum of nothing
    sums = np.cumsum(np.insert(values, np.cumsum(lengths) - lengths, 0))
    row = np.repeat(np.arange(len(lengths)), lengths + 1)
    lowered = sums - sums[starts][row] - row * FURTHER_DOWN  # so that no lowest sum is one of a row before
    lowest = np.minimum.accumulate(lowered)
    gains = lowered - lowest
    most = np.maximum.reduceat(gains, starts)
    ends = np.flatnonzero(gains == most[row])
    end = ends[np.searchsorted(row[ends], np.arange(len(lengths)))]
    begin = np.maximum.accumulate(np.where(lowered == lowest, np.arange(len(sums)), 0))[end]
    return begin - starts, end - starts, most


def score_of(total: Array, steps: Array, other_steps: Array) -> Array:
    """Minus the decimal logarithm of the chance that strangers of so many steps have such a sum anywhere."""
    logarithm = np.log(TAIL_FACTOR * steps.astype(np.float64) * other_steps) - total / TAIL_SCALE
    score: Array = -logarithm / math.log(10)
    return score
