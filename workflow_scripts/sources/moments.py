"""When something was recorded, as precisely as people say."""

import polars as pl

DAY = r"^(\d{4})-(\d\d)-(\d\d)$"
CLOCK = r"^([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d(?:\.\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$"
"""A time of the day, and how far it is from Greenwich's."""


def moment(day: pl.Expr, clock: pl.Expr) -> pl.Expr:
    """A day and a time of it as ISO 8601: as much of them as is said and can be.

    Args:
        day: `2010-07-14`, `2010-07-00` or `2010-00-00`.
        clock: `9:30`, `09:30:12+00:00`; what is no time of the day (`?`, `morning`) is not said.

    >>> days = pl.Series(["2010-07-14", "2010-07-00", "0000-00-00", "2010-02-30"])
    >>> pl.select(moment(pl.lit(days), pl.lit(pl.Series(["9:30", "?", "?", "?"])))).to_series().to_list()
    ['2010-07-14T09:30', '2010-07', None, None]
    """
    day, clock = day.str.strip_chars(), clock.str.strip_chars()
    year, month, of_month = (day.str.extract(DAY, group) for group in (1, 2, 3))
    is_day = day.str.to_date("%Y-%m-%d", strict=False).is_not_null() & day.str.contains(DAY)
    hour, minute, second, zone = (clock.str.extract(CLOCK, group).fill_null("") for group in (1, 2, 3, 4))
    time = pl.concat_str(pl.lit("T"), hour.str.zfill(2), pl.lit(":"), minute, second, zone)
    return (
        pl.when(year == "0000")
        .then(None)
        .when(is_day)
        .then(pl.concat_str(day, pl.when(clock.str.contains(CLOCK)).then(time).otherwise(pl.lit(""))))
        .when((month == "00") & (of_month == "00"))
        .then(year)
        .when((of_month == "00") & month.is_between(pl.lit("01"), pl.lit("12")))
        .then(pl.concat_str(year, pl.lit("-"), month))
        .alias("recorded_at")
    )


INSTANT = r"^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))?(?:\s*(Z|z|[+-]\d\d(?::?\d\d)?))?)?$"
"""A day, or a moment of it: minutes or seconds, fractions of these, and how far the clock is from Greenwich's."""


def instant(text: pl.Expr) -> pl.Expr:
    """The moment that ISO 8601 says, in UTC: without a zone it is said in UTC, a day is its beginning; null for others.

    >>> said = pl.Series(["2026-11-26T20:13:05Z", "2026-11-26 21:13+01:00", "2026-11-26", "26/11/2026", "2026-02-30"])
    >>> pl.select(instant(pl.lit(said)).dt.to_string("%d. %H:%M:%S")).to_series().to_list()
    ['26. 20:13:05', '26. 20:13:00', '26. 00:00:00', None, None]
    """
    day, minute, second, fraction, zone = (text.str.extract(INSTANT, group) for group in range(1, 6))
    clock = pl.concat_str(day, pl.lit("T"), minute.fill_null("00:00"), second.fill_null(":00"))
    moment = clock.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us", exact=True)
    parts = pl.duration(microseconds=fraction.fill_null("0").str.pad_end(6, "0").str.head(6).cast(pl.Int64))
    hours, minutes = (
        zone.str.extract(r"^[+-](\d\d)").cast(pl.Int64),
        zone.str.extract(r"^[+-]\d\d:?(\d\d)$").cast(pl.Int64),
    )
    shift = pl.duration(minutes=hours.fill_null(0) * 60 + minutes.fill_null(0))
    return pl.when(zone.str.starts_with("-")).then(moment + parts + shift).otherwise(moment + parts - shift)
