-- What different captions say of the same sound: clips that share sound, and both have captions; the longest stretch first.
-- dataset_a: dataset of one of the clips
-- clip_id_a: the one
-- captions_a: its captions, in their order
-- dataset_b: dataset of the other
-- clip_id_b: the other
-- captions_b: its captions
-- overlap_s: how much of both is the same stretch of sound, seconds
-- of_both: share of the longer clip that this is, 0 to 1: what they do not share, captions may tell of too
CREATE VIEW same_sound_captions AS
WITH paired AS (
    SELECT dataset_a AS dataset, clip_id_a AS clip_id FROM same_sound
    UNION
    SELECT dataset_b, clip_id_b FROM same_sound
),
lengths AS (
    SELECT dataset, clip_id, duration_s FROM clips SEMI JOIN paired USING (dataset, clip_id)
),
said AS (
    SELECT dataset, clip_id, list(text ORDER BY ordinal) AS captions
    FROM captions SEMI JOIN paired USING (dataset, clip_id)
    GROUP BY dataset, clip_id
),
known AS (
    FROM lengths JOIN said USING (dataset, clip_id)
)
SELECT
    dataset_a,
    clip_id_a,
    a.captions AS captions_a,
    dataset_b,
    clip_id_b,
    b.captions AS captions_b,
    overlap_s,
    least(overlap_s / greatest(a.duration_s, b.duration_s), 1) AS of_both
FROM same_sound
JOIN known AS a ON a.dataset = dataset_a AND a.clip_id = clip_id_a
JOIN known AS b ON b.dataset = dataset_b AND b.clip_id = clip_id_b
ORDER BY overlap_s DESC, dataset_a, clip_id_a, dataset_b, clip_id_b;
