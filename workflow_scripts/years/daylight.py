"""How long after sunrise clips were recorded, by astral, from what their origins say of place and time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sources.moments import INSTANT, instant
from workflow_scripts.tables import schemas

HALF_A_DAY = timedelta(hours=12)
PLACES = 2
"""Decimals of degrees: a kilometre, within which the sun rises in the same seconds."""


def daylight(origins: pl.DataFrame, time_zone: str | None) -> pl.DataFrame:
    """The table `daylight`: a row for each clip of which place, day and hour are known.

    Args:
        origins: that table.
        time_zone: of moments that say none, as `Europe/Zurich`; None where nobody knows it, and these have no row.

    Raises:
        SoundledgerError: astral is not installed.
    """
    said = origins.select(
        "clip_id", pl.col("latitude", "longitude").round(PLACES), at=_moment(pl.col("recorded_at"), time_zone)
    ).drop_nulls()
    rises = [_nearest_rise(latitude, longitude, at) for latitude, longitude, at in said.drop("clip_id").iter_rows()]
    risen = pl.Series("sunrise", rises, pl.Datetime("us"))
    table = said.with_columns(
        sunrise_at=risen.dt.round("1s").dt.to_string("%Y-%m-%dT%H:%M:%SZ"),
        hours_from_sunrise=(pl.col("at") - risen).dt.total_seconds() / 3600,
    )
    return table.select(*schemas.DAYLIGHT.columns).sort("clip_id")


def _moment(said: pl.Expr, time_zone: str | None) -> pl.Expr:
    """When it was, UTC; null where a day alone is said, or nobody knows by which clock."""
    has_zone, has_clock = said.str.extract(INSTANT, 5).is_not_null(), said.str.extract(INSTANT, 2).is_not_null()
    by_clock = instant(said)
    if time_zone is not None:
        there = by_clock.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        elsewhere = there.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    else:
        elsewhere = pl.lit(None, pl.Datetime("us"))
    return pl.when(has_clock & has_zone).then(by_clock).when(has_clock).then(elsewhere)


def _nearest_rise(latitude: float, longitude: float, at: datetime) -> datetime | None:
    """The sunrise within half a day of a moment, both UTC; None where the sun does not rise or set."""
    rises = (_rise(latitude, longitude, at.date() + timedelta(days=days)) for days in (-1, 0, 1))
    near = [one for one in rises if one is not None and abs(one - at) <= HALF_A_DAY]
    return min(near, key=lambda one: (abs(one - at), one), default=None)


_KNOWN: dict[tuple[float, float, date], datetime | None] = {}


def _rise(latitude: float, longitude: float, day: date) -> datetime | None:
    """The sunrise of a day of Greenwich's, UTC."""
    key = (latitude, longitude, day)
    if key not in _KNOWN:
        astral, sun = _astral()
        try:
            rise = sun.sunrise(astral.Observer(latitude, longitude), date=day, tzinfo=UTC)
            _KNOWN[key] = rise.astimezone(UTC).replace(tzinfo=None)
        except ValueError:  # it stays above the horizon that day, or below
            _KNOWN[key] = None
    return _KNOWN[key]


def _astral() -> tuple[Any, Any]:
    try:
        import astral
        import astral.sun
    except ModuleNotFoundError as error:
        raise SoundledgerError(
            "the dataset file asks for change over the years (over_years), and sunrise is worked out by astral, which "
            f"is not installed here (no module {error.name}): `make windows` installs it"
        ) from None
    return astral, astral.sun
