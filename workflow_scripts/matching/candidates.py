"""Candidates: two sounds that have several words in common, at one offset."""

from pathlib import Path
from typing import Any

import numpy as np

from workflow_scripts.matching.prints import Prints

Array = np.ndarray[Any, Any]

LEAST_HITS = 2
LEAST_APART = 4
"""Steps from the first of them to the last: words that begin sooner after each other share most of their symbols, and
of ten pairs of strangers that have two such words one has two that are further apart."""
DRIFT = 2
"""Steps by which the offsets of one candidate may follow each other: a sound may have been stretched by a little."""
OFFSETS = 3
"""Candidates of a pair of sounds, those of most hits: what repeats itself has many."""


def candidates_of(file: Path, prints: Prints) -> Array:
    """What the hits in a file make likely: (candidates, 3) int64, two sounds and an offset in steps.

    The sound at step t of the first is at t - offset of the second.
    """
    hits = np.fromfile(file, np.uint32).reshape(-1, 2).astype(np.int64)
    one, other = prints.sound_at(hits[:, 0]), prints.sound_at(hits[:, 1])
    repeated = _is_repeated(one * len(prints.sounds) + other)
    one, other, hits = one[repeated], other[repeated], hits[repeated]
    places = hits[:, 0] - prints.starts[one]
    return _likely(one, other, places - (hits[:, 1] - prints.starts[other]), places)


def _is_repeated(keys: Array) -> Array:
    """Of which keys there are LEAST_HITS at least (keys,) bool."""
    ordered = np.sort(keys)
    often = ordered[LEAST_HITS - 1 :][ordered[LEAST_HITS - 1 :] == ordered[: len(keys) - LEAST_HITS + 1]]
    place = np.minimum(np.searchsorted(often, keys), max(0, len(often) - 1))
    repeated: Array = often[place] == keys if len(often) else np.zeros(len(keys), bool)
    return repeated


def _likely(one: Array, other: Array, offsets: Array, places: Array) -> Array:
    """Of each pair of sounds the offsets at which places apart hit, OFFSETS at most, of most hits."""
    if not len(one):
        return np.empty((0, 3), np.int64)
    order = np.lexsort((places, offsets, other, one))
    one, other, offsets, places = one[order], other[order], offsets[order], places[order]
    is_of_pair = _same(one) & _same(other)
    runs = np.flatnonzero(~(is_of_pair & _same(offsets)))  # of hits at the same offset
    clusters = np.flatnonzero(~(is_of_pair & (np.diff(offsets, prepend=offsets[:1]) <= DRIFT)))
    run_hits = np.diff(np.append(runs, len(one)))
    hits = np.diff(np.append(clusters, len(one)))
    of_cluster = np.searchsorted(clusters, runs, side="right") - 1
    strongest = np.lexsort((-run_hits, of_cluster))[np.searchsorted(of_cluster, np.arange(len(clusters)))]
    are_apart = np.maximum.reduceat(places, clusters) - np.minimum.reduceat(places, clusters) >= LEAST_APART
    likely = (hits >= LEAST_HITS) & are_apart
    found = np.stack([one, other, offsets], axis=1)[runs[strongest[likely]]]
    return _first_of_each(found, hits[likely])


def _first_of_each(found: Array, hits: Array) -> Array:
    """Of candidates the OFFSETS of each pair that have most hits."""
    found = found[np.lexsort((found[:, 2], -hits, found[:, 1], found[:, 0]))]
    number = np.arange(len(found))
    is_of_pair = _same(found[:, 0]) & _same(found[:, 1])
    first: Array = np.maximum.accumulate(np.where(is_of_pair, 0, number))
    return found[number - first < OFFSETS]


def _same(sorted_: Array) -> Array:
    """Which values are that before them (values,) bool."""
    same = np.zeros(len(sorted_), bool)
    same[1:] = sorted_[1:] == sorted_[:-1]
    return same
