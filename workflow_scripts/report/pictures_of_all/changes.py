"""What the last run left otherwise than the one before it, in all datasets."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.cells import cells
from workflow_scripts.report.drawing.changed import HAS_BEFORE, KIND, KINDS, NO_RUN, NONE, told
from workflow_scripts.report.drawing.columns import total
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "What changed since the run before"
CATEGORY = "Runs"
MOST = 40
COUNTS = f"""
SELECT dataset, {KIND} AS kind, count(*) AS count FROM changes GROUP BY ALL ORDER BY ALL
"""  # noqa: S608  our own words


def draw(ask: Asked) -> Drawn | Nothing:
    """A table of counts: a row a dataset with changes, a column a kind of change."""
    if not ask(HAS_BEFORE).item():
        return Nothing(NO_RUN)
    counts = ask(COUNTS)
    if counts.is_empty():
        return Nothing(NONE)
    sizes = counts.group_by("dataset").agg(pl.col("count").sum()).sort(["count", "dataset"], descending=[True, False])
    names = words.labels(sizes["dataset"].to_list())
    names[MOST:] = [f"{len(names) - MOST:,} datasets with fewer"] * len(names[MOST:])
    rows = (
        counts.join(sizes.select("dataset", row=pl.Series(names)), on="dataset")
        .group_by("row", column=pl.col("kind").replace_strict(KINDS, return_dtype=pl.String))
        .agg(pl.col("count").sum())
        .sort("row", "column")
        .with_columns(said=pl.col("count").map_elements("{:,}".format, return_dtype=pl.String))
    )
    there = [name for name in KINDS.values() if name in rows["column"]]
    of_all = counts.group_by("kind").agg(pl.col("count").sum())
    said = f"{words.counted(total(counts['count']), 'clip')} of {words.counted(len(sizes), 'dataset')}"
    return Drawn(
        cells(rows, list(dict.fromkeys(names)), there),
        f"{said} differ from what the run before left: {words.listed(told(of_all))}.",
    )
