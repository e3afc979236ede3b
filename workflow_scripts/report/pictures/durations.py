"""How long clips are, in each split: where most are alike, and what is off it."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.splits import few_splits

TITLE = "Durations"
CATEGORY = "Clips"
SPLITS = 5
"""Shown by themselves, beside all together."""
SHORT_S = 120.0
"""Where nothing is longer, seconds are shown as they are, else their magnitudes."""
STEPS_S = (0.1, 0.2, 0.5, 1.0)
"""Widths of bins, of which the first is taken that makes no more than MOST_BINS."""
MOST_BINS = 120
A_DECADE = 20
"""Bins of a magnitude."""
SHORTEST_S = 0.01
"""What is shorter stands in the first bin of magnitudes."""
COLOURS = {"not usable": style.GREY, "usable": style.BLUE}


@dataclass(frozen=True)
class _Bins:
    """Bins of a width in seconds; of A_DECADE where it is None."""

    width_s: float | None

    def sql(self) -> str:
        """The number of a clip's bin."""
        if self.width_s is None:
            return f"floor(log10(greatest(duration_s, {SHORTEST_S})) * {A_DECADE})"
        return f"floor(round(duration_s / {self.width_s}, 6))"

    def edge(self, number: pl.Expr) -> pl.Expr:
        """Where a bin begins, seconds."""
        return (10 ** (number / A_DECADE)) if self.width_s is None else number * self.width_s


def draw(ask: Asked) -> Drawn | Nothing:
    """A histogram a split, of seconds or their magnitudes; clips on a scale of magnitudes, as most are in one bin."""
    told = ask(
        """
        SELECT
            count(*) AS clips,
            count(*) FILTER (usable) AS usable,
            min(duration_s) AS least,
            max(duration_s) AS most,
            sum(duration_s) AS total,
            quantile_cont(duration_s, [0.05, 0.5, 0.95]) AS quantiles
        FROM clips WHERE duration_s IS NOT NULL
        """
    ).row(0, named=True)
    if not told["clips"]:
        return Nothing("No clip has sound.")
    bins = _bins(told["most"])
    counts = ask(
        f"""
        SELECT split, {bins.sql()}::INTEGER AS bin, count(*) AS clips, count(*) FILTER (usable) AS usable
        FROM clips WHERE duration_s IS NOT NULL GROUP BY ALL ORDER BY ALL
        """  # noqa: S608  numbers of this module alone
    )
    return Drawn(_chart(few_splits(counts, ["bin"], "clips", SPLITS), bins), _sentence(ask, told))


def _bins(most_s: float) -> _Bins:
    if most_s > SHORT_S:
        return _Bins(None)
    return _Bins(next(step for step in STEPS_S if most_s / step <= MOST_BINS))


def _chart(counts: pl.DataFrame, bins: _Bins) -> alt.FacetChart:
    counts = counts.with_columns(split=pl.format("{}: {}", "split", _clips_of_split()))
    edges = counts.select(
        "split", start=bins.edge(pl.col("bin")), end=bins.edge(pl.col("bin") + 1), all="clips", usable="usable"
    )
    bars = pl.concat(
        [
            edges.filter(pl.col(count) > 0).select("split", "start", "end", kind=pl.lit(kind), clips=count)
            for kind, count in (("not usable", "all"), ("usable", "usable"))
        ]
    )
    order = counts["split"].unique(maintain_order=True).to_list()
    most = counts.select(pl.col("clips").max()).item()
    ticks = [10.0**power for power in range(len(str(most)) + 1) if 10**power <= 2 * most]
    scale = alt.Scale(type="linear", zero=True, nice=False) if bins.width_s else alt.Scale(type="log", nice=False)
    magnitudes = [0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 360000]
    axis = alt.Axis(tickCount=12) if bins.width_s else alt.Axis(values=magnitudes, labelExpr=_TIMES)
    return (
        alt.Chart(bars)
        .mark_bar(binSpacing=0, stroke=None)
        .encode(
            x=alt.X("start:Q", title="seconds of sound" if bins.width_s else "sound", scale=scale, axis=axis),
            x2="end:Q",
            y=alt.Y("clips:Q", title="clips")
            .scale(type="log", domain=[0.5, 2 * most], nice=False)
            .axis(values=ticks, format="~s"),
            y2=alt.datum(0.5),
            color=alt.Color("kind:N", title=None).scale(domain=list(COLOURS), range=list(COLOURS.values())),
            order=alt.Order("kind:N"),
        )
        .properties(width=style.WIDTH - 80, height=max(60, 130 - 12 * len(order)))
        .facet(facet=alt.Facet("split:N", sort=order, title=None).header(labelAnchor="start"), columns=1, spacing=8)
    )


def _clips_of_split() -> pl.Expr:
    """How many clips a split has, as words, in each of its rows."""
    return pl.col("clips").sum().over("split").map_elements(lambda clips: words.counted(clips, "clip"), pl.String)


_TIMES = (
    "datum.value < 60 ? datum.value + ' s' : datum.value < 3600 ? datum.value / 60 + ' min' : datum.value / 3600 + ' h'"
)


def _sentence(ask: Asked, told: dict[str, Any]) -> str:
    clips, (low, middle, high) = told["clips"], told["quantiles"]
    lasting = "lasts" if clips == 1 else "last"
    said = f"{words.counted(clips, 'clip')} with {words.seconds(told['total'])} of sound {lasting}"
    if told["least"] == told["most"]:
        return f"{said} {words.seconds(told['most'])}{'' if clips == 1 else ' each'}."
    said += f" from {words.seconds(told['least'])} to {words.seconds(told['most'])}"
    alike, count, shorter = ask(
        """
        WITH tenths AS (SELECT round(duration_s, 1) AS s FROM clips WHERE duration_s IS NOT NULL),
        alike AS (SELECT mode(s) AS s FROM tenths)
        SELECT any_value(alike.s), count(*) FILTER (tenths.s = alike.s), count(*) FILTER (tenths.s < alike.s)
        FROM tenths, alike
        """
    ).row(0)
    if count < 0.2 * clips:
        most_of_them = f"nine in ten from {words.seconds(low)} to {words.seconds(high)}"
        return f"{said}; half of them last {words.seconds(middle)} or less, and {most_of_them}."
    off = [f"{other:,} {way}" for other, way in ((shorter, "less"), (clips - count - shorter, "more")) if other]
    text = f"{said}; {words.share(count, clips)} last {words.seconds(alike)} to a tenth of a second"
    return f"{text}, {words.listed(off)}." if off else f"{text}."
