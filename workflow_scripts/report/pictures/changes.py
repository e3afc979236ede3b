"""What the last run left otherwise than the one before it."""

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.bars import bars
from workflow_scripts.report.drawing.changed import HAS_BEFORE, KIND, NO_RUN, NONE, in_order, told
from workflow_scripts.report.drawing.columns import total
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "What changed since the run before"
CATEGORY = "Runs"
COUNTS = f"""
SELECT {KIND} AS kind, status_before, status, count(*) AS count
FROM changes
GROUP BY ALL
ORDER BY count DESC, kind, status_before, status
"""  # noqa: S608  our own words
CLIPS = "SELECT (SELECT count(*) FROM clips) AS now, (SELECT count(*) FROM clips_before) AS before"
MOST = 12
"""Changes of status that are shown by themselves."""


def draw(ask: Asked) -> Drawn | Nothing:
    """A bar a kind of change, and one for each status that became another."""
    if not ask(HAS_BEFORE).item():
        return Nothing(NO_RUN)
    now, before = ask(CLIPS).row(0)
    counts = ask(COUNTS)
    kinds = counts.group_by("kind").agg(pl.col("count").sum())
    if counts.is_empty():
        return Nothing(NONE)
    chart = bars(in_order(kinds), "clips", max(now, before), width=330)
    became = counts.filter(pl.col("kind").is_in(["mended", "lost", "other_status"])).head(MOST)
    if len(became):
        names = [f"{old} → {new}" for old, new in became.select("status_before", "status").rows()]
        beside = bars(
            became.with_columns(name=pl.Series(names)), "clips whose status is another", max(now, before), width=250
        )
        chart = alt.hconcat(chart, beside, spacing=20)
    said = f"Of {words.counted(before, 'clip')} before and {now:,} now {total(counts['count']):,} differ"
    return Drawn(chart, f"{said}: {words.listed(told(kinds))}.")
