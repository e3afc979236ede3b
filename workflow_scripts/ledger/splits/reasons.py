"""Why a clip stands in another split than its authors put it in, in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.ledger.splits.said import ClassesOfClips
from workflow_scripts.ledger.splits.ties import TIES

REASON = {"clip_id": pl.String, "split_reason": pl.String}


def tied_to(table: pl.DataFrame, numbers: pl.DataFrame, together: np.ndarray) -> pl.DataFrame:
    """REASON of each clip that follows one of another split: which, and what ties them.

    Args:
        table: `clip_id`, `split` and `assigned_split` of all.
        numbers: ties.TIES of all.
        together: for each clip what all have that are tied to it.
    """
    rows = table.select("clip_id", "split", "assigned_split").hstack(numbers).with_columns(group=pl.lit(together))
    is_moved = pl.col("split") != pl.col("assigned_split")
    rows = rows.filter(is_moved.any().over("group"))
    stays, moved = rows.filter(~is_moved), rows.filter(is_moved)
    for kind, numbered in (*((kind, kind) for kind in TIES), ("group", "group")):
        nearest = stays.drop_nulls(numbered).group_by(numbered).agg(pl.col("clip_id").min().alias(f"by_{kind}"))
        moved = moved.join(nearest, on=numbered, how="left", maintain_order="left")
    said = [_followed(f"by_{kind}", words) for kind, words in TIES.items()]
    reason = pl.coalesce(*said, _followed("by_group", "they are tied through others"))
    return moved.select("clip_id", split_reason=reason)


def _followed(anchor: str, words: str) -> pl.Expr:
    return pl.when(pl.col(anchor).is_not_null()).then(
        pl.format("follows {} of {}: {}", anchor, "assigned_split", pl.lit(words))
    )


def refilled(
    taken: pl.DataFrame, clip_ids: pl.Series, together: np.ndarray, said: ClassesOfClips, settings: Mapping[str, Any]
) -> pl.DataFrame:
    """REASON of each clip that was taken to fill a split: of which class it had too few.

    Args:
        taken: filling.TAKEN; units are called by the first row of a group.
        clip_ids: of all.
        together: for each clip the first row of those that are tied to it.
        said: of all.
        settings: `augment_splits` of the dataset file.
    """
    of_each = pl.DataFrame({"unit": together}, schema={"unit": pl.UInt32}).with_row_index("row")
    rows = of_each.join(taken, on="unit").sort("row")
    rows = rows.with_columns(clip_ids.gather(rows["row"]).alias("clip_id"))
    says_it = said.of_trainable().select("label", row="unit", says=pl.lit(value=True))
    rows = rows.join(says_it, on=["row", "label"], how="left", maintain_order="left")
    leader = rows.filter("says").group_by("unit").agg(leader=pl.col("clip_id").min())
    classes = pl.DataFrame({"name": said.names, "id": said.ids}, schema=dict.fromkeys(("name", "id"), pl.String))
    rows = rows.join(leader, on="unit", how="left", maintain_order="left").hstack(classes[rows["label"]])
    filled = pl.format(
        "fills {}, which had {} of {} trainable clips of {} ({})",
        pl.lit(pl.Series(settings["splits"], dtype=pl.String)).gather("into"),
        "had",
        pl.lit(settings["clips_a_class"]),
        "name",
        "id",
    )
    with_leader = pl.format("goes with {}, which {}", "leader", filled)
    return rows.select("clip_id", split_reason=pl.when("says").then(filled).otherwise(with_leader))
