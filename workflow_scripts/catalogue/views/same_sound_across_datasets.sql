-- Clips of two datasets that share sound: rows of same_sound, the longest stretch first.
-- dataset_a: dataset of one of the clips
-- split_a: its split
-- dataset_b: dataset of the other
-- split_b: its split
-- clip_id_a: the one
-- clip_id_b: the other
-- how: samples or sound, as in same_sound
-- offset_s: what is heard t seconds after the start of clip a is heard t - offset_s seconds after that of clip b
-- overlap_s: how much of both is the same stretch of sound, seconds
-- start_a_s: where that starts in clip a, seconds from the clip's start
-- error_rate: share of the symbols of fingerprints that differ, 0 to 1
-- score: minus log10 of the chance that strangers agree so far; null of the same samples
CREATE VIEW same_sound_across_datasets AS
SELECT
    dataset_a,
    split_a,
    dataset_b,
    split_b,
    clip_id_a,
    clip_id_b,
    how,
    offset_s,
    overlap_s,
    start_a_s,
    error_rate,
    score
FROM same_sound
WHERE dataset_a <> dataset_b
ORDER BY overlap_s DESC, dataset_a, clip_id_a, dataset_b, clip_id_b;
