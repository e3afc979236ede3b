WITH said AS (
    SELECT class_id, split, count(DISTINCT clip_id) AS clips
    FROM labels
    JOIN clips USING (dataset, clip_id)
    WHERE dataset = $dataset AND trainable AND origin = 'annotated'
    GROUP BY class_id, split
)
SELECT
    name AS class,
    sum(said.clips)::BIGINT AS trainable,
    string_agg(split, ', ' ORDER BY split) AS splits,
    classes.class_id
FROM said
JOIN classes ON classes.dataset = $dataset AND classes.class_id = said.class_id
GROUP BY classes.class_id, name
HAVING NOT bool_or(is_trained_on(split)) AND (SELECT bool_or(is_trained_on(split)) FROM said)
ORDER BY trainable DESC, classes.class_id;
