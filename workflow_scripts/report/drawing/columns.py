"""Numbers of a column of an answer."""

from typing import Any

import polars as pl


def total(counts: pl.Series) -> int:
    """Their sum.

    >>> total(pl.Series([1, 2])), total(pl.Series([], dtype=pl.Int64))
    (3, 0)
    """
    return int(counts.sum())


def extent(values: pl.Series) -> tuple[Any, Any]:
    """The smallest and the largest of values that are not null; there must be one.

    >>> extent(pl.Series([3, None, 1]))
    (1, 3)
    """
    return values.min(), values.max()


def most(counts: pl.Series) -> int:
    """The largest count; 0 if there is none.

    >>> most(pl.Series([1, 5])), most(pl.Series([], dtype=pl.Int64))
    (5, 0)
    """
    return int(counts.max() or 0)  # type: ignore[arg-type]  # a count
