"""Folds that are alike in classes: iterative stratification of units that hold several examples each.

K. Sechidis, G. Tsoumakas and I. Vlahavas. On the Stratification of Multi-Label Data. ECML PKDD 2011, algorithm 1, with
groups of examples in place of examples: a group counts as many times as a class is said in it. What the paper leaves to
chance follows from a seed. Numbers are whole, so that folds are the same on any machine: what a fold wants is kept
times the number of folds.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import xxhash


@dataclass(frozen=True)
class Groups:
    """What is put into folds as a whole.

    Attributes:
        said: `unit`, a group; `label`, a class; and `clips` of the group that it is said of; sorted by the first two.
        sizes: how many clips of each group count.
        order: of each group, a number that settles in what order equally large ones come.
    """

    said: pl.DataFrame
    sizes: np.ndarray
    order: np.ndarray


def stratified(groups: Groups, k: int, labels: int, seed: int, held: Sequence[int] | None = None) -> np.ndarray:
    """The fold of each group, from 0.

    The class with the fewest clips left comes next; its groups, the largest first, go each to the fold that wants most
    clips of the class, of those to that which wants most clips at all, of those to the one that the seed says. Groups
    of which nothing is said come last.

    Args:
        groups: all there are.
        k: the number of folds.
        labels: of classes.
        seed: settles what is left open.
        held: clips that each fold holds already, for which it wants fewer.
    """
    folds = np.full(len(groups.sizes), -1, np.int32)
    by_size = np.lexsort((groups.order, -groups.sizes))
    said = _Said(groups.said, by_size, labels)
    left, wants = said.totals.copy(), np.repeat(said.totals[:, None], k, axis=1)
    wants_at_all = [-k * clips for clips in held or [0] * k]
    while left.any():
        label = int(np.argmin(np.where(left > 0, left, np.iinfo(np.int64).max)))
        of_label, counts = said.groups_of(label)
        is_left = folds[of_label] < 0
        of_label, counts = of_label[is_left], counts[is_left]
        sizes = groups.sizes[of_label]
        folds[of_label] = _placed(counts, sizes, wants[label].tolist(), wants_at_all, _drawn(seed, label, k))
        rows = said.rows_of(of_label)
        np.subtract.at(wants, (said.label[rows], folds[said.unit[rows]]), k * said.clips[rows])
        left -= np.bincount(said.label[rows], said.clips[rows], labels).astype(np.int64)
    unsaid = by_size[folds[by_size] < 0]
    sizes = groups.sizes[unsaid]
    folds[unsaid] = _placed(0 * sizes, sizes, [0] * k, wants_at_all, _drawn(seed, labels, k))
    return folds


class _Said:
    """What is said of groups, by group and by class."""

    def __init__(self, said: pl.DataFrame, by_size: np.ndarray, labels: int) -> None:
        self.unit, self.label, self.clips = (said[name].to_numpy().astype(np.int64) for name in said.columns)
        self.totals = np.bincount(self.label, self.clips, labels).astype(np.int64)
        self._firsts = np.searchsorted(self.unit, np.arange(len(by_size) + 1))
        place = np.empty(len(by_size), np.int64)
        place[by_size] = np.arange(len(by_size))
        self._by_label = np.lexsort((place[self.unit], self.label))
        self._bounds = np.searchsorted(self.label[self._by_label], np.arange(labels + 1))

    def groups_of(self, label: int) -> tuple[np.ndarray, np.ndarray]:
        """The groups that a class is said in, the largest first, and of how many clips of each."""
        rows = self._by_label[self._bounds[label] : self._bounds[label + 1]]
        return self.unit[rows], self.clips[rows]

    def rows_of(self, groups: np.ndarray) -> np.ndarray:
        """The rows of all that is said of some groups."""
        firsts, lengths = self._firsts[groups], np.diff(self._firsts)[groups]
        return np.repeat(firsts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())


def _placed(
    counts: np.ndarray, sizes: np.ndarray, wants: list[int], wants_at_all: list[int], drawn: list[int]
) -> np.ndarray:
    """The fold of each of some groups, one after the other; `wants_at_all` is changed."""
    k, placed = len(wants), []
    heap = [(-wants[fold], -wants_at_all[fold], drawn[fold], fold) for fold in range(k)]
    heapq.heapify(heap)
    for count, size in zip(counts.tolist(), sizes.tolist(), strict=True):
        want, at_all, draw, fold = heap[0]
        heapq.heapreplace(heap, (want + k * count, at_all + k * size, draw, fold))
        placed.append(fold)
    for _, at_all, _, fold in heap:
        wants_at_all[fold] = -at_all
    return np.array(placed, np.int32)


def _drawn(seed: int, label: int, k: int) -> list[int]:
    """A number for each fold that settles which comes first where all else is alike."""
    return [xxhash.xxh3_64_intdigest(f"{seed} {label} {fold}".encode()) for fold in range(k)]
