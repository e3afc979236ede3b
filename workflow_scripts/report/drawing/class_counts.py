"""How many clips each class is said of."""

import polars as pl

from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.class_sets import class_sets


def class_counts(ask: Asked) -> pl.DataFrame:
    """Every class: `annotated`, clips that annotators said it of, and `with_ancestors`, those and the clips below it.

    The most frequent first. As the view `clips_per_class` counts them where something is said of whole clips.
    """
    return ask(
        f"""
        WITH sets AS (SELECT row_number() OVER () AS number, class_ids, clips FROM ({class_sets(ask)})),
        annotated AS (SELECT DISTINCT number, unnest(class_ids) AS class_id FROM sets),
        said AS (
            SELECT number, class_id, bool_or(is_annotated) AS is_annotated
            FROM (
                SELECT number, class_id, true AS is_annotated FROM annotated
                UNION ALL
                SELECT number, unnest(ancestor_ids), false FROM annotated JOIN classes USING (class_id)
            )
            GROUP BY ALL
        ),
        counted AS (
            SELECT
                class_id,
                coalesce(sum(clips) FILTER (is_annotated), 0)::BIGINT AS annotated,
                sum(clips)::BIGINT AS with_ancestors
            FROM said JOIN sets USING (number)
            GROUP BY class_id
        )
        SELECT
            class_id,
            name,
            class_index,
            parent_ids,
            depth,
            coalesce(annotated, 0) AS annotated,
            coalesce(with_ancestors, 0) AS with_ancestors
        FROM classes LEFT JOIN counted USING (class_id)
        ORDER BY annotated DESC, with_ancestors DESC, name, class_id
        """  # noqa: S608  SQL of class_sets.py alone
    )
