"""All datasets side by side: clips, hours, how much is usable, at which rates."""

import math
from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.columns import most, total
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Datasets side by side"
CATEGORY = "Clips"
MOST = 60
ROW = 20
ROOM = 0.5
"""Of a scale, for the number beside the last point."""
RATES = {
    "≤ 16 kHz": style.SEQUENCE[0],
    "≤ 24 kHz": style.SEQUENCE[1],
    "≤ 32 kHz": style.SEQUENCE[2],
    "≤ 48 kHz": style.SEQUENCE[3],
    "> 48 kHz": style.SEQUENCE[4],
}
USES = {"usable": style.SKY, "trainable": style.BLUE}
COUNTS = """
SELECT
    dataset AS name,
    count(*) AS clips,
    count(*) FILTER (usable) AS usable,
    count(*) FILTER (trainable) AS trainable,
    coalesce(sum(duration_s) FILTER (usable), 0) / 3600 AS hours,
    count(*) FILTER (usable AND sample_rate <= 16000) AS "≤ 16 kHz",
    count(*) FILTER (usable AND sample_rate > 16000 AND sample_rate <= 24000) AS "≤ 24 kHz",
    count(*) FILTER (usable AND sample_rate > 24000 AND sample_rate <= 32000) AS "≤ 32 kHz",
    count(*) FILTER (usable AND sample_rate > 32000 AND sample_rate <= 48000) AS "≤ 48 kHz",
    count(*) FILTER (usable AND sample_rate > 48000) AS "> 48 kHz"
FROM clips
GROUP BY dataset
ORDER BY clips DESC, dataset
"""
WITHOUT = "SELECT dataset FROM registry WHERE in_run AND dataset NOT IN (SELECT dataset FROM clips) ORDER BY dataset"
"""Those that promise none, and have no row."""


def draw(ask: Asked) -> Drawn | Nothing:
    """A row a dataset, the most clips first; smaller ones than can be seen are put together."""
    counts = ask(COUNTS)
    if counts.is_empty():
        return Nothing("No dataset has clips.")
    shown = _few(counts)
    order = shown["name"].to_list()
    parts = [_logarithmic(shown, "clips", order, names=True), _uses(shown, order), _logarithmic(shown, "hours", order)]
    parts.append(_rates(shown, order))
    sentence = _sentence(counts, ask(WITHOUT)["dataset"].to_list())
    return Drawn(alt.hconcat(*parts, spacing=14).resolve_scale(color="independent"), sentence)


def _few(counts: pl.DataFrame) -> pl.DataFrame:
    """The largest, and all others as one; names that a picture can show."""
    names = words.labels(counts["name"].to_list())
    others = len(names) - MOST
    if others > 1:
        names[MOST:] = [f"{others:,} smaller ones"] * others
    return counts.with_columns(name=pl.Series(names)).group_by("name", maintain_order=True).agg(pl.all().sum())


def _rows(order: list[str], names: bool = False) -> alt.Y:
    return alt.Y("name:N", sort=None, title=None, scale=alt.Scale(domain=order), axis=alt.Axis() if names else None)


def _logarithmic(shown: pl.DataFrame, what: str, order: list[str], names: bool = False) -> Any:
    """Points on a log scale, since the largest may be thousands of times the smallest, each with its number."""
    counts = shown[what].to_list()
    some = [count for count in counts if count] or [1]
    low, high = math.floor(math.log10(min(some))), math.ceil(math.log10(max(some)))
    high = max(high, low + 1)
    ticks = [10.0**power for power in range(low, high + 1)]
    axis = alt.Axis(values=ticks[:: 1 + len(ticks) // 4], format=",.10~g", grid=False)
    scale = alt.Scale(type="log", domain=[10.0**low, 10.0 ** (high + ROOM * (high - low))], nice=False)
    rows = shown.select(
        "name",
        count=pl.col(what).clip(lower_bound=10.0**low),
        size=pl.when(pl.col(what) > 0).then(70).otherwise(0),
        said=pl.Series([words.number(count) for count in counts], dtype=pl.String),
    )
    title = "clips promised" if what == "clips" else "usable hours"
    base = alt.Chart(rows).encode(y=_rows(order, names), x=alt.X("count:Q", title=title, axis=axis, scale=scale))
    points = base.mark_circle(opacity=1, color=style.BLUE).encode(size=alt.Size("size:Q", scale=None))
    numbers = base.mark_text(align="left", dx=7, fontSize=11).encode(text="said:N")
    return alt.layer(points, numbers).properties(width=200, height=ROW * len(order))


def _uses(shown: pl.DataFrame, order: list[str]) -> Any:
    shares = shown.unpivot(list(USES), index=["name", "clips"], variable_name="kind", value_name="count")
    scale = alt.Scale(domain=list(USES), range=list(USES.values()))
    return (
        alt.Chart(shares.with_columns(share=pl.col("count") / pl.col("clips")))
        .mark_bar()
        .encode(
            y=_rows(order),
            x=alt.X("share:Q", title="share of its clips", stack=None, scale=alt.Scale(domain=[0, 1])).axis(
                format="%", tickCount=3
            ),
            color=alt.Color("kind:N", title=None, scale=scale),
            size=alt.condition(alt.datum.kind == "usable", alt.value(14), alt.value(6)),
        )
        .properties(width=130, height=ROW * len(order))
    )


def _rates(shown: pl.DataFrame, order: list[str]) -> Any:
    rates = shown.unpivot(list(RATES), index=["name", "usable"], variable_name="rate", value_name="count")
    rates = rates.filter(pl.col("count") > 0).with_columns(
        share=pl.col("count") / pl.col("usable"),
        place=pl.col("rate").replace_strict({rate: place for place, rate in enumerate(RATES)}, return_dtype=pl.Int64),
    )
    there = [rate for rate in RATES if rate in rates["rate"]]
    scale = alt.Scale(domain=there, range=[RATES[rate] for rate in there])
    return (
        alt.Chart(rates)
        .mark_bar(height={"band": 0.72}, stroke=style.RULE, strokeWidth=0.5)
        .encode(
            y=_rows(order),
            x=alt.X("share:Q", title="share of usable clips by sample rate", scale=alt.Scale(domain=[0, 1])).axis(
                format="%", tickCount=3
            ),
            color=alt.Color("rate:N", title=None, scale=scale, sort=there).legend(columns=3),
            order="place:Q",
        )
        .properties(width=170, height=ROW * len(order))
    )


def _sentence(counts: pl.DataFrame, without: list[str]) -> str:
    clips, usable, trainable = (total(counts[column]) for column in ("clips", "usable", "trainable"))
    largest, hours = words.quoted(counts["name"][0]), float(counts["hours"].sum())
    said = (
        f"{words.counted(len(counts), 'dataset promises', 'datasets promise')} {words.counted(clips, 'clip')}, "
        f"{usable:,} of them ({words.share(usable, clips)}) usable with {words.number(hours)} hours of sound and "
        f"{trainable:,} trainable"
    )
    if len(counts) > 1:
        said += f"; {words.share(most(counts['clips']), clips)} of all clips are of {largest}"
    if without:
        some = [words.quoted(name) for name in without[:3]]
        more = [f"{len(without) - 3:,} more"] if without[3:] else []
        promise = "promises" if len(without) == 1 else "promise"
        said += f"; {words.listed(some + more)} {promise} none, and {words.are(len(without))} not shown"
    return f"{said}."
