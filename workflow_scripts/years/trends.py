"""How what is detected changes over the years, with its uncertainty.

A generalised linear model of the counts of each site and day (Poisson, logarithmic link; McCullagh and Nelder 1989)
with the hours recorded as offset, the year, two harmonics of the season, and the site. Counts of days that follow each
other are alike, and vary more than Poisson's: the variance is that of the jackknife over fortnights, by one step from
the fit (CR3; Bell and McCaffrey, Survey Methodology 28, 2002), where the plain sandwich is too narrow. The interval is
Student's, with as many degrees of freedom as there are fortnights but one.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.tables import schemas

Array = np.ndarray[Any, Any]

DAYS_A_YEAR = 365.25
LEAST_YEARS = 2.0
"""What is recorded over less cannot tell a trend from a season."""
LEAST_DETECTIONS = 20
DAYS_A_BLOCK = 14
LEAST_BLOCKS = 12
HARMONICS = (1, 2)
DECIMALS = 6
"""The same on any machine."""


class Trend(NamedTuple):
    """The change in a year, as a factor, and the ends of its interval of 95 %."""

    change: float
    low: float
    high: float


def trends(effort: pl.DataFrame, detections: pl.DataFrame) -> pl.DataFrame:
    """The table `trends`: of each class at all sites together, and at each where there are several.

    Args:
        effort: site, day (Date) and hours recorded; a row for each day that anything was.
        detections: site, day, class_id and detections (a count), more than 0.

    Raises:
        SoundledgerError: statsmodels is not installed.
    """
    rows = []
    sites = effort["site"].unique().sort()
    for (class_id,), counts in sorted(detections.partition_by("class_id", as_dict=True).items()):
        for site in [None, *(sites if len(sites) > 1 else [])]:
            there = effort if site is None else effort.filter(pl.col("site") == site)
            days = there.join(counts.drop("class_id"), on=["site", "day"], how="left", maintain_order="left")
            rows.append(
                {"class_id": class_id, "site": site} | _told(days.with_columns(pl.col("detections").fill_null(0)))
            )
    types = {name: column.dtype for name, column in schemas.TRENDS.columns.items()}
    return pl.DataFrame(rows, types, orient="row").sort("class_id", "site", nulls_last=False)


def _told(days: pl.DataFrame) -> dict[str, Any]:
    """All of a row of `trends` but class and site."""
    told: dict[str, Any] = {
        "first_day": str(days["day"].min()),
        "last_day": str(days["day"].max()),
        "days": days["day"].n_unique(),
        "hours": float(days["hours"].sum()),
        "detections": int(days["detections"].sum()),
    }
    found = trend(days)
    return told | ({"reason": found} if isinstance(found, str) else found._asdict())


def trend(days: pl.DataFrame) -> Trend | str:
    """The change in a year of the counts of days, or why none is told.

    Args:
        days: site, day (Date), hours, more than 0, and detections.
    """
    at = days["day"].cast(pl.Int32).to_numpy().astype(np.float64) / DAYS_A_YEAR
    blocks = np.unique(days["day"].cast(pl.Int32).to_numpy() // DAYS_A_BLOCK, return_inverse=True)[1]
    counts = days["detections"].to_numpy().astype(np.float64)
    if np.ptp(at) < LEAST_YEARS:
        return f"recorded over less than {LEAST_YEARS:g} years"
    if counts.sum() < LEAST_DETECTIONS:
        return f"fewer than {LEAST_DETECTIONS} detections"
    if blocks.max() + 1 < LEAST_BLOCKS:
        return f"recorded in fewer than {LEAST_BLOCKS} fortnights"
    columns = np.column_stack([np.ones(len(at)), at - at.mean(), *_seasons(at), *_sites(days["site"])])
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        return "what was recorded does not tell the year from the season or the site"
    return _fitted(counts, columns, np.log(days["hours"].to_numpy()), blocks)


def _seasons(at: Array) -> Iterator[Array]:
    for harmonic in HARMONICS:
        yield from (np.sin(2 * np.pi * harmonic * at), np.cos(2 * np.pi * harmonic * at))


def _sites(sites: pl.Series) -> Iterator[Array]:
    """Of each but the first whether a row is of it."""
    yield from ((sites == site).to_numpy().astype(np.float64) for site in sites.unique().sort()[1:])


def _fitted(counts: Array, columns: Array, offset: Array, blocks: Array) -> Trend | str:
    models, student = _statsmodels()
    try:
        with np.errstate(all="ignore"):
            model = models.GLM(counts, columns, family=models.families.Poisson(), offset=offset)
            fit = model.fit()
            error = float(np.sqrt(_variance(counts, np.asarray(fit.fittedvalues), columns, blocks)[1, 1]))
    except (ValueError, np.linalg.LinAlgError):
        return "the model does not converge"
    slope = float(fit.params[1])
    if not fit.converged or not np.isfinite([slope, error]).all() or not 0 < error < 10:
        return "the model does not converge"
    reach = float(student.ppf(0.975, blocks.max())) * error
    return Trend(*(round(float(np.exp(value)), DECIMALS) for value in (slope, slope - reach, slope + reach)))


def _variance(counts: Array, expected: Array, columns: Array, blocks: Array) -> Array:
    """Of the coefficients: how they vary when one block after the other is left out."""
    information = (columns.T * expected) @ columns
    scores = columns * (counts - expected)[:, np.newaxis]
    steps = np.zeros((blocks.max() + 1, columns.shape[1]))
    for block in range(len(steps)):
        is_of = blocks == block
        without = information - (columns[is_of].T * expected[is_of]) @ columns[is_of]
        steps[block] = np.linalg.solve(without, scores[is_of].sum(0))
    return steps.T @ steps * (len(steps) - 1) / len(steps)


def _statsmodels() -> tuple[Any, Any]:
    try:
        import statsmodels.api as models
        from scipy.stats import t as student
    except ModuleNotFoundError as error:
        raise SoundledgerError(
            "the dataset file asks for change over the years (over_years), and trends are worked out by statsmodels, "
            f"which is not installed here (no module {error.name}): `make windows` installs it"
        ) from None
    return models, student
