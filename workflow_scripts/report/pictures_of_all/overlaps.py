"""Splits, of one dataset or of several, that share media."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.cells import cells
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Splits that share media"
CATEGORY = "Sharing"
MOST = 14
LONGEST, COLUMN = 30, 54
"""Splits that are shown, those that share the most."""
COUNTS = """
SELECT
    dataset || '/' || split AS one,
    other_dataset || '/' || other_split AS other,
    dataset <> other_dataset AS crosses,
    max(media) AS count
FROM overlap
GROUP BY ALL
ORDER BY count DESC, one, other
"""
"""What is called the same and holds the same samples is counted once."""


def draw(ask: Asked) -> Drawn | Nothing:
    """A table of pairs of splits, and how many media they share."""
    pairs = ask(COUNTS)
    if pairs.is_empty():
        return Nothing("No two splits, of one dataset or of several, share media.")
    ends = pl.concat([pairs.select("count", end=end) for end in ("one", "other")])
    sizes = ends.group_by("end").agg(pl.col("count").sum()).sort(["count", "end"], descending=[True, False])
    ends_shown = sorted(sizes["end"].head(MOST).to_list())
    names = dict(zip(ends_shown, words.labels(ends_shown, LONGEST), strict=True))
    rows = pairs.filter(pl.col("one").is_in(ends_shown), pl.col("other").is_in(ends_shown)).select(
        # the later of two in the order of names is the row, so that half of the table suffices
        row=pl.max_horizontal("one", "other").replace_strict(names, return_dtype=pl.String),
        column=pl.min_horizontal("one", "other").replace_strict(names, return_dtype=pl.String),
        count="count",
        said=pl.col("count").map_elements("{:,}".format, return_dtype=pl.String),
    )
    shown = list(names.values())
    return Drawn(cells(rows, shown[1:], shown[:-1], COLUMN), _sentence(pairs, len(sizes)))


def _sentence(pairs: pl.DataFrame, splits: int) -> str:
    one, other, _, count = pairs.row(0)
    crosses = pairs.filter("crosses").height
    return (
        f"{words.counted(splits, 'split')} share media with another in {words.counted(len(pairs), 'pair')}, "
        f"{crosses:,} of them of two datasets; the most, {count:,}, stand in {words.quoted(one)} "
        f"and {words.quoted(other)}."
    )
