"""Parts of a whole that follow from its content alone: the leaves of a tree over the bits of hashes."""

from collections.abc import Iterator

import numpy as np
import polars as pl
import xxhash

BITS = 64
WHOLE = "all"
"""Name of the one leaf where nothing has to be split."""


def hashes(group: pl.Series, own: pl.Series) -> pl.Series:
    """UInt64 of two texts a row: the upper half of the first, so that rows that share it stay side by side."""
    upper, lower = (
        pl.Series([xxhash.xxh3_64_intdigest(text.encode()) >> 32 for text in column], dtype=pl.UInt64)
        for column in (group, own)
    )
    return (upper * (1 << 32) + lower).rename("hash")


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
    sorted_hashes = hashed.to_numpy()[order]
    names = np.empty(len(order), object)
    for first, behind, name in _leaves(sorted_hashes, most, 0, len(order), ""):
        names[order[first:behind]] = name or WHOLE
    return pl.Series("leaf", names.tolist(), dtype=pl.String)


def _leaves(hashed: np.ndarray, most: int, first: int, behind: int, name: str) -> Iterator[tuple[int, int, str]]:
    """Where each leaf begins and ends among sorted hashes, and the bits that it is called by."""
    if first == behind:
        return
    if behind - first <= most or len(name) == BITS:
        yield first, behind, name
        return
    bound = np.uint64(int((name + "1").ljust(BITS, "0"), 2))
    middle = first + int(np.searchsorted(hashed[first:behind], bound))
    yield from _leaves(hashed, most, first, middle, name + "0")
    yield from _leaves(hashed, most, middle, behind, name + "1")
