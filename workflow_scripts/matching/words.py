"""Words: what the search looks up. Two copies of a sound share some of them, two strangers hardly any.

A word is the symbols of two groups at some times, 0.15 s apart. None of them may be nothing, nor may all times be
alike: what is silent or steady has no words.

How many times: among more sounds more words are alike by chance, as the square of their number, so words have to be
longer, and then fewer of them survive in a copy (as in any hashing of what is near; Indyk and Motwani, "Approximate
nearest neighbors", STOC 1998). Of a few hundred sounds three times tell enough, of two million it takes six.
"""

from typing import Any

import numpy as np

from workflow_scripts.sound.fingerprint import GROUPS, SYMBOLS, symbols_of

Array = np.ndarray[Any, Any]

APART = 3
"""Steps. Symbols that follow each other at once are mostly alike, and say little."""
PAIRS = [(one, other) for one in range(GROUPS) for other in range(one + 1, min(one + 3, GROUPS))]
"""Groups that are next to each other or have one between them: noise and codecs seldom spare those far apart."""
MOST_A_STEP = len(PAIRS)
LEAST_TIMES = 3
STEPS_OF_LEAST = 1_000_000
"""Of sound that LEAST_TIMES are enough for."""
TIMES_AS_MANY = 10
"""So much more sound a time more is enough for: it makes chance twelve to nineteen times rarer."""
_SALT = 0x9E3779B97F4A7C15


def times_for(steps: int) -> int:
    """How many times a word has among so many steps of sound.

    >>> [times_for(clips * 187) for clips in (400, 20_000, 2_084_320)]
    [3, 4, 6]
    """
    times = LEAST_TIMES
    while steps > STEPS_OF_LEAST * TIMES_AS_MANY ** (times - LEAST_TIMES):
        times += 1
    return times


def words_of(codes: Array, starts: Array, times: int) -> tuple[Array, Array]:
    """The words of some sounds, and where they are.

    Args:
        codes: of sounds one behind the other (steps,) uint16.
        starts: where each of them starts, and where the last ends (sounds + 1,).
        times: how many a word has.

    Returns:
        The words, mixed so that any of their bits are evenly spread (words,) uint64; the step of each (words,) int64.
    """
    count = len(codes) - (times - 1) * APART
    if count <= 0:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    is_whole = _is_whole(starts, (times - 1) * APART, len(codes))[:count]
    symbols = symbols_of(codes)
    found = [_of_pair(symbols[:, pair], is_whole, times, number) for number, pair in enumerate(PAIRS)]
    words, at = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return mixed(words), at


def _is_whole(starts: Array, reach: int, steps: int) -> Array:
    """At which steps a word of such a reach ends before the next sound starts (steps,) bool."""
    left = np.repeat(starts[1:], np.diff(starts)) - np.arange(steps)
    whole: Array = left > reach
    return whole


def _of_pair(symbols: Array, is_whole: Array, times: int, number: int) -> tuple[Array, Array]:
    """The words (words,) uint64 of a pair of groups (steps, 2), and their steps."""
    count = len(is_whole)
    are_heard = np.logical_and(symbols[:, 0] > 0, symbols[:, 1] > 0)
    codes = ((symbols[:, 0] - 1) * (SYMBOLS - 1) + symbols[:, 1] - 1).astype(np.uint8)
    is_word, is_steady = is_whole.copy(), np.ones(count, bool)
    places = [slice(time * APART, time * APART + count) for time in range(times)]
    for place in places:
        is_word &= are_heard[place]
        is_steady &= codes[place] == codes[:count]
    at = np.flatnonzero(is_word & ~is_steady)
    words = np.full(len(at), number, np.uint64)
    for place in places:
        words = words << np.uint64(6) | codes[place][at]
    return words, at


def mixed(words: Array) -> Array:
    """Each number (uint64) by one of its own, of which all bits depend on all of it.

    The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    """
    words = words + np.uint64(_SALT)
    words = (words ^ words >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ words >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    spread: Array = words ^ words >> np.uint64(31)
    return spread
