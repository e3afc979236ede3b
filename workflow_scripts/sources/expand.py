"""What follows from a label: its class's ancestors, worked out once a label set as label_sets.py does."""

import polars as pl


def with_ancestors(sets: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Every class of each set: those annotated, then those that follow, each with the class it came through.

    An ancestor that annotators said themselves is not said again. One that follows from two annotated classes stands
    there once for each.

    Args:
        sets: `label_set`, `class_ids`.
        classes: the `classes` table.

    Returns:
        One row a set with lists of equal length: `class_id`, `class_name`, `origin`, `via_class_id`.
    """
    annotated = sets.select("label_set", class_id="class_ids").explode("class_id").drop_nulls("class_id")
    following = (
        annotated.join(classes.select("class_id", "ancestor_ids"), on="class_id", how="left", maintain_order="left")
        .explode("ancestor_ids")
        .drop_nulls("ancestor_ids")
        .select("label_set", class_id="ancestor_ids", via_class_id="class_id")
        .join(annotated, on=["label_set", "class_id"], how="anti", maintain_order="left")
        .sort("label_set", "class_id", "via_class_id")
    )
    said = pl.concat(
        [
            annotated.with_columns(origin=pl.lit("annotated"), via_class_id=pl.lit(None, dtype=pl.String)),
            following.select("label_set", "class_id", pl.lit("ontology").alias("origin"), "via_class_id"),
        ]
    )
    return (
        said.join(classes.select("class_id", class_name="name"), on="class_id", how="left", maintain_order="left")
        .with_columns(pl.col("class_id", "class_name", "origin", "via_class_id").cast(pl.Categorical))
        .group_by("label_set", maintain_order=True)
        .agg("class_id", "class_name", "origin", "via_class_id")
    )
