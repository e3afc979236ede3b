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
)
SELECT
    CASE WHEN is_a THEN split_a ELSE split_b END AS split,
    CASE WHEN is_a THEN dataset_b ELSE dataset_a END AS other_dataset,
    CASE WHEN is_a THEN split_b ELSE split_a END AS other_split,
    count(DISTINCT CASE WHEN is_a THEN clip_id_a ELSE clip_id_b END) AS clips,
    count(DISTINCT CASE WHEN is_a THEN clip_id_b ELSE clip_id_a END) AS other_clips,
    count(*) FILTER (how = 'samples') AS samples,
    count(*) FILTER (how = 'sound') AS sound,
    count(*) FILTER (disagree) AS disagree
FROM pairs
LEFT JOIN disagreeing USING (dataset_a, clip_id_a, dataset_b, clip_id_b)
GROUP BY ALL
ORDER BY clips DESC, other_clips DESC, split, other_dataset, other_split;
