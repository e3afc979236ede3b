"""Which images lie near a sound, found by cells of a grid, so that not each is held against each."""

import itertools
from typing import Any

import numpy as np

from workflow_scripts.derive.earth import EARTH_KM, km_between

Array = np.ndarray[Any, Any]

_NEIGHBOURS = np.array(list(itertools.product((-1, 0, 1), repeat=3)))


class Near:
    """Images of known places.

    Args:
        at: (M, 3), points of all images on a sphere of radius 1; NaN where the place is not known.
        images: (N,) those of them that count.
        within_km: how far is near.
    """

    def __init__(self, at: Array, images: Array, within_km: float) -> None:
        self._at, self._within_km = at, within_km
        self._cell = 2 * np.sin(min(within_km / EARTH_KM, np.pi) / 2)
        self._cells: dict[tuple[int, ...], list[int]] = {}
        for image in images[~np.isnan(at[images]).any(axis=1)].tolist():
            self._cells.setdefault(self._cell_of(at[image]), []).append(image)

    def to(self, point: Array) -> Array:
        """The images, ascending, no farther from a point (3,) than is near; none of a point that is not known."""
        if np.isnan(point).any():
            return np.empty(0, np.int64)
        cell = np.array(self._cell_of(point))
        found = [self._cells.get(tuple(one), ()) for one in (cell + _NEIGHBOURS).tolist()]
        images = np.array(sorted(itertools.chain.from_iterable(found)), np.int64)
        return images[km_between(point, self._at[images]) <= self._within_km] if len(images) else images

    def _cell_of(self, point: Array) -> tuple[int, ...]:
        return tuple(np.floor(point / self._cell).astype(np.int64).tolist())
