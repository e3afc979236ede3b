WITH counted AS (
    SELECT split, count(*) FILTER (trainable) AS trainable, sum(duration_s::DECIMAL(18, 6)) FILTER (usable) AS seconds
    FROM clips
    WHERE dataset = $dataset
    GROUP BY split
)
SELECT
    summary.split,
    sum(clips)::BIGINT AS promised,
    coalesce(sum(clips) FILTER (status = 'missing'), 0)::BIGINT AS missing,
    coalesce(sum(clips) FILTER (status = 'ambiguous'), 0)::BIGINT AS ambiguous,
    coalesce(sum(clips) FILTER (status = 'unreadable'), 0)::BIGINT AS unreadable,
    coalesce(sum(clips) FILTER (status = 'truncated'), 0)::BIGINT AS truncated,
    coalesce(sum(clips) FILTER (status = 'too_short'), 0)::BIGINT AS too_short,
    coalesce(sum(clips) FILTER (status = 'too_long'), 0)::BIGINT AS too_long,
    coalesce(sum(clips) FILTER (status = 'resample_failed'), 0)::BIGINT AS resample_failed,
    coalesce(sum(clips) FILTER (status = 'feature_failed'), 0)::BIGINT AS feature_failed,
    coalesce(sum(clips) FILTER (status = 'outside_media'), 0)::BIGINT AS outside_media,
    coalesce(sum(clips) FILTER (status = 'usable'), 0)::BIGINT AS usable,
    coalesce(any_value(trainable), 0) AS trainable,
    coalesce(any_value(seconds), 0)::DOUBLE / 3600 AS hours
FROM summary
LEFT JOIN counted USING (split)
WHERE dataset = $dataset
GROUP BY summary.split
ORDER BY promised DESC, summary.split;
