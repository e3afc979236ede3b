"""How a number is spread: a histogram of all, and below it a strip for each split."""

import altair as alt
import polars as pl

from workflow_scripts.report.drawing.splits import ALL, few_splits

WIDTH, HEIGHT, STRIP = 620, 170, 20
"""Pixels of the histogram, and of a strip."""


def spread(counts: pl.DataFrame, step: float, title: str, of: str, domain: tuple[float, float]) -> alt.VConcatChart:
    """The histogram and, where there are several splits, the strips.

    Args:
        counts: columns `split`, `low` (where a bin begins) and `count`.
        step: how wide a bin is.
        title: of the number.
        of: what is counted.
        domain: of the number, as it is to be seen.
    """
    few = few_splits(counts, ["low"], "count", most=12).with_columns(high=pl.col("low") + step)
    splits = few["split"].unique(maintain_order=True).to_list()
    single = [one for one in splits if one != ALL]
    scale = alt.Scale(domain=list(domain), nice=False)
    axis = alt.Axis(grid=False)
    low = alt.X("low:Q", title=title, scale=scale, axis=axis)
    above = alt.X("low:Q", title=None, scale=scale, axis=alt.Axis(grid=False, labels=len(single) < 2))
    histogram = (
        alt.Chart(few.filter(pl.col("split") == splits[0]))
        .mark_bar(binSpacing=1)
        .encode(
            x=(above if len(single) > 1 else low).bin("binned"),
            x2="high:Q",
            y=alt.Y("count:Q", title=of, axis=alt.Axis(format=",.0f", tickCount=4, tickMinStep=1)),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )
    if len(single) < 2:
        return alt.vconcat(histogram)
    largest = few.group_by("split").agg(most=pl.col("count").max())
    shares = few.filter(pl.col("split") != ALL).join(largest, on="split", maintain_order="left")
    strips = (
        alt.Chart(shares.with_columns(depth=pl.col("count") / pl.col("most")))
        .mark_rect()
        .encode(
            x=low.bin("binned"),
            x2="high:Q",
            y=alt.Y("split:N", title=None, sort=None, scale=alt.Scale(domain=single)),
            color=alt.Color("depth:Q", title="of the split's highest", scale=alt.Scale(domain=[0, 1])).legend(
                format="%", orient="right", gradientLength=max(60, STRIP * len(single)), values=[0, 0.5, 1]
            ),
        )
        .properties(width=WIDTH, height=STRIP * len(single))
    )
    return alt.vconcat(histogram, strips, spacing=6)
