WITH disagreeing AS (
    SELECT dataset_a, clip_id_a, dataset_b, clip_id_b, true AS disagree FROM same_sound_other_labels
),
pairs AS (
    SELECT *, dataset_a = $dataset AND (dataset_b <> $dataset OR split_a < split_b) AS is_a
    FROM same_sound
    WHERE $dataset IN (dataset_a, dataset_b) AND (
        dataset_a <> dataset_b
        OR (split_a <> split_b AND NOT (is_trained_on(split_a) AND is_trained_on(split_b)))
    )
),
worst AS (
    SELECT
        CASE WHEN is_a THEN clip_id_a ELSE clip_id_b END AS clip_id,
        CASE WHEN is_a THEN dataset_b ELSE dataset_a END AS other_dataset,
        CASE WHEN is_a THEN clip_id_b ELSE clip_id_a END AS other_clip_id,
        CASE WHEN is_a THEN split_b ELSE split_a END AS other_split,
        overlap_s,
        CASE WHEN is_a THEN offset_s ELSE -offset_s END AS offset_s,
        error_rate,
        coalesce(disagree, false) AS disagree
    FROM pairs
    LEFT JOIN disagreeing USING (dataset_a, clip_id_a, dataset_b, clip_id_b)
    ORDER BY disagree DESC, overlap_s DESC, error_rate, clip_id, other_dataset, other_clip_id
    LIMIT 20
)
SELECT
    worst.clip_id,
    other_dataset || '/' || other_clip_id AS other,
    mine.split || ', ' || other_split AS splits,
    overlap_s,
    offset_s,
    error_rate,
    array_to_string(mine.class_names, ', ') AS labels,
    array_to_string(theirs.class_names, ', ') AS other_labels
FROM worst
JOIN clips AS mine ON mine.dataset = $dataset AND mine.clip_id = worst.clip_id
LEFT JOIN clips AS theirs ON theirs.dataset = other_dataset AND theirs.clip_id = other_clip_id
ORDER BY disagree DESC, overlap_s DESC, error_rate, worst.clip_id, other_dataset, other_clip_id;
