"""How counts went from run to run: a line for each kind."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import style

WIDTH, HEIGHT = 560, 190
LAST = 60
"""Runs that are shown, the last ones."""


def over_runs(counts: pl.DataFrame, title: str, colours: Mapping[str, str], height: int = HEIGHT) -> Any:
    """Lines over runs, a point each, with a shape for each kind; the last of each line has its number.

    Args:
        counts: columns `run`, `kind`, `count`.
        title: what is counted.
        colours: of each kind, in the order of the legend.
        height: pixels of the plot.
    """
    runs = counts["run"].unique().sort().to_list()
    kinds = list(colours)
    scale = alt.Scale(domain=kinds, range=list(colours.values()))
    shapes = alt.Scale(domain=kinds, range=list(style.SHAPES[: len(kinds)]))
    legend = alt.Legend() if len(kinds) > 1 else None
    base = alt.Chart(counts).encode(
        x=alt.X("run:O", title="run", axis=alt.Axis(labelAngle=0, labelOverlap=True), scale=alt.Scale(domain=runs)),
        y=alt.Y("count:Q", title=title, axis=alt.Axis(format=",.10~g", tickCount=5), scale=alt.Scale(zero=True)),
        color=alt.Color("kind:N", title=None, scale=scale, legend=legend),
    )
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        shape=alt.Shape("kind:N", title=None, scale=shapes, legend=legend)
    )
    return alt.layer(base.mark_line(strokeWidth=2), points).properties(width=WIDTH, height=height)
