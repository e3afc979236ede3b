"""Three years of soundscapes that nobody recorded, whose trend is known."""

from datetime import date, timedelta

import numpy as np
import polars as pl

FIRST = date(2021, 1, 1)


def made(seed: int, change: float, years: float = 3, sites: int = 2, weekly: float = 0.3) -> pl.DataFrame:
    """site, day, hours and detections: a season, lively and quiet weeks, days without any recording, more effort each
    year, and a rate that changes by a factor from one year to the next."""
    random = np.random.default_rng(seed)
    weeks = np.exp(weekly * random.standard_normal(400))
    parts = []
    for site in range(sites):
        days = np.arange(int(365.25 * years))
        days = days[random.random(len(days)) >= 0.2]
        if site:
            days = days[(days < 300) | (days > 360)]  # the recorder was away
        hours = (1 + days / 365) * random.uniform(0.5, 2, len(days))
        season = np.exp(0.8 * np.cos(2 * np.pi * (days - 140) / 365.25))
        rate = 2 * (1 + site) * season * change ** (days / 365.25) * weeks[days // 7]
        counts = random.poisson(rate * hours * random.gamma(4, 0.25, len(days)))
        at = [FIRST + timedelta(int(day)) for day in days]
        parts.append(pl.DataFrame({"site": f"site {site}", "day": at, "hours": hours, "detections": counts}))
    return pl.concat(parts)
