-- Where the sound of stretches lies, each a part of a clip of some dataset; columns as those of listed.sql.
SELECT
    stretches.card,
    stretches.stretch AS clip_id,
    clips.root,
    clips.path,
    clips.member,
    clips.media_path,
    false AS whole_media,
    CASE WHEN clips.whole_media THEN 0 ELSE coalesce(clips.start_s, 0) END + stretches.from_s AS start_s,
    NULL::DOUBLE AS end_s,
    stretches.seconds AS duration_s,
    clips.sample_rate,
    clips.channels,
    clips.status,
    NULL::VARCHAR AS format,  -- of a video no still is taken
    checks.subtype,
    checks.bytes_digest,
    NULL::VARCHAR AS picture_folder,
    NULL::VARCHAR AS picture_path,
    NULL::BIGINT AS picture_bytes,
    NULL::BIGINT AS picture_mtime_ns
FROM stretches
JOIN clips USING (dataset, clip_id)
LEFT JOIN checks
    ON checks.root = clips.root AND checks.path = clips.path AND checks.member IS NOT DISTINCT FROM clips.member
ORDER BY stretches.card, stretches.stretch
