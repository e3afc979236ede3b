"""How sure a share is, and what a tail says of what was not seen."""

import math
from collections.abc import Sequence

import numpy as np

NORMAL_95 = 1.959964
SURE = 0.95


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share.

    >>> [round(bound, 4) for bound in wilson(99, 100)]
    [0.9455, 0.9982]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not tries:
        return 0.0, 1.0
    share, square = hits / tries, NORMAL_95**2
    middle = share + square / (2 * tries)
    half = NORMAL_95 * math.sqrt(share * (1 - share) / tries + square / (4 * tries**2))
    low, high = ((middle + sign * half) / (1 + square / tries) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def most(hits: int, tries: int) -> float:
    """The share that is not exceeded, at 95 %, where few of many were hits; of none it is the rule of three.

    The hits are taken as Poisson's, whose exact bound this is.

    >>> round(most(0, 1_000_000) * 1_000_000, 3)
    2.996
    >>> round(most(2, 1_000) * 1_000, 3)
    6.296
    """
    low, high = 0.0, hits + 10 * math.sqrt(hits + 1) + 10
    for _ in range(100):
        mean = (low + high) / 2
        is_likelier = _at_most(hits, mean) > 1 - SURE
        low, high = (mean, high) if is_likelier else (low, mean)
    return high / tries


def _at_most(hits: int, mean: float) -> float:
    """Chance of no more hits than that, of a Poisson variable."""
    terms = (count * math.log(mean) - mean - math.lgamma(count + 1) for count in range(hits + 1))
    return math.fsum(math.exp(term) for term in terms)


def beyond(scores: Sequence[float] | np.ndarray, threshold: float, share: float = 0.01) -> float:
    """The chance that a score exceeds a threshold, by an exponential tail fitted to the highest share of scores.

    The mean excess is the likeliest scale of such a tail (Hill's estimator, where scores are logarithms).

    >>> scores = np.random.default_rng(0).exponential(2.0, 100_000)
    >>> bool(0.5 < beyond(scores, 30.0) / math.exp(-15) < 2)
    True
    """
    ordered = np.sort(np.asarray(scores, dtype=float))
    count = max(round(share * len(ordered)), 2)
    start = ordered[-count]
    scale = float(np.mean(ordered[-count:] - start))
    if threshold <= start:
        return float(np.mean(ordered >= threshold))
    return count / len(ordered) * math.exp(-(threshold - start) / scale) if scale else 0.0
