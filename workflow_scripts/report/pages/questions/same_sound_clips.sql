WITH pairs AS (
    SELECT clip_id_a AS clip_id, split_a AS split, dataset_b AS other_dataset, split_b AS other_split, how
    FROM same_sound
    WHERE dataset_a = $dataset
    UNION ALL
    SELECT clip_id_b, split_b, dataset_a, split_a, how
    FROM same_sound
    WHERE dataset_b = $dataset
)
SELECT
    CASE
        WHEN grouping(other_dataset) = 1 THEN 'any of these'
        WHEN other_dataset = $dataset THEN 'another split'
        ELSE other_dataset
    END AS shared_with,
    count(DISTINCT clip_id) AS clips,
    count(DISTINCT clip_id) FILTER (usable) AS usable,
    count(DISTINCT clip_id) FILTER (how = 'samples') AS samples,
    count(DISTINCT clip_id) FILTER (how = 'sound') AS sound
FROM pairs
JOIN clips USING (clip_id)
WHERE clips.dataset = $dataset AND (
    other_dataset <> $dataset
    OR (pairs.split <> other_split AND NOT (is_trained_on(pairs.split) AND is_trained_on(other_split)))
)
GROUP BY GROUPING SETS ((), (pairs.other_dataset))
ORDER BY grouping(pairs.other_dataset) DESC, other_dataset <> $dataset, clips DESC, other_dataset;
