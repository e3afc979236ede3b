-- What clips of two splits of a dataset share, so that the one says beforehand what is asked of the other: a row for each such thing and pair of splits.
-- dataset: the dataset
-- split_by: authors: by `split`; assigned: by `assigned_split` of the view splits; folds: by its folds
-- shared_by: what it is, as in the view sharing; neighbours: two clips of one video or recording with none between them; session is what folds alone keep together
-- split: one of the two splits, or folds
-- other_split: the other
-- what: what they share; of neighbours the video or recording
-- clips: how many clips of the first share it
-- other_clips: and how many of the other
-- gap_s: seconds between neighbours; less than 0 where they overlap
-- clip_ids: those of the first
-- other_clip_ids: those of the other
CREATE VIEW leaks AS
WITH rows AS MATERIALIZED (
    FROM sharing
),
placed AS (
    SELECT dataset, 'authors' AS split_by, shared_by, what, clip_id, split, start_s, end_s FROM rows
    UNION ALL
    SELECT dataset, 'assigned', shared_by, what, clip_id, assigned_split, start_s, end_s FROM rows
    WHERE assigned_split IS NOT NULL
    UNION ALL
    SELECT dataset, 'folds', shared_by, what, clip_id, 'fold_' || fold, start_s, end_s FROM rows
    WHERE fold IS NOT NULL
),
found AS (
    SELECT dataset, split_by, shared_by, what, split, count(*) AS clips, list(clip_id ORDER BY clip_id) AS clip_ids
    FROM placed
    GROUP BY dataset, split_by, shared_by, what, split
    QUALIFY count(*) OVER (PARTITION BY dataset, split_by, shared_by, what) > 1
),
following AS (
    SELECT
        dataset,
        split_by,
        what,
        lag(clip_id) OVER in_time AS before,
        clip_id,
        lag(split) OVER in_time AS split_before,
        split,
        start_s - lag(end_s) OVER in_time AS gap_s
    FROM placed
    WHERE shared_by = 'video'
    WINDOW in_time AS (PARTITION BY dataset, split_by, what ORDER BY coalesce(start_s, 0), clip_id)
)
SELECT
    one.dataset,
    one.split_by,
    one.shared_by,
    one.split,
    other.split AS other_split,
    one.what,
    one.clips,
    other.clips AS other_clips,
    NULL::DOUBLE AS gap_s,
    one.clip_ids,
    other.clip_ids AS other_clip_ids
FROM found AS one
JOIN found AS other
    ON one.dataset = other.dataset AND one.split_by = other.split_by AND one.shared_by = other.shared_by
    AND one.what = other.what AND one.split < other.split
UNION ALL
SELECT
    dataset,
    split_by,
    'neighbours',
    least(split_before, split),
    greatest(split_before, split),
    what,
    1,
    1,
    gap_s,
    [CASE WHEN split_before < split THEN before ELSE clip_id END],
    [CASE WHEN split_before < split THEN clip_id ELSE before END]
FROM following
WHERE split_before <> split
ORDER BY ALL;
