"""Bars beside names, each with its number: what most counts are seen best in."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.columns import most

ROW = 19
"""Pixels of a bar and the gap to the next."""
ROOM = 0.32
"""Of the width, for the numbers behind the longest bar."""


def bars(
    counts: pl.DataFrame, title: str, whole: float, colours: Mapping[str, str] | None = None, width: int = 420
) -> Any:
    """Bars of counts, from top to bottom in the order of the rows, with count and share behind each.

    Args:
        counts: columns `name`, no two alike, and `count`; with colours `kind` too.
        title: what is counted.
        whole: what the counts are shares of.
        colours: of each kind, in the order of the legend.
        width: pixels of the plot.
    """
    rows = counts.with_columns(
        said=pl.Series(
            [f"{count:,}  ({words.share(count, whole)})" for count in counts["count"].to_list()], dtype=pl.String
        )
    )
    longest = max(most(counts["count"]), 1)
    names = alt.Y("name:N", title=None, sort=None, scale=alt.Scale(domain=counts["name"].to_list()))
    axis = alt.Axis(values=ticks(longest), grid=False, format=",d")
    length = alt.X("count:Q", title=title, axis=axis, scale=alt.Scale(domain=[0, longest / (1 - ROOM)], nice=False))
    base = alt.Chart(rows).encode(y=names, x=length)
    bar = base.mark_bar(height={"band": 0.72})
    if colours:
        scale = alt.Scale(domain=list(colours), range=list(colours.values()))
        bar = bar.encode(color=alt.Color("kind:N", title=None, scale=scale))
    numbers = base.mark_text(align="left", dx=4, fontSize=11).encode(text="said:N")
    return alt.layer(bar, numbers).properties(width=width, height=ROW * max(len(rows), 1))


def ticks(longest: float) -> list[float]:
    """Round numbers from 0 to the most, for an axis that is longer than its bars.

    >>> ticks(7), ticks(2_084_320), ticks(1)
    ([0, 2, 4, 6], [0, 500000, 1000000, 1500000, 2000000], [0, 1])
    """
    step = next(
        step for power in range(16) for step in (10**power, 2 * 10**power, 5 * 10**power) if longest / step <= 5
    )
    return [step * number for number in range(int(longest // step) + 1)]


def most_common(counts: pl.DataFrame, number: int, rest: str, by: Sequence[str] = ("count",)) -> pl.DataFrame:
    """The first rows, and those behind them as one.

    Args:
        counts: columns `name`, texts from outside, and `count`, in the order in which they are to be seen.
        number: rows by themselves.
        rest: what the others are called, with `{}` for how many they are.
        by: columns that are sums.

    Returns:
        The same with names that a picture can show; other columns are null in the row of the rest.
    """
    named = counts.head(number).with_columns(
        name=pl.Series(words.labels(counts["name"].head(number).to_list()), dtype=pl.String)
    )
    others = counts[number:]
    if others.is_empty():
        return named
    row = {"name": [rest.format(f"{len(others):,}")]} | {column: [others[column].sum()] for column in by}
    return pl.concat([named, pl.DataFrame(row)], how="diagonal_relaxed")
