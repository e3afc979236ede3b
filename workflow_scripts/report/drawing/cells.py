"""Counts in a table whose cells are the darker the more there is."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import style

ROW, COLUMN = 22, 86
"""Pixels of a cell."""


def cells(
    counts: pl.DataFrame,
    rows: Sequence[str],
    columns: Sequence[str],
    column: int = COLUMN,
    titles: tuple[str, str] | None = None,
) -> Any:
    """A table of counts.

    Args:
        counts: columns `row`, `column`, `count`, and `said`, what stands in the cell. What has no row here stays white.
        rows: from top to bottom.
        columns: from left to right.
        column: pixels of a column.
        titles: of rows and columns.
    """
    depth = (pl.col("count") + 1).log(10)
    deep = counts.with_columns(depth=depth, is_dark=depth > 0.5 * depth.max())
    across, down = titles or (None, None)
    base = alt.Chart(deep).encode(
        x=alt.X("column:N", title=down, sort=None, scale=alt.Scale(domain=list(columns))).axis(
            orient="top", labelAngle=0 if column > 150 else -35
        ),
        y=alt.Y("row:N", title=across, sort=None, scale=alt.Scale(domain=list(rows))),
    )
    fill = alt.Color("depth:Q", legend=None).scale(domainMin=0)
    ink = alt.condition(alt.datum.is_dark, alt.value(style.ON_DARK), alt.value(style.ON_LIGHT))
    numbers = base.mark_text(fontSize=11).encode(text="said:N", color=ink)
    chart = alt.layer(
        base.transform_filter("datum.count > 0").mark_rect(stroke=style.PAPER).encode(color=fill), numbers
    )
    return chart.properties(width=alt.Step(column), height=ROW * len(rows))
