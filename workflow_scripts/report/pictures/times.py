"""At which hour of the day and in which month clips were recorded."""

from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.columns import extent, most, total
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "When it was recorded"
CATEGORY = "Places and times"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HOURS = 24
CELL = 22
"""Pixels of an hour of a month."""
COUNTS = r"""
SELECT
    TRY_CAST(nullif(regexp_extract(recorded_at, '^\d{4}-(0[1-9]|1[0-2])\b', 1), '') AS INTEGER) AS month,
    TRY_CAST(nullif(regexp_extract(recorded_at, '^\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):', 1), '') AS INTEGER) AS hour,
    regexp_matches(recorded_at, ':\d\d(\.\d+)?Z$') AS is_utc,
    regexp_matches(recorded_at, '[T ]00:00(:00(\.0+)?)?(Z|[+-].*)?$') AS is_midnight,
    min(regexp_extract(recorded_at, '^\d{4}')) FILTER (regexp_matches(recorded_at, '^\d{4}')) AS first_year,
    max(regexp_extract(recorded_at, '^\d{4}')) AS last_year,
    count(*) AS count
FROM origins
WHERE recorded_at IS NOT NULL
GROUP BY ALL
ORDER BY ALL
"""
"""The hour as it is written; a day without a time has none."""


def draw(ask: Asked) -> Drawn | Nothing:
    """Hours by months, with the months that are known of more clips on the right, and all hours above."""
    counts = ask(COUNTS)
    if not counts["month"].count():
        return Nothing("No clip says in which month it was recorded.")
    months = _all("month", range(1, 13), counts)
    chart: Any = _bars_of_months(months)
    if counts["hour"].count():
        both = counts.filter(pl.col("hour").is_not_null(), pl.col("month").is_not_null())
        both = both.group_by("month", "hour").agg(pl.col("count").sum()).sort("month", "hour")
        above = _bars_of_hours(_all("hour", range(HOURS), counts))
        chart = alt.vconcat(above, alt.hconcat(_hours_of_months(both), chart, spacing=8), spacing=6)
    return Drawn(chart, _sentence(counts, ask("SELECT count(*) AS clips FROM clips").item()))


def _all(what: str, numbers: range, counts: pl.DataFrame) -> pl.DataFrame:
    """A row for each month or hour, those of no clip too."""
    every = pl.DataFrame({what: numbers}, schema_overrides={what: counts[what].dtype})
    found = counts.group_by(what).agg(pl.col("count").sum())
    return every.join(found, on=what, how="left", maintain_order="left").with_columns(pl.col("count").fill_null(0))


def _named(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.with_columns(name=pl.col("month").replace_strict(dict(enumerate(MONTHS, 1)), return_dtype=pl.String))


def _month(axis: bool) -> alt.Y:
    shown = alt.Axis(title=None) if axis else None
    return alt.Y("name:O", sort=None, axis=shown, scale=alt.Scale(domain=list(MONTHS)))


def _hour(axis: bool) -> alt.X:
    shown = alt.Axis(title="hour of the day, as it is written", labelAngle=0) if axis else None
    return alt.X("hour:O", axis=shown, scale=alt.Scale(domain=list(range(HOURS))))


def _hours_of_months(both: pl.DataFrame) -> alt.Chart:
    legend = alt.Legend(orient="bottom", title="clips", format=",.0f", tickCount=4)
    return (
        alt.Chart(_named(both))
        .mark_rect()
        .encode(x=_hour(axis=True), y=_month(axis=True), color=alt.Color("count:Q", legend=legend).scale(domainMin=0))
        .properties(width=CELL * HOURS, height=CELL * 12)
    )


def _bars_of_hours(hours: pl.DataFrame) -> alt.Chart:
    count = alt.Y("count:Q", title="clips", axis=alt.Axis(format=",.0f", tickCount=3, tickMinStep=1))
    return alt.Chart(hours).mark_bar().encode(x=_hour(axis=False), y=count).properties(width=CELL * HOURS, height=70)


def _bars_of_months(months: pl.DataFrame) -> Any:
    longest = max(most(months["count"]), 1)
    length = alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, 1.5 * longest]))
    base = alt.Chart(_named(months)).encode(x=length, y=_month(axis=True))
    numbers = base.mark_text(align="left", dx=4, fontSize=11).encode(text=alt.Text("count:Q", format=","))
    return alt.layer(base.mark_bar(), numbers).properties(title="clips of each month", width=150, height=CELL * 12)


def _sentence(counts: pl.DataFrame, clips: int) -> str:
    def sum_of(rows: pl.Expr) -> int:
        return total(counts.filter(rows)["count"])

    month, hour = sum_of(pl.col("month").is_not_null()), sum_of(pl.col("hour").is_not_null())
    fullest = MONTHS[_fullest(counts, "month") - 1]
    first, last = extent(pl.concat([counts["first_year"], counts["last_year"]]))
    years = f"from {first} to {last}" if first != last else f"in {first}"
    said = (
        f"Of {words.counted(clips, 'clip')} {month:,} ({words.share(month, clips)}) say in which month they were "
        f"recorded, {years}, most in {fullest}; {hour:,} ({words.share(hour, clips)}) say the hour"
    )
    if hour:
        said += f", most at {_fullest(counts, 'hour')} o'clock"
    if utc := sum_of(pl.col("is_utc") & pl.col("hour").is_not_null()):
        said += f", {utc:,} of them in Greenwich's time"
    if (midnight := sum_of(pl.col("is_midnight"))) > max(hour / 10, 1):
        said += f"; {midnight:,} of them say 00:00, which may stand for no time"
    return f"{said}."


def _fullest(counts: pl.DataFrame, what: str) -> int:
    """The month or hour of the most clips."""
    sums = counts.filter(pl.col(what).is_not_null()).group_by(what).agg(pl.col("count").sum())
    return int(sums.sort(["count", what], descending=[True, False])[what][0])
