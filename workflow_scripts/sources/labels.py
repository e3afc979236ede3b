"""The `labels` table: what is said of clips, and what follows from it."""

import polars as pl

from workflow_scripts.sources.expand import with_ancestors
from workflow_scripts.tables import schemas

OF_EVENTS = ("onset_s", "offset_s", "value")
"""What labels of whole clips do not say."""


def weak_labels(clips: pl.LazyFrame, sets: pl.DataFrame, classes: pl.DataFrame) -> pl.LazyFrame:
    """Labels of whole clips, each label set looked at once.

    Args:
        clips: `clip_id` and `label_set`.
        sets: `label_set` and its `class_ids`, at least one.
        classes: the `classes` table.
    """
    return _labels(clips, with_ancestors(sets, classes), "weak")


def strong_labels(events: pl.LazyFrame, classes: pl.DataFrame) -> pl.LazyFrame:
    """Events with what follows from each: a class by itself is a label set of one.

    Args:
        events: `clip_id`, `onset_s`, `offset_s`, `value` if any, and `label_set`, the place of the class in the table.
        classes: the `classes` table.
    """
    sets = classes.select(class_ids=pl.concat_list("class_id")).with_row_index("label_set")
    return _labels(events, with_ancestors(sets, classes), "strong")


def background_labels(said: pl.LazyFrame, classes: pl.DataFrame) -> pl.LazyFrame:
    """Labels of what is heard behind; nothing follows from them.

    Args:
        said: `clip_id` and `class_id`.
        classes: the `classes` table.
    """
    names = classes.lazy().select("class_id", class_name="name")
    said = said.join(names, on="class_id", how="left", maintain_order="left")
    told = {"strength": "weak", "origin": "background", "via_class_id": None}
    return said.with_columns(
        *(pl.lit(None, pl.Float64).alias(name) for name in OF_EVENTS),
        *(pl.lit(value, pl.String).cast(pl.Categorical).alias(name) for name, value in told.items()),
        pl.col("class_id", "class_name").cast(pl.Categorical),
    ).select(*schemas.LABELS.columns)


def _labels(said_of: pl.LazyFrame, said: pl.DataFrame, strength: str) -> pl.LazyFrame:
    """What is not said is null; that is put in last, so that no join carries it over millions of rows."""
    nothing = {name: pl.lit(None, pl.Float64) for name in OF_EVENTS if name not in said_of.collect_schema()}
    return (
        said_of.join(said.lazy(), on="label_set", how="left", maintain_order="left")
        .explode("class_id", "class_name", "origin", "via_class_id")
        .with_columns(strength=pl.lit(strength).cast(pl.Categorical), **nothing)
        .select(*schemas.LABELS.columns)
    )
