-- What the packs of chosen clips are made of: where their sound lies, and a picture that is called like them.
WITH pictures AS (
    SELECT
        orphans.clip_id,
        arg_min({'folder': roots.path || '/', 'path': orphans.path, 'root': orphans.root}, orphans.path) AS picture
    FROM orphans
    JOIN roots ON roots.dataset = orphans.dataset AND roots.root = orphans.root
    SEMI JOIN chosen ON chosen.clip_id = orphans.clip_id
    WHERE orphans.dataset = $dataset AND roots.holds = 'images' AND orphans.member IS NULL
    GROUP BY orphans.clip_id
    UNION ALL
    SELECT clips.clip_id, {'folder': roots.path || '/', 'path': clips.path, 'root': clips.root}
    FROM clips
    JOIN roots ON roots.dataset = clips.dataset AND roots.root = clips.root
    SEMI JOIN chosen USING (clip_id)
    WHERE clips.dataset = $dataset AND roots.holds = 'images'
)
SELECT
    chosen.clip_id,
    clips.root,
    clips.path,
    clips.member,
    clips.media_path,
    clips.whole_media,
    clips.start_s,
    clips.end_s,
    clips.duration_s,
    clips.sample_rate,
    clips.channels,
    clips.status,
    checks.format,
    checks.subtype,
    checks.bytes_digest,
    pictures.picture.folder AS picture_folder,
    pictures.picture.path AS picture_path,
    media.bytes AS picture_bytes,
    media.mtime_ns AS picture_mtime_ns
FROM chosen
JOIN clips ON clips.dataset = $dataset AND clips.clip_id = chosen.clip_id
LEFT JOIN checks
    ON checks.root = clips.root AND checks.path = clips.path AND checks.member IS NOT DISTINCT FROM clips.member
LEFT JOIN pictures ON pictures.clip_id = chosen.clip_id
LEFT JOIN media ON media.root = pictures.picture.root AND media.path = pictures.picture.path AND media.member IS NULL
ORDER BY chosen.ordinal
