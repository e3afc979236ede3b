"""What is heard in a scene, from what is said of the clips that its parts are of."""

import duckdb
import polars as pl

from workflow_scripts.derive.planned import HEARD

_SAID = """
SELECT DISTINCT dataset AS from_dataset, clip_id AS from_clip_id, class_id::VARCHAR AS class_id,
    onset_s AS said_onset_s, offset_s AS said_offset_s
FROM labels
WHERE origin = 'annotated' AND (dataset, clip_id) IN (SELECT (from_dataset, from_clip_id) FROM wanted)
ORDER BY ALL
"""


def heard_in(connection: duckdb.DuckDBPyConnection, parts: pl.DataFrame) -> pl.DataFrame:
    """What is heard in scenes: strong labels of parts as they were placed, weak ones of all of a part.

    Args:
        connection: of `shut_in`.
        parts: PLANNED_PARTS, and `class_id` of those of which one class alone is meant, null else.

    Returns:
        HEARD. A part of the whole length of its scene is heard in all of it: that is a weak label, unless what was said
        of its clip is a stretch.
    """
    connection.register("wanted", parts.select("from_dataset", "from_clip_id").unique().to_arrow())
    said = connection.sql(_SAID).pl()
    connection.unregister("wanted")
    rows = parts.join(said.rename({"class_id": "said_id"}), on=["from_dataset", "from_clip_id"], how="left")
    rows = rows.filter(
        pl.col("class_id").is_null() | (pl.col("class_id") == pl.col("said_id")) | pl.col("said_id").is_null()
    )
    strong = pl.col("said_onset_s").is_not_null()
    is_strong_there = strong.any().over("clip_id", "ordinal")
    rows = rows.filter(strong | ~is_strong_there)
    begins = pl.max_horizontal(pl.col("said_onset_s").fill_null(pl.col("from_s")), "from_s") - pl.col("from_s")
    taken_to = pl.col("from_s") + pl.col("taken_s")
    ends = pl.min_horizontal(pl.col("said_offset_s").fill_null(taken_to), taken_to) - pl.col("from_s")
    rows = rows.with_columns(
        class_id=pl.coalesce("said_id", "class_id"),
        begins=pl.col("onset_s") + begins * pl.col("stretch"),
        ends=pl.col("onset_s") + ends * pl.col("stretch"),
        is_weak=~strong & (pl.col("role") != "foreground"),
    ).drop_nulls("class_id")
    rows = rows.filter(pl.col("ends") > pl.col("begins"))
    is_background = pl.col("role") == "background"
    return (
        rows.select(
            "clip_id",
            "class_id",
            onset_s=pl.when(pl.col("is_weak") | is_background).then(None).otherwise(pl.col("begins").round(6)),
            offset_s=pl.when(pl.col("is_weak") | is_background).then(None).otherwise(pl.col("ends").round(6)),
            origin=pl.when(is_background).then(pl.lit("background")).otherwise(pl.lit("annotated")),
        )
        .cast(pl.Schema(HEARD))
        .unique()
        .sort("clip_id", "onset_s", "class_id", "origin", nulls_last=True)
    )
