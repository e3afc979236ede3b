"""What the labels promise against what there is: found, usable, trainable, and what is lost why, in each split."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.columns import most
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.splits import few_splits

TITLE = "Promised, found, usable, trainable"
CATEGORY = "Clips"
KINDS = {"found": style.GREY, "usable": style.SKY, "trainable": style.BLUE}
ROW = 26
"""Pixels of a split."""


def draw(ask: Asked) -> Drawn | Nothing:
    """One row a split: bars of shares of what it promises, and a table of losses by reason."""
    clips = _clips(ask)
    if not clips["clips"].sum():
        return Nothing("No clip is promised.")
    counts = few_splits(clips, ["status"], "clips")
    totals = counts.group_by("split", maintain_order=True).agg(pl.col("clips", "trainable").sum())
    counts = counts.join(totals.select("split", promised="clips"), on="split")
    order = totals["split"].to_list()
    parts = [*_bars(counts, order), *_losses(counts, order)]
    return Drawn(alt.hconcat(*parts, spacing=8).resolve_scale(color="independent"), _sentence(clips))


def _clips(ask: Asked) -> pl.DataFrame:
    """Clips of each split and status, and the trainable among them; a split that lost every row has a row of none."""
    return ask(
        """
        SELECT split, status, sum(clips)::BIGINT AS clips, sum(trainable)::BIGINT AS trainable
        FROM (
            SELECT split, status, count(*) AS clips, count(*) FILTER (trainable) AS trainable FROM clips GROUP BY ALL
            UNION ALL
            SELECT split, status, 0, 0 FROM summary
        )
        GROUP BY ALL
        ORDER BY ALL
        """
    )


def _bars(counts: pl.DataFrame, order: list[str]) -> list[ChartType]:
    is_usable, is_found = pl.col("status") == "usable", pl.col("status") != "missing"
    found = counts.group_by("split", "promised", maintain_order=True).agg(
        found=pl.col("clips").filter(is_found).sum(),
        usable=pl.col("clips").filter(is_usable).sum(),
        trainable=pl.col("trainable").sum(),
    )
    bars = found.unpivot(
        list(KINDS), index=["split", "promised"], variable_name="kind", value_name="clips"
    ).with_columns(
        share=pl.when(pl.col("promised") > 0).then(pl.col("clips") / pl.col("promised")).otherwise(0.0),
        size=pl.col("kind").replace_strict({"found": 20, "usable": 13, "trainable": 5}, return_dtype=pl.Int64),
    )
    rows = alt.Y("split:N", sort=order, title=None, scale=alt.Scale(domain=order))
    bar = (
        alt.Chart(bars)
        .mark_bar()
        .encode(
            y=rows,
            x=alt.X("share:Q", title="share of what the split promises", stack=None)
            .scale(domain=[0, 1])
            .axis(format="%", tickCount=5),
            color=alt.Color("kind:N", title=None).scale(domain=list(KINDS), range=list(KINDS.values())),
            size=alt.Size("size:Q", legend=None, scale=None),
            order=alt.Order("size:Q", sort="descending"),
        )
        .properties(width=200, height=ROW * len(order))
    )
    columns = ["promised", *KINDS]
    numbers = (
        alt.Chart(found.unpivot(columns, index="split", variable_name="kind", value_name="clips"))
        .mark_text(align="right", dx=26, fontSize=11)
        .encode(
            y=alt.Y("split:N", sort=order, axis=None, scale=alt.Scale(domain=order)),
            x=alt.X("kind:N", sort=columns, title="clips").axis(orient="top", labelAngle=-45, ticks=False),
            text=alt.Text("clips:Q", format=","),
        )
        .properties(width=alt.Step(66), height=ROW * len(order))
    )
    return [bar, numbers]


def _losses(counts: pl.DataFrame, order: list[str]) -> list[ChartType]:
    """A table of losses by reason, where anything is lost."""
    lost = counts.filter(pl.col("status") != "usable", pl.col("clips") > 0).with_columns(
        share=pl.col("clips") / pl.col("promised")
    )
    if lost.is_empty():
        return []
    by = lost.group_by("status").agg(pl.col("clips").sum()).sort(["clips", "status"], descending=[True, False])
    base = alt.Chart(lost).encode(
        y=alt.Y("split:N", sort=order, title=None, axis=None, scale=alt.Scale(domain=order)),
        x=alt.X("status:N", sort=by["status"].to_list(), title="lost").axis(orient="top", labelAngle=-45, ticks=False),
    )
    step = 48 if most(by["clips"]) < 100_000 else 60
    cells = base.mark_rect().encode(color=alt.Color("share:Q", legend=None).scale(type="sqrt", domain=[0, 1]))
    numbers = base.mark_text(fontSize=11).encode(
        text=alt.Text("clips:Q", format=","),
        color=alt.condition(alt.datum.share > style.DARK_FROM**2, alt.value(style.ON_DARK), alt.value(style.ON_LIGHT)),
    )
    return [alt.layer(cells, numbers).properties(width=alt.Step(step), height=ROW * len(order))]


def _sentence(clips: pl.DataFrame) -> str:
    promised, trainable = int(clips["clips"].sum()), int(clips["trainable"].sum())
    by = clips.group_by("status").agg(pl.col("clips").sum()).sort(["clips", "status"], descending=[True, False])
    usable = int(by.filter(pl.col("status") == "usable")["clips"].sum())
    lost = by.filter(pl.col("status") != "usable", pl.col("clips") > 0)
    said = (
        f"Of {words.counted(promised, 'promised clip')} in {words.counted(clips['split'].n_unique(), 'split')} "
        f"{usable:,} ({words.share(usable, promised)}) {words.are(usable)} usable and {trainable:,} "
        f"({words.share(trainable, promised)}) trainable"
    )
    if lost.is_empty():
        return f"{said}; none is lost."
    reasons = [f"{clips:,} {status}" for status, clips in lost.head(3).rows()]
    if others := int(lost[3:]["clips"].sum()):
        reasons.append(f"{others:,} others")
    return f"{said}; {promised - usable:,} {words.are(promised - usable)} lost: {words.listed(reasons)}."
