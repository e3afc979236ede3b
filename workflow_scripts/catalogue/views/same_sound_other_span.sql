-- Clips of one video or recording, by other spans of it, that share sound: spans that overlap, times that are wrong, or sound that comes again.
-- dataset_a: dataset of one of the clips
-- clip_id_a: the one
-- start_a: where it starts in its source, seconds, as its label row says
-- dataset_b: dataset of the other
-- clip_id_b: the other
-- start_b: where that starts, seconds
-- source: what both are of: site and id in source_url, or else media_key
-- said_offset_s: offset_s as it would be by these starts, seconds
-- offset_s: what is heard t seconds after the start of clip a is heard t - offset_s seconds after that of clip b
-- overlap_s: how much of both is the same stretch of sound, seconds
-- error_rate: share of the symbols of fingerprints that differ, 0 to 1
CREATE VIEW same_sound_other_span AS
WITH paired AS (
    SELECT dataset_a AS dataset, clip_id_a AS clip_id FROM same_sound
    UNION
    SELECT dataset_b, clip_id_b FROM same_sound
),
known AS (
    SELECT dataset, clip_id, media_key, published_as(source_url) AS published, start_s, end_s
    FROM clips SEMI JOIN paired USING (dataset, clip_id)
)
SELECT
    dataset_a,
    clip_id_a,
    a.start_s AS start_a,
    dataset_b,
    clip_id_b,
    b.start_s AS start_b,
    CASE WHEN a.published = b.published THEN a.published ELSE a.media_key END AS source,
    b.start_s - a.start_s AS said_offset_s,
    offset_s,
    overlap_s,
    error_rate
FROM same_sound
JOIN known AS a ON a.dataset = dataset_a AND a.clip_id = clip_id_a
JOIN known AS b ON b.dataset = dataset_b AND b.clip_id = clip_id_b
WHERE (a.published = b.published OR (dataset_a = dataset_b AND a.media_key = b.media_key))
    AND (a.start_s, a.end_s) IS DISTINCT FROM (b.start_s, b.end_s)
ORDER BY overlap_s DESC, dataset_a, clip_id_a, dataset_b, clip_id_b;
