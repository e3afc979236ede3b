"""How often models detect a class, month by month over the years, for each hour that was recorded."""

from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.columns import extent
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Detections over the years"
CATEGORY = "Places and times"
CLASSES = 6
"""Shown: those that are detected most."""
TRENDS = """
SELECT trends.*, coalesce(classes.name, trends.class_id) AS name
FROM trends LEFT JOIN classes USING (dataset, class_id)
WHERE site IS NULL ORDER BY detections DESC, class_id LIMIT $classes
"""
LEAST = "SELECT value::DOUBLE AS least FROM settings WHERE dataset = $dataset AND setting = 'over_years.least_score'"
MONTHS = """
SELECT
    class_id,
    date_trunc('month', day)::DATE AS month,
    sum(hours) AS hours,
    sum(detections)::DOUBLE AS detections
FROM catalogue.detections_by_day($least)
WHERE dataset = $dataset AND list_contains($class_ids, class_id)
GROUP BY ALL ORDER BY ALL
"""


def draw(ask: Asked) -> Drawn | Nothing:
    """A strip a class: of each month the rate and its interval; a month that nothing was recorded in is grey."""
    trends = ask(TRENDS, classes=CLASSES)
    if trends.is_empty():
        return Nothing("Nobody asked for change over the years, or models detect nothing at a site that is named.")
    told = ask(LEAST, dataset=ask.dataset)
    least = told["least"][0] if len(told) else 0.5
    months = ask(MONTHS, least=least, dataset=ask.dataset, class_ids=trends["class_id"].to_list())
    names = dict(zip(trends["class_id"], map(words.shown, trends["name"]), strict=True))
    return Drawn(_chart(_with_intervals(months), names), _sentence(trends, months))


def _with_intervals(months: pl.DataFrame) -> pl.DataFrame:
    """Detections an hour, and 95 % of a Poisson count by its square root (Anscombe 1948); null of no hour."""
    hours = pl.when(pl.col("hours") > 0).then("hours")
    root = (pl.col("detections") + 0.375).sqrt()
    return months.with_columns(
        rate=pl.col("detections") / hours,
        low=(root - 0.98).clip(0.375**0.5) ** 2 / hours - 0.375 / hours,
        high=((root + 0.98) ** 2 - 0.375) / hours,
    )


def _chart(months: pl.DataFrame, names: dict[str, str]) -> Any:
    until = pl.col("month").dt.offset_by("1mo").dt.to_string("%Y-%m-%d")
    rows = months.with_columns(
        until=until,
        month=pl.col("month").dt.to_string("%Y-%m-%d"),
        middle=pl.col("month").dt.offset_by("14d").dt.to_string("%Y-%m-%d"),
    )
    years: Any = {
        "title": None,
        "axis": alt.Axis(format="%b %Y"),
        "scale": alt.Scale(domain=list(extent(pl.concat([rows["month"], rows["until"]])))),
    }
    strips = []
    for class_id, name in names.items():
        of_class = rows.filter(pl.col("class_id") == class_id)
        known, missing = of_class.filter(pl.col("hours") > 0), of_class.filter(pl.col("hours") <= 0)
        at, rate = alt.X("middle:T", **years), alt.Y("rate:Q", title="an hour").scale(domainMin=0)
        grey = alt.Chart(missing).mark_rect(color=style.GREY).encode(x=alt.X("month:T", **years), x2="until:T")
        bars = alt.Chart(known).mark_rule(color=style.BLUE).encode(x=at, y=alt.Y("low:Q", title="an hour"), y2="high:Q")
        points = alt.Chart(known).mark_point(filled=True, color=style.BLUE, size=28).encode(x=at, y=rate)
        strips.append(alt.layer(grey, bars, points).properties(title=name, width=style.WIDTH - 90, height=90))
    return alt.vconcat(*strips, spacing=6)


def _sentence(trends: pl.DataFrame, months: pl.DataFrame) -> str:
    first = trends.row(0, named=True)
    of_one = months.filter(pl.col("class_id") == first["class_id"])
    missing = int((of_one["hours"] <= 0).sum())
    said = (
        f"In {words.counted(len(of_one), 'month')}, of which {missing:,} without any recording, models detect "
        f"{words.counted(len(trends), 'class', 'classes')} shown, {words.shown(first['name'])} most often "
        f"({first['detections']:,} clips in {first['hours']:,.0f} h)"
    )
    each = [f"{words.shown(row['name'])} {_change(row)}" for row in trends.iter_rows(named=True) if row["change"]]
    if not each:
        return f"{said}; no change from year to year can be told: {first['reason']}."
    return f"{said}. From year to year, for each hour recorded: {'; '.join(each)}."


def _change(row: dict[str, Any]) -> str:
    """The trend in words: `-12 % (-20 to -3)`."""
    change, low, high = (100 * (row[name] - 1) for name in ("change", "low", "high"))
    return f"{change:+.0f} % ({low:+.0f} to {high:+.0f})"
