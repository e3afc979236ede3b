"""What follows from a label: its class's ancestors.

Two million clips share some fifty thousand label sets, so everything about labels is worked out once a set, and clips
take it over by a join on the set's number.
"""

import polars as pl


def split_sets(texts: pl.Series, classes: pl.DataFrame) -> pl.DataFrame:
    """Split each distinct text of class ids and look the classes up.

    Args:
        texts: `a,b,c` in any dialect: quotes, blanks and empty fields between the ids do not count.
        classes: the `classes` table.

    Returns:
        One row a distinct text: `text`, `label_set` (its number), `class_ids` and `class_names` (known classes, each
        once, in the order of the text), `unknown` and `repeated` (ids left out, and why).
    """
    sets = texts.drop_nulls().unique(maintain_order=True).alias("text").to_frame().with_row_index("label_set")
    cleaned = pl.col("text").str.replace_all(r'["\s]+', "").str.split(",")
    tokens = (
        sets.select("label_set", cleaned.alias("class_id"))
        .explode("class_id")
        .filter(pl.col("class_id") != "")
        .join(classes.select("class_id", "name"), on="class_id", how="left", maintain_order="left")
        .with_columns(first=pl.struct("label_set", "class_id").is_first_distinct())
    )
    known, once = pl.col("name").is_not_null(), pl.col("first")
    by_set = tokens.group_by("label_set", maintain_order=True).agg(
        class_ids=pl.col("class_id").filter(known & once),
        class_names=pl.col("name").filter(known & once),
        unknown=pl.col("class_id").filter(~known & once),
        repeated=pl.col("class_id").filter(~once).unique(maintain_order=True),
    )
    nothing = pl.lit([], dtype=pl.List(pl.String))
    lists = ("class_ids", "class_names", "unknown", "repeated")
    return sets.join(by_set, on="label_set", how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(nothing) for name in lists
    )


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
