"""Splits side by side: all together where there are several, and no more than can be seen."""

from collections.abc import Sequence

import polars as pl

from workflow_scripts.report.drawing.words import labels

MOST = 40
"""Splits that are shown by themselves."""
ALL = "all splits"


def few_splits(counts: pl.DataFrame, by: Sequence[str], weight: str, most: int = MOST) -> pl.DataFrame:
    """Counts of all splits together, where there are several, and then of each, the largest first.

    Args:
        counts: with a column `split`; all but it and `by` are sums.
        by: what else they are counted by.
        weight: the column that tells how large a split is.
        most: splits to show; the smaller ones are put together.

    Returns:
        The same columns; `split` is a label that a picture can show.
    """
    sizes = counts.group_by("split").agg(pl.col(weight).sum()).sort([weight, "split"], descending=[True, False])
    names = sizes["split"].to_list()
    shown = labels(names[:most])
    shown += [f"{len(names) - most:,} smaller splits"] * (len(names) - most)
    named = pl.DataFrame({"split": names, "label": shown, "place": range(1, len(names) + 1)})
    placed = counts.join(named, on="split").with_columns(pl.col("place").clip(upper_bound=most + 1))
    if len(names) > 1:
        placed = pl.concat([placed.with_columns(label=pl.lit(ALL), place=pl.lit(0, pl.Int64)), placed])
    sums = pl.exclude("split", "label", "place", *by).sum()
    return (
        placed.group_by("place", "label", *by)
        .agg(sums)
        .sort("place", *by)
        .select(pl.col("label").alias("split"), pl.exclude("place", "label"))
    )
