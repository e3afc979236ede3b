"""What is heard in a scene, from what is said of the clips that its parts are of."""

import duckdb
import polars as pl

from workflow_scripts.derive.planned import HEARD_OF_PARTS

_SAID = """
SELECT DISTINCT dataset AS from_dataset, clip_id AS from_clip_id, class_id::VARCHAR AS class_id,
    onset_s AS said_onset_s, offset_s AS said_offset_s, origin = 'background' AS is_behind
FROM labels
WHERE origin IN ('annotated', 'background') AND (dataset, clip_id) IN (SELECT (from_dataset, from_clip_id) FROM wanted)
ORDER BY ALL
"""


def heard_in(connection: duckdb.DuckDBPyConnection, parts: pl.DataFrame) -> pl.DataFrame:
    """What is heard in scenes: strong labels of parts as they were placed, weak ones of all of a part.

    Args:
        connection: of `shut_in`.
        parts: PLANNED_PARTS, and `class_id` of those that are to be of one class, whatever was said; null else.

    Returns:
        HEARD_OF_PARTS. A part of the whole length of its scene is heard in all of it: that is a weak label, unless what
        was said of its clip is a stretch.
    """
    connection.register("wanted", parts.select("from_dataset", "from_clip_id").unique().to_arrow())
    said = connection.sql(_SAID).pl()
    connection.unregister("wanted")
    is_background = (pl.col("role") == "background") | pl.col("is_behind").fill_null(value=False)
    is_whole = pl.col("said_onset_s").is_null()
    rows = _said_of(parts, said)
    taken_to = pl.col("from_s") + pl.col("taken_s")
    begins = pl.max_horizontal(pl.col("said_onset_s").fill_null(0.0), "from_s") - pl.col("from_s")
    ends = pl.min_horizontal(pl.col("said_offset_s").fill_null(float("inf")), taken_to) - pl.col("from_s")
    rows = rows.filter(ends > begins)
    has_no_place = is_background | (is_whole & (pl.col("role") != "foreground"))
    return (
        rows.select(
            "clip_id",
            "class_id",
            onset_s=pl.when(~has_no_place).then((pl.col("onset_s") + begins * pl.col("stretch")).round(6)),
            offset_s=pl.when(~has_no_place).then((pl.col("onset_s") + ends * pl.col("stretch")).round(6)),
            origin=pl.when(is_background).then(pl.lit("background")).otherwise(pl.lit("annotated")),
            ordinal="ordinal",
        )
        .cast(pl.Schema(HEARD_OF_PARTS))
        .unique()
        .sort("clip_id", "onset_s", "class_id", "origin", "ordinal", nulls_last=True)
    )


def _said_of(parts: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Parts with each class that is said of them, and where.

    Of a clip of which stretches are said, what is said of all of it is left out: it is what is heard somewhere there.
    What is heard behind it stays.
    """
    is_strong = pl.col("said_onset_s").is_not_null()
    clip = ["from_dataset", "from_clip_id"]
    said = said.filter(is_strong | ~is_strong.any().over(clip) | pl.col("is_behind"))
    meant = parts.filter(pl.col("class_id").is_not_null())
    of_meant = meant.join(said.filter(~pl.col("is_behind")), on=[*clip, "class_id"], how="left", maintain_order="left")
    others = parts.filter(pl.col("class_id").is_null()).drop("class_id")
    of_others = others.join(said, on=clip, how="inner", maintain_order="left")
    return pl.concat([of_meant, of_others.select(of_meant.columns)])
