-- Clips of two splits of a dataset that share sound: rows of same_sound, the longest stretch first. Clips of foreign files are in same_sound_across_datasets.
-- dataset: the dataset
-- split_a: split of one of the clips
-- split_b: split of the other
-- clip_id_a: the one
-- clip_id_b: the other
-- how: samples or sound, as in same_sound
-- offset_s: what is heard t seconds after the start of clip a is heard t - offset_s seconds after that of clip b
-- overlap_s: how much of both is the same stretch of sound, seconds
-- start_a_s: where that starts in clip a, seconds from the clip's start
-- error_rate: share of the symbols of fingerprints that differ, 0 to 1
-- score: minus log10 of the chance that strangers agree so far; null of the same samples
CREATE VIEW same_sound_across_splits AS
SELECT
    dataset_a AS dataset,
    split_a,
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
WHERE dataset_a = dataset_b AND split_a <> split_b
ORDER BY overlap_s DESC, dataset, clip_id_a, clip_id_b;
