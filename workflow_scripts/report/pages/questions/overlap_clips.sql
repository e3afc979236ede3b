WITH called AS (
    SELECT dataset, clip_id, usable, published_as(source_url) AS media
    FROM clips
    WHERE source_url IS NOT NULL
    UNION ALL
    SELECT dataset, clip_id, usable, 'samples ' || pcm_digest
    FROM clips
    JOIN checks
        ON checks.root = clips.root AND checks.path = clips.path AND checks.member IS NOT DISTINCT FROM clips.member
    WHERE whole_media AND clips.peak > 0 AND load_ok AND pcm_digest IS NOT NULL
    UNION ALL
    SELECT sound_groups.dataset, clip_id, usable, 'sound ' || group_id
    FROM sound_groups
    LEFT JOIN clips USING (dataset, clip_id)
),
mine AS (
    SELECT clip_id, usable, media FROM called WHERE dataset = $dataset
),
theirs AS (
    SELECT DISTINCT dataset, media FROM called WHERE dataset <> $dataset
)
SELECT
    CASE WHEN grouping(dataset) = 1 THEN 'any other dataset' ELSE dataset END AS other_dataset,
    count(DISTINCT clip_id) AS clips,
    count(DISTINCT clip_id) FILTER (usable) AS usable
FROM mine
JOIN theirs USING (media)
GROUP BY GROUPING SETS ((), (theirs.dataset))
ORDER BY grouping(theirs.dataset) DESC, clips DESC, theirs.dataset;
