"""How many clips each class is said of: by annotators, in each split, and with what follows from classes below it."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.class_counts import class_counts
from workflow_scripts.report.drawing.class_sets import are_of_whole_clips, class_sets
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.splits import ALL, few_splits

TITLE = "Class balance"
CATEGORY = "Labels"
MOST = 702
"""Classes that are shown; of more than these the most and the least frequent."""
SPLITS = 4
"""Shown by themselves; the smaller ones together."""
COLUMNS = {60: 1, 120: 2, MOST: 3}
"""By the number of classes at most; each row has its name."""
ROWS = {1: 18, 2: 14, 3: 11}
"""Pixels of a row, by columns."""
LEAST = 0.7
"""Where bars begin, so that one clip can be seen."""
FOLLOWS, SAID = "with classes below", "annotated"
FAINT = "#E0E0E0"


def draw(ask: Asked) -> Drawn | Nothing:
    """A row a class, the most frequent first, clips on a scale of magnitudes."""
    classes = class_counts(ask).filter((pl.col("with_ancestors") > 0) | pl.col("class_index").is_not_null())
    heard = classes.filter(pl.col("with_ancestors") > 0)
    if heard.is_empty():
        return Nothing("No class is said of any clip.")
    in_splits = _in_splits(ask)
    shown = heard if len(heard) <= MOST else pl.concat([heard.head(MOST // 2), heard.tail(MOST // 2)])
    of = ("", "whole clip") if are_of_whole_clips(ask) else ("parts of ", "clip")
    return Drawn(_chart(shown, in_splits), _sentence(classes, of, in_splits, len(heard) - len(shown)))


def _in_splits(ask: Asked) -> pl.DataFrame:
    """Clips that annotators said each class of, in each split that has any."""
    return ask(
        f"""
        SELECT split, class_id, sum(clips)::BIGINT AS clips
        FROM (SELECT split, clips, unnest(list_distinct(class_ids)) AS class_id FROM ({class_sets(ask)}))
        GROUP BY ALL ORDER BY ALL
        """  # noqa: S608  likewise
    )


def _chart(classes: pl.DataFrame, in_splits: pl.DataFrame) -> ChartType:
    columns = next(columns for most, columns in COLUMNS.items() if len(classes) <= most)
    longest = {1: style.LONGEST, 2: 30, 3: 24}[columns]
    named = classes.with_columns(label=pl.Series(words.labels(classes["name"], longest)))
    points = few_splits(in_splits, ["class_id"], "clips", SPLITS).filter(pl.col("split") != ALL)
    splits = points["split"].unique(maintain_order=True).to_list()
    points = points.join(named.select("class_id", "label"), on="class_id")
    most = classes.select(pl.col("with_ancestors").max()).item()
    rows = -(-len(named) // columns)
    parts = [
        _column(named[first : first + rows], points, splits, most, columns) for first in range(0, len(named), rows)
    ]
    return alt.hconcat(*parts, spacing=10)


def _column(classes: pl.DataFrame, points: pl.DataFrame, splits: list[str], most: int, columns: int) -> ChartType:
    order = classes["label"].to_list()
    step = ROWS[columns]
    y = (
        alt.Y("label:N", title=None)
        .scale(domain=order)
        .axis(labelFontSize=min(12, step - 1), labelOverlap=False, ticks=False, domain=False, labelLimit=400)
    )
    ticks = [first * 10**power for power in range(8) for first in ((1, 2, 5) if most < 500 else (1,))]
    x = (
        alt.X("clips:Q", title="clips")
        .scale(type="log", domain=[LEAST, 1.3 * most], nice=False)
        .axis(values=ticks, format="~s", orient="top")
    )
    kinds = {FOLLOWS: FAINT, SAID: style.SEQUENCE[1]}
    bars = pl.concat(
        classes.filter(pl.col(count) > 0).select("label", kind=pl.lit(kind), clips=count, size=pl.lit(size))
        for kind, count, size in ((FOLLOWS, "with_ancestors", step - 3), (SAID, "annotated", step - 5))
    )
    bar = (
        alt.Chart(bars)
        .mark_bar()
        .encode(
            y=y,
            x=x,
            x2=alt.datum(LEAST),
            size=alt.Size("size:Q", scale=None, legend=None),
            color=alt.Color("kind:N", title=None).scale(domain=list(kinds), range=list(kinds.values())),
            order=alt.Order("size:Q", sort="descending"),
        )
    )
    sizes = dict(zip(splits, (step * size for size in _SIZES), strict=False))
    mine = points.filter(pl.col("label").is_in(order)).with_columns(
        size=pl.col("split").replace_strict(sizes, return_dtype=pl.Float64)
    )
    dot = (
        alt.Chart(mine)
        .mark_point(filled=True, opacity=1, stroke=style.PAPER, strokeWidth=0.5)
        .encode(
            y=y,
            x=x,
            fill=alt.Fill("split:N", title=None).scale(domain=splits, range=list(_DOTS)),
            shape=alt.Shape("split:N", title=None).scale(domain=splits, range=list(style.SHAPES)),
            size=alt.Size("size:Q", scale=None, legend=None),
        )
    )
    width = {1: 520, 2: 240, 3: 150}[columns]
    layers = [bar, dot] if splits[1:] else [bar]
    return alt.layer(*layers).properties(width=width, height=step * len(order))


_DOTS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE, style.ORANGE)
"""The first are dark on the bars, in grey too."""
_SIZES = (7.0, 4.5, 2.7, 1.8, 1.0)
"""Of splits, the largest first: those that stand at one place are seen one on the other."""


def _sentence(classes: pl.DataFrame, of: tuple[str, str], in_splits: pl.DataFrame, left_out: int) -> str:
    """What classes are said of is told in two words, of which the second is counted."""
    parts, clip = of
    said = classes.filter(pl.col("annotated") > 0)
    most, least = said.row(0, named=True), said.row(-1, named=True)
    text = f"Of {words.counted(len(classes), 'class', 'classes')} {len(said):,} {words.are(len(said))} said of {parts}"
    if most["annotated"] == least["annotated"]:
        text += words.counted(most["annotated"], clip) + ("" if len(said) == 1 else " each")
    else:
        middle = words.number(said.select(pl.col("annotated").median()).item())
        text += (
            f"{clip}s, from {words.quoted(most['name'])} of {most['annotated']:,} to {words.quoted(least['name'])} of "
            f"{least['annotated']:,}; half of them of {middle} or fewer"
        )
    missing = [
        f"{len(said) - count:,} in {words.quoted(split)}"
        for split, count in in_splits.group_by("split").len().sort("len", "split").rows()
        if count < len(said)
    ]
    if missing:
        text += f"; of these are without a clip {words.listed(missing[:3])}"
    if left_out:
        text += f" ({left_out:,} between the most and the least frequent are not shown)"
    return text + "."
