"""How far apart sounds and images were recorded, in place and in season."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.derive.earth import EARTH_KM, points

Array = np.ndarray[Any, Any]

FARTHEST_KM = np.pi * EARTH_KM
YEAR_DAYS = 365
FARTHEST_DAYS = YEAR_DAYS / 2
KM_A_DAY = 10 / 3
"""A day of the year counts as much as so many kilometres: 30 days as 100 km."""


@dataclass(frozen=True)
class Recorded:
    """Where and when some clips were recorded, one value each.

    Attributes:
        at: (N, 3) float64, points on a sphere of radius 1; NaN where the place is not known.
        day: (N,) float64, of the year, from 1, as in one without a leap day; NaN where that is not known.
    """

    at: Array
    day: Array

    @classmethod
    def of(cls, clips: pl.DataFrame) -> "Recorded":
        """By `latitude` and `longitude`, degrees, and `recorded_at`, ISO 8601; what names no day has none."""
        at = points(*(clips[name].cast(pl.Float64).to_numpy() for name in ("latitude", "longitude")))
        date = clips["recorded_at"].str.head(10).str.to_date("%Y-%m-%d", strict=False)
        is_later = date.dt.is_leap_year() & (date.dt.month() > 2)
        return cls(at, (date.dt.ordinal_day() - is_later.cast(pl.Int16)).cast(pl.Float64).to_numpy())


def days_between(one: float | Array, others: Array) -> Array:
    """Days of the year between a day, or days (N,), and others (N,), the shorter way round; NaN where not known."""
    apart = np.abs(others - one)
    return np.minimum(apart, YEAR_DAYS - apart)


def apart(km: Array, days: Array) -> Array:
    """Both as one number, km: what is not known counts as the farthest there is."""
    place = np.where(np.isnan(km), FARTHEST_KM, km)
    return np.asarray(place + KM_A_DAY * np.where(np.isnan(days), FARTHEST_DAYS, days))
