"""By which splits an export takes clips: its authors', those assigned with care, or folds. No format sees to it."""

import polars as pl

AUTHORS = "authors"
NAMED = {
    "assigned": pl.col("assigned_split"),
    "folds": pl.format("fold_{}", "fold").cast(pl.Categorical),
}
"""For each other way what the table `splits` calls the split of a clip."""


def with_splits(clips: pl.LazyFrame, splits: pl.LazyFrame, split_by: str) -> pl.LazyFrame:
    """Clips with another `split`, in their order.

    Args:
        clips: `clip_id`, `split` and any others.
        splits: that table.
        split_by: one of NAMED.
    """
    named = splits.select("clip_id", named=NAMED[split_by])
    joined = clips.join(named, on="clip_id", how="left", maintain_order="left")
    return joined.with_columns(split="named").drop("named")


def names(splits: pl.LazyFrame, split_by: str) -> list[str]:
    """What they are called: folds in the order of their numbers, others in that of the clips."""
    named = splits.select("fold", split=NAMED[split_by]).unique("split", maintain_order=True).collect()
    in_order = named.sort("fold") if split_by == "folds" else named
    return in_order["split"].cast(pl.String).to_list()
