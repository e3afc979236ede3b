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
