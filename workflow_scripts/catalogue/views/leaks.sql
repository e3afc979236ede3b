-- What clips of two splits of a dataset share, so that the one says beforehand what is asked of the other: a row for each such thing and pair of splits.
-- dataset: the dataset
-- split_by: authors: by `split`; assigned: by `assigned_split` of the view splits; folds: by its folds
-- shared_by: video: one video or recording, by media_key; neighbours: two clips of one with none between them; source: site and id in source_url, where they say another; media: one file serves both; samples: their files hold the same, digital silence aside; session: that of the view splits, which folds alone keep together
-- split: one of the two splits, or folds
-- other_split: the other
-- what: what they share; of neighbours the video or recording
-- clips: how many clips of the first share it
-- other_clips: and how many of the other
-- gap_s: seconds between neighbours; less than 0 where they overlap
-- clip_ids: those of the first
-- other_clip_ids: those of the other
CREATE VIEW leaks AS
WITH videos AS (  -- numbers are compared before texts: few clips share anything
    SELECT hash(dataset, media_key) AS number FROM clips GROUP BY number HAVING count(*) > 1
),
published AS MATERIALIZED (
    SELECT dataset, clip_id, split, published_as(source_url) AS what FROM clips
    WHERE source_url IS NOT NULL
        AND NOT (length(media_key) = 11 AND contains(source_url, media_key))  -- a video's own address: read no further
        AND published_as(source_url) IS NOT NULL
),
sources AS (
    SELECT hash(dataset, what) AS number FROM published GROUP BY number HAVING count(*) > 1
),
files AS (
    SELECT hash(dataset, root, path, member) AS number FROM clips WHERE path IS NOT NULL
    GROUP BY number HAVING count(*) > 1
),
digests AS (
    SELECT hash(pcm_digest) AS number FROM checks WHERE load_ok AND peak > 0 AND pcm_digest IS NOT NULL
    GROUP BY number HAVING count(*) > 1
),
suspected AS (
    SELECT root, path, member, pcm_digest FROM checks SEMI JOIN digests ON digests.number = hash(checks.pcm_digest)
    WHERE load_ok AND peak > 0 AND pcm_digest IS NOT NULL
),
sessions AS (
    SELECT hash(dataset, session) AS number FROM splits WHERE session IS NOT NULL GROUP BY number HAVING count(*) > 1
),
sharing AS (
    SELECT dataset, clip_id, split, 'video' AS shared_by, media_key AS what, coalesce(start_s, 0) AS start_s, end_s
    FROM clips SEMI JOIN videos ON videos.number = hash(clips.dataset, clips.media_key)
    UNION ALL
    SELECT dataset, clip_id, split, 'source', what, NULL, NULL
    FROM published SEMI JOIN sources ON sources.number = hash(published.dataset, published.what)
    UNION ALL
    SELECT dataset, clip_id, split, 'media', media_path || coalesce('/' || member, ''), NULL, NULL
    FROM clips SEMI JOIN files ON files.number = hash(clips.dataset, clips.root, clips.path, clips.member)
    UNION ALL
    SELECT clips.dataset, clips.clip_id, clips.split, 'samples', suspected.pcm_digest, NULL, NULL
    FROM clips
    JOIN suspected
        ON suspected.root = clips.root
        AND suspected.path = clips.path
        AND suspected.member IS NOT DISTINCT FROM clips.member
    UNION ALL
    SELECT dataset, clip_id, split, 'session', session, NULL, NULL
    FROM splits SEMI JOIN sessions ON sessions.number = hash(splits.dataset, splits.session)
),
placed AS (
    SELECT dataset, clip_id, 'authors' AS split_by, shared_by, what, start_s, end_s, split FROM sharing
    UNION ALL
    SELECT dataset, clip_id, 'assigned', shared_by, what, start_s, end_s, assigned_split
    FROM sharing JOIN splits USING (dataset, clip_id)
    UNION ALL
    SELECT dataset, clip_id, 'folds', shared_by, what, start_s, end_s, 'fold_' || fold
    FROM sharing JOIN splits USING (dataset, clip_id)
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
    WINDOW in_time AS (PARTITION BY dataset, split_by, what ORDER BY start_s, clip_id)
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
