"""How high sound goes at each sample rate: what was brought up from a lower one ends far below half of it."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.heard import heard
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Bandwidth at each sample rate"
CATEGORY = "Sound"
MOST = 16
"""Rates that are shown: the most frequent."""
BINS = 80
"""Of half the highest rate."""
UPSAMPLED = (pl.col("sample_rate") > 16_000) & pl.col("bandwidth_hz").is_between(1, 0.3 * pl.col("sample_rate"))
"""As the view `findings` has it."""
ROW = 30


def draw(ask: Asked) -> Drawn | Nothing:
    """A row a rate: how many clips end at which frequency, half the rate, and below what the view calls upsampled."""
    found = heard(ask).drop_nulls("bandwidth_hz").with_columns(upsampled=pl.when(UPSAMPLED).then("clips").otherwise(0))
    if found.is_empty():
        return Nothing("Of no clip is it known up to which frequency its sound goes.")
    rates = found.group_by("sample_rate").agg(pl.col("clips", "upsampled").sum())
    rates = rates.sort(["clips", "sample_rate"], descending=[True, False])
    shown = rates.head(MOST)
    step = shown.select(pl.col("sample_rate").max()).item() / 2 / BINS
    binned = found.with_columns(bin=(pl.col("bandwidth_hz") / step).floor().clip(upper_bound=BINS - 1))
    counts = (
        binned.join(shown.select("sample_rate"), on="sample_rate")
        .group_by("sample_rate", "bin")
        .agg(pl.col("clips").sum())
    )
    return Drawn(_chart(counts.sort("sample_rate", "bin"), shown, step), _sentence(rates))


def _chart(counts: pl.DataFrame, rates: pl.DataFrame, step: float) -> ChartType:
    name = pl.col("sample_rate").map_elements(lambda rate: f"{rate:,} Hz", return_dtype=pl.String).alias("rate")
    rates = rates.with_columns(name, half=pl.col("sample_rate") / 2000).sort("sample_rate", descending=True)
    order = rates["rate"].to_list()
    cells = counts.with_columns(
        name,
        start=pl.col("bin") * step / 1000,
        end=pl.min_horizontal((pl.col("bin") + 1) * step, pl.col("sample_rate") / 2) / 1000,
    )
    y = alt.Y("rate:N", title="sample rate").scale(domain=order).axis(ticks=False)
    most = counts.select(pl.col("clips").max()).item()
    marks = [10**power for power in range(8) if 10**power <= most]
    band = (
        alt.Chart(rates)
        .mark_bar(height=ROW - 6, fillOpacity=0, stroke=style.RULE)
        .encode(y=y, x=alt.X("zero:Q"), x2="half:Q")
        .transform_calculate(zero="0")
    )
    cell = (
        alt.Chart(cells)
        .mark_bar(height=ROW - 6, binSpacing=0)
        .encode(
            y=y,
            x=alt.X("start:Q", title="highest frequency with energy, kHz").scale(nice=False, domainMin=0),
            x2="end:Q",
            color=alt.Color("clips:Q", title="clips")
            .scale(type="log", domain=[0.5, max(most, 10)], range=list(style.SEQUENCE[1:]))
            .legend(values=marks, format="~s", gradientLength=200),
        )
    )
    limit = (
        alt.Chart(rates.filter(pl.col("sample_rate") > 16_000).with_columns(limit=0.6 * pl.col("half")))
        .mark_tick(color=style.VERMILLION, thickness=2, size=ROW - 2)
        .encode(y=y, x="limit:Q")
    )
    text = (
        alt.Chart(rates)
        .mark_text(align="left", dx=6, fontSize=11, fill=style.INK)
        .encode(y=y, x="half:Q", text=alt.Text("said:N"))
        .transform_calculate(said=_CLIPS)
    )
    return alt.layer(band, cell, limit, text).properties(width=640, height=ROW * len(order))


_CLIPS = "format(datum.clips, ',') + (datum.upsampled ? ', ' + format(datum.upsampled, ',') + ' upsampled' : '')"


def _sentence(rates: pl.DataFrame) -> str:
    clips, upsampled = int(rates["clips"].sum()), int(rates["upsampled"].sum())
    verb = "ends" if upsampled == 1 else "end"
    told = f"{upsampled:,} of {words.counted(clips, 'clip')} ({words.share(upsampled, clips)}) {verb}"
    text = f"{told} below 0.3 of a rate above 16,000 Hz (the upright marks), like what was brought up from lower ones"
    worst = rates.filter(pl.col("upsampled") > 0).sort(["upsampled", "sample_rate"], descending=True)
    if len(worst):
        row = worst.row(0, named=True)
        text += f"; most are of {row['sample_rate']:,} Hz ({row['upsampled']:,} of {row['clips']:,})"
    if len(rates) > MOST:
        text += f"; of {len(rates)} rates the {MOST} most frequent are shown"
    return text + "."
