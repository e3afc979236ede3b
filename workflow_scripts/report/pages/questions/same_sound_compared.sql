WITH left_out AS (
    SELECT
        root,
        path,
        member,
        CASE WHEN NOT load_ok OR pcm_digest IS NULL THEN 'no_sound' WHEN peak = 0 THEN 'silent' ELSE reason END AS why
    FROM checks
    LEFT JOIN skipped_sounds ON skipped_sounds.sound = checks.pcm_digest
    WHERE NOT load_ok OR pcm_digest IS NULL OR peak = 0 OR reason IS NOT NULL
),
told AS (
    SELECT
        clips.dataset,
        CASE
            WHEN clips.path IS NULL OR coalesce(clips.duration_s, 0) <= 0 THEN 'no_sound'
            WHEN clips.peak = 0 THEN 'silent'
            ELSE coalesce(left_out.why, 'compared')
        END AS outcome
    FROM clips
    LEFT JOIN left_out
        ON left_out.root = clips.root
        AND left_out.path = clips.path
        AND left_out.member IS NOT DISTINCT FROM clips.member
    UNION ALL
    SELECT dataset, coalesce(reason, 'compared')
    FROM foreign_clips
    LEFT JOIN skipped_sounds ON skipped_sounds.sound = dataset || '/' || clip_id
)
SELECT
    outcome,
    count(*) FILTER (dataset = $dataset) AS clips,
    count(*) FILTER (dataset <> $dataset) AS others
FROM told
GROUP BY outcome
ORDER BY outcome = 'compared' DESC, clips DESC, outcome;
