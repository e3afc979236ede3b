-- What a query of a dataset file chooses, as far as it is usable, with all that its sound follows from.
SELECT
    c.dataset,
    c.clip_id,
    coalesce(a.split, c.split) AS split,
    coalesce(a.class_id, c.class_ids[1], s.class_id) AS class_id,
    a.class_id AS meant_class_id,
    greatest(coalesce(a.start_s, 0.0), 0.0) AS start_s,
    least(coalesce(a.end_s, c.duration_s), c.duration_s) AS end_s,
    if(c.whole_media, 0.0, coalesce(c.start_s, 0.0)) AS clip_from_s,
    c.root || '/' || c.path AS media,
    c.path,
    c.member,
    c.media_path,
    c.sample_rate AS own_rate,
    k.bytes_digest,
    k.pcm_digest,
    k.envelope_rms
FROM chosen AS a
JOIN clips AS c ON c.dataset = a.dataset AND c.clip_id = a.clip_id
JOIN checks AS k ON k.root = c.root AND k.path = c.path AND k.member IS NOT DISTINCT FROM c.member
LEFT JOIN (  -- of clips of which stretches alone are said
    SELECT dataset, clip_id, min(class_id::VARCHAR) AS class_id
    FROM labels
    WHERE origin = 'annotated' AND (dataset, clip_id) IN (SELECT (dataset, clip_id) FROM chosen)
    GROUP BY ALL
) AS s ON s.dataset = c.dataset AND s.clip_id = c.clip_id
WHERE c.usable AND least(coalesce(a.end_s, c.duration_s), c.duration_s) > greatest(coalesce(a.start_s, 0.0), 0.0)
ORDER BY ALL
