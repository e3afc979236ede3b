-- How many clips each class is said of as a whole (weak labels), by annotators and with what the ontology makes follow.
-- dataset: the dataset
-- class_id: the class
-- class_name: its name
-- annotated: clips that annotators said it of
-- with_ancestors: those, and the clips of every class below it
-- usable: usable clips among with_ancestors
-- trainable: trainable clips among annotated
CREATE VIEW clips_per_class AS
WITH sets AS (  -- clips that are annotated alike are looked at once: two million have fifty thousand sets of classes
    SELECT
        dataset,
        class_ids,
        row_number() OVER () AS number,
        count(*) AS clips,
        count(*) FILTER (usable) AS usable,
        count(*) FILTER (trainable) AS trainable
    FROM clips
    GROUP BY dataset, class_ids
),
annotated AS (
    SELECT DISTINCT dataset, number, unnest(class_ids) AS class_id
    FROM sets
),
said AS (
    SELECT dataset, number, class_id, bool_or(is_annotated) AS is_annotated
    FROM (
        SELECT dataset, number, class_id, true AS is_annotated
        FROM annotated
        UNION ALL
        SELECT dataset, number, unnest(ancestor_ids), false
        FROM annotated
        JOIN classes USING (dataset, class_id)
    )
    GROUP BY ALL
)
SELECT
    classes.dataset,
    classes.class_id,
    classes.name AS class_name,
    coalesce(sum(clips) FILTER (is_annotated), 0)::BIGINT AS annotated,
    coalesce(sum(clips), 0)::BIGINT AS with_ancestors,
    coalesce(sum(usable), 0)::BIGINT AS usable,
    coalesce(sum(trainable) FILTER (is_annotated), 0)::BIGINT AS trainable
FROM classes
LEFT JOIN said USING (dataset, class_id)
LEFT JOIN sets USING (dataset, number)
GROUP BY ALL
ORDER BY with_ancestors DESC, classes.dataset, classes.class_id;
