"""What hangs together, directly or through others."""

import numpy as np
import numpy.typing as npt


def connected(first: npt.NDArray[np.integer], other: npt.NDArray[np.integer], count: int) -> npt.NDArray[np.int64]:
    """For each of so many things the first of all that it is tied to, itself or an earlier one.

    Args:
        first: (N,) of ties, one of the two things that each ties; things are called by numbers from 0.
        other: (N,) the other.
        count: how many things there are.

    >>> connected(np.array([0, 1]), np.array([2, 2]), 4).tolist()
    [0, 0, 0, 3]
    """
    above = np.arange(count)
    while len(first):
        ends = above[first], above[other]
        np.minimum.at(above, np.maximum(*ends), np.minimum(*ends))
        while not np.array_equal(above, higher := above[above]):
            above = higher
        is_apart = above[first] != above[other]
        first, other = first[is_apart], other[is_apart]
    return above
