"""Distances on the Earth, taken for a sphere, as the macro `near` has them."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""


def points(latitude: Array, longitude: Array) -> Array:
    """Places (N,), degrees, as points (N, 3) on a sphere of radius 1; NaN where a place is not known."""
    north, east = np.radians(latitude), np.radians(longitude)
    across = np.cos(north)
    return np.stack([across * np.cos(east), across * np.sin(east), np.sin(north)], axis=1)


def km_between(one: Array, others: Array) -> Array:
    """Great circle distances (N,), km, from a point (3,), or points (N, 3), to others (N, 3); NaN where not known."""
    chords = np.sqrt(np.square(others - one).sum(axis=1))
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(chords / 2, 1)))
