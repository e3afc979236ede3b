"""Parts of a whole that follow from its content alone: the leaves of a tree over the bits of hashes."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
import xxhash

BITS = 64
WHOLE = "all"
"""Name of the one leaf where nothing has to be split."""


@dataclass(frozen=True)
class Bound:
    """How much a leaf holds at most.

    Attributes:
        rows: their number.
        size: the sum of their sizes.
    """

    rows: int
    size: int


class LeafRows(NamedTuple):
    """A leaf: its first bits, or WHOLE, and where its rows begin and end among all that are sorted by hash."""

    name: str
    first: int
    behind: int


def hashes(group: pl.Series, own: pl.Series) -> pl.Series:
    """UInt64 of two texts a row: the upper half of the first, so that rows that share it stay side by side.

    Where the second is null, all bits are of the first.
    """
    half = np.uint64(32)
    of_group = _hashed(group)
    lower = np.where(own.is_null().to_numpy(), of_group << half >> half, _hashed(own) >> half)
    return pl.Series("hash", (of_group >> half << half) + lower)


def leaf_names(hashed: pl.Series, most: int) -> pl.Series:
    """The leaf of each hash: its first bits, as many as it takes for no more than `most` hashes to begin with them.

    A leaf is split while it holds more, so one hash more or less touches one leaf and what it is split into or joined
    from. Equal hashes stay together, however many they are. A leaf that holds nothing does not exist.

    >>> leaf_names(pl.Series([0, 1 << 62, 1 << 63], dtype=pl.UInt64), 1).to_list()
    ['00', '01', '1']
    >>> leaf_names(pl.Series([5, 6], dtype=pl.UInt64), 2).to_list()
    ['all', 'all']
    """
    order = hashed.arg_sort().to_numpy()
    leaves = list(leaves_of(hashed.to_numpy()[order], np.zeros(len(order), np.int64), Bound(most, 0)))
    ordinals = np.empty(len(order), np.uint32)
    for ordinal, leaf in enumerate(leaves):
        ordinals[order[leaf.first : leaf.behind]] = ordinal
    return pl.Series("leaf", [leaf.name for leaf in leaves], dtype=pl.String)[ordinals]


def leaves_of(hashed: np.ndarray, sizes: np.ndarray, bound: Bound) -> Iterator[LeafRows]:
    """The leaves of rows that are sorted by their hash, by number and by size: a leaf is split while it exceeds either.

    A row that is too large by itself would have each leaf above it split: it is a leaf of its own, called by all bits
    of its hash, with those of the same hash, and counts in no other. Such rows are to stand behind all others.

    Args:
        hashed: uint64, sorted; but those of rows of more than `bound.size` come last, sorted too.
        sizes: int64 of each.
        bound: of a leaf.
    """
    few = int(np.searchsorted(sizes > bound.size, True))
    yield from _split(hashed, np.concatenate([[0], np.cumsum(sizes[:few])]), bound, 0, few, "")
    bounds = [few, *(few + 1 + np.flatnonzero(np.diff(hashed[few:]))), len(hashed)]
    for first, behind in itertools.pairwise(bounds):
        if first < behind:
            yield LeafRows(f"{hashed[first]:064b}", int(first), int(behind))


def _hashed(texts: pl.Series) -> np.ndarray:
    """XXH3-64; of what is null, any."""
    digests = (xxhash.xxh3_64_intdigest(text.encode()) for text in texts.fill_null(""))
    return np.fromiter(digests, np.uint64, len(texts))


def _split(
    hashed: np.ndarray, before: np.ndarray, bound: Bound, first: int, behind: int, name: str
) -> Iterator[LeafRows]:
    """The leaves of a part of the tree; `before` is the size of all rows before each."""
    if first == behind:
        return
    fits = behind - first <= bound.rows and before[behind] - before[first] <= bound.size
    if fits or len(name) == BITS:
        yield LeafRows(name or WHOLE, first, behind)
        return
    middle = first + int(np.searchsorted(hashed[first:behind], np.uint64(int((name + "1").ljust(BITS, "0"), 2))))
    yield from _split(hashed, before, bound, first, middle, name + "0")
    yield from _split(hashed, before, bound, middle, behind, name + "1")
