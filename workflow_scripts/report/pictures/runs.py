"""What came of the dataset from run to run."""

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.over_runs import LAST, over_runs
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "From run to run"
CATEGORY = "Runs"
KINDS = {"promised": style.ORANGE, "usable": style.SKY, "trainable": style.BLUE}
COUNTS = """
SELECT
    run,
    sum(clips)::BIGINT AS promised,
    coalesce(sum(clips) FILTER (status = 'usable'), 0)::BIGINT AS usable,
    sum(trainable)::BIGINT AS trainable,
    coalesce(sum(hours) FILTER (status = 'usable'), 0) AS hours,
    sum(labels)::BIGINT AS labels
FROM runs
GROUP BY run
ORDER BY run DESC
LIMIT $last
"""


def draw(ask: Asked) -> Drawn | Nothing:
    """Lines of clips, and below them of hours and labels."""
    counts = ask(COUNTS, last=LAST).sort("run")
    if len(counts) < 2:
        return Nothing("There is no run before this one that left other clips or labels.")
    if counts.drop("run").n_unique() == 1:
        return Nothing(f"The last {len(counts)} runs left as many clips, hours and labels.")
    clips = counts.unpivot(list(KINDS), index="run", variable_name="kind", value_name="count")
    parts = [over_runs(clips, "clips", KINDS)]
    for column, title in (("hours", "usable hours"), ("labels", "labels said")):
        if counts[column].n_unique() > 1:
            one = counts.select("run", kind=pl.lit(title), count=column)
            parts.append(over_runs(one, title, {title: style.BLUE}, height=90))
    chart = alt.vconcat(*parts, spacing=12).resolve_scale(color="independent", shape="independent")
    return Drawn(chart, _sentence(counts))


def _sentence(counts: pl.DataFrame) -> str:
    first, before, now = (counts.row(place, named=True) for place in (0, -2, -1))
    since = _change(before, now)
    if first["run"] != before["run"]:
        since += f", {_change(first, now)}"
    return (
        f"Run {now['run']} left {words.counted(now['promised'], 'clip')}, {now['usable']:,} usable and "
        f"{now['trainable']:,} trainable: {since}."
    )


def _change(before: dict[str, int], now: dict[str, int]) -> str:
    changes = {kind: now[kind] - before[kind] for kind in KINDS}
    said = [f"{words.signed(change)} {kind}" for kind, change in changes.items() if change]
    return f"{words.listed(said or ['as many'])} {'since' if said else 'as'} run {before['run']}"
