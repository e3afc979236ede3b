"""Sample rates, channels and encodings of the sound that serves clips."""

import math

import altair as alt
import polars as pl
from altair.typing import ChartType

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.heard import heard
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Sample rates, channels, encodings"
CATEGORY = "Sound"
MOST = 24
"""Rates, and encodings, that are shown by themselves: the most frequent."""
LAYOUTS = ("mono", "dual_mono", "one_sided", "stereo", "multichannel", "no samples")
ROW, COLUMN = 22, 84


def draw(ask: Asked) -> Drawn | Nothing:
    """Two tables whose cells are the darker the more clips they count: rates by layout, and encodings."""
    kinds = ["sample_rate", "channel_layout", "format", "subtype"]
    named = heard(ask).with_columns(pl.col("channel_layout").fill_null("no samples"))
    counts = named.group_by(kinds).agg(pl.col("clips").sum()).sort(kinds)
    if counts.is_empty():
        return Nothing("No clip has sound that decodes.")
    rates = _few(counts.with_columns(rate=pl.col("sample_rate")), "rate", "channel_layout")
    encodings = counts.with_columns(encoding=pl.concat_str("format", "subtype", separator=", ", ignore_nulls=True))
    most = max(_most(rates), _most(encodings.group_by("encoding").agg(pl.col("clips").sum())))
    chart = alt.hconcat(_rates(rates, most), _encodings(_few(encodings, "encoding"), most), spacing=30)
    return Drawn(chart, _sentence(counts))


def _few(counts: pl.DataFrame, by: str, *more: str) -> pl.DataFrame:
    """Clips by what is most frequent, all else in one row; in their order, rates downwards."""
    sizes = counts.group_by(by).agg(pl.col("clips").sum()).sort(["clips", by], descending=[True, False])
    few = sizes[by].head(MOST)
    named = counts.with_columns(
        is_other=~pl.col(by).is_in(few.to_list()), label=pl.col(by).map_elements(_label, return_dtype=pl.String)
    ).with_columns(label=pl.when("is_other").then(pl.lit("others")).otherwise("label"))
    order = "rank" if by == "encoding" else by
    ranks = sizes.with_row_index("rank").select(by, rank=-pl.col("rank").cast(pl.Int64))
    return (
        named.join(ranks, on=by)
        .group_by("label", "is_other", *more)
        .agg(pl.col("clips").sum(), place=pl.col(order).max())
        .sort("is_other", "place", *more, descending=[False, True, *[False for _ in more]])
    )


def _label(value: object) -> str:
    return f"{value:,} Hz" if isinstance(value, int) else words.shown(str(value), 30)


def _most(counts: pl.DataFrame) -> int:
    return int(counts.select(pl.col("clips").max()).item())


def _rates(rates: pl.DataFrame, most: int) -> ChartType:
    there = set(rates["channel_layout"])
    layouts = [layout for layout in LAYOUTS if layout in there]
    x = alt.X("channel_layout:N", title=None).scale(domain=layouts).axis(orient="top", labelAngle=0)
    order = rates["label"].unique(maintain_order=True).to_list()
    return _table(rates, order, x, most).properties(width=COLUMN * len(layouts), height=ROW * len(order))


def _encodings(encodings: pl.DataFrame, most: int) -> ChartType:
    order = encodings["label"].to_list()
    x = alt.X("column:N", title=None).axis(orient="top", labelAngle=0)
    table = _table(encodings.with_columns(column=pl.lit("clips")), order, x, most)
    return table.properties(width=COLUMN, height=ROW * len(order))


def _table(counts: pl.DataFrame, order: list[str], x: alt.X, most: int) -> ChartType:
    counts = counts.with_columns(magnitude=(pl.col("clips") + 1).log(10), text=pl.col("clips"))
    darkest = math.log10(most + 1)
    y = alt.Y("label:N", title=None).scale(domain=order).axis(ticks=False, labelLimit=240)
    base = alt.Chart(counts).encode(x=x, y=y)
    cells = base.mark_rect(stroke=style.PAPER).encode(
        color=alt.Color("magnitude:Q", legend=None).scale(domain=[0, darkest])
    )
    numbers = base.mark_text(fontSize=11).encode(
        text=alt.Text("clips:Q", format=","),
        color=alt.condition(
            alt.datum.magnitude > style.DARK_FROM * darkest, alt.value(style.ON_DARK), alt.value(style.ON_LIGHT)
        ),
    )
    return alt.layer(cells, numbers)


def _sentence(counts: pl.DataFrame) -> str:
    clips = int(counts["clips"].sum())
    rates = (
        counts.group_by("sample_rate")
        .agg(pl.col("clips").sum())
        .sort(["clips", "sample_rate"], descending=[True, False])
    )
    layouts = {layout: int(part["clips"].sum()) for (layout,), part in counts.group_by("channel_layout")}
    rate, at_rate = rates.row(0)
    said = [
        f"{words.share(layouts[layout], clips)} {layout.replace('_', ' ')}" for layout in LAYOUTS if layout in layouts
    ]
    of_rates = f"of {rate:,} Hz"
    if len(rates) > 1:
        of_rates = f"of {len(rates)} sample rates, most often {rate:,} Hz ({words.share(at_rate, clips)})"
    return f"The sound of {words.counted(clips, 'clip')} is {of_rates}; {words.listed(said)}."
