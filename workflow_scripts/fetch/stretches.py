"""Which stretches of a file are there."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator


class Stretches:
    """Stretches of a file, in order, none touching another.

    >>> there = Stretches([(0, 10), (20, 30)])
    >>> there.add(10, 15)
    >>> list(there), there.bytes, list(there.missing(40, 4))
    ([(0, 15), (20, 30)], 25, [(15, 19), (19, 20), (30, 34), (34, 38), (38, 40)])
    """

    def __init__(self, stretches: Iterable[tuple[int, int]] = ()) -> None:
        self._all: list[tuple[int, int]] = []
        for start, end in stretches:
            self.add(start, end)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._all)

    @property
    def bytes(self) -> int:
        """How many are there."""
        return sum(end - start for start, end in self._all)

    def add(self, start: int, end: int) -> None:
        """These are there too, up to `end`, which is not."""
        if start >= end:
            return
        first = bisect_left(self._all, start, key=lambda one: one[1])
        last = first
        while last < len(self._all) and self._all[last][0] <= end:
            start, end = min(start, self._all[last][0]), max(end, self._all[last][1])
            last += 1
        self._all[first:last] = [(start, end)]

    def missing(self, of: int, most: int) -> Iterator[tuple[int, int]]:
        """What is missing of so many bytes, in order, in pieces of at most so many."""
        at = 0
        for start, end in [*self._all, (of, of)]:
            while at < min(start, of):
                yield at, min(at + most, start, of)
                at = min(at + most, start, of)
            at = max(at, end)
