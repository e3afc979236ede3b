-- Clips that share something with another clip of their dataset: a row for each clip and such thing, whichever splits they stand in.
-- dataset: the dataset
-- shared_by: video: one video or recording, by media_key; source: site and id in source_url, of clips of different media_key; media: one file serves both; samples: their files hold the same, digital silence aside; sound: they are of one group of the view sound_groups, of the same samples too; session: that of the view splits
-- what: what they share
-- clip_id: the clip
-- split: its split, as the authors have it
-- assigned_split: that of the view splits; null where the dataset file has no augment_splits, folds or subsets
-- fold: its fold, likewise
-- start_s: where it starts, seconds
-- end_s: where it ends, seconds
CREATE VIEW sharing AS
WITH videos AS (  -- numbers are compared before texts: few clips share anything
    SELECT hash(dataset, media_key) AS number FROM clips GROUP BY number HAVING count(*) > 1
),
published AS MATERIALIZED (
    SELECT
        dataset,
        clip_id,
        media_key,
        CASE
            WHEN length(media_key) = 11 AND contains(source_url, media_key) AND contains(source_url, 'youtu')
                THEN 'youtube ' || media_key  -- a video's own address, as most are: sooner than by patterns
            ELSE published_as(source_url)
        END AS what
    FROM clips
    WHERE source_url IS NOT NULL
),
sources AS (  -- clips of one media_key share a video
    SELECT hash(dataset, what) AS number FROM published WHERE what IS NOT NULL
    GROUP BY number HAVING min(media_key) <> max(media_key)
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
sounds AS (
    SELECT dataset, group_id FROM sound_groups GROUP BY dataset, group_id HAVING count(*) > 1
),
sessions AS (
    SELECT hash(dataset, session) AS number FROM splits WHERE session IS NOT NULL GROUP BY number HAVING count(*) > 1
),
shared AS (
    SELECT dataset, clip_id, 'video' AS shared_by, media_key AS what
    FROM clips SEMI JOIN videos ON videos.number = hash(clips.dataset, clips.media_key)
    UNION ALL
    SELECT dataset, clip_id, 'source', what
    FROM published SEMI JOIN sources ON sources.number = hash(published.dataset, published.what)
    UNION ALL
    SELECT dataset, clip_id, 'media', media_path || coalesce('/' || member, '')
    FROM clips SEMI JOIN files ON files.number = hash(clips.dataset, clips.root, clips.path, clips.member)
    UNION ALL
    SELECT clips.dataset, clips.clip_id, 'samples', suspected.pcm_digest
    FROM clips
    JOIN suspected
        ON suspected.root = clips.root
        AND suspected.path = clips.path
        AND suspected.member IS NOT DISTINCT FROM clips.member
    UNION ALL
    SELECT dataset, clip_id, 'sound', group_id
    FROM sound_groups SEMI JOIN sounds USING (dataset, group_id)
    UNION ALL
    SELECT dataset, clip_id, 'session', session
    FROM splits SEMI JOIN sessions ON sessions.number = hash(splits.dataset, splits.session)
)
SELECT dataset, shared_by, what, clip_id, clips.split, splits.assigned_split, splits.fold, clips.start_s, clips.end_s
FROM shared
JOIN clips USING (dataset, clip_id)
LEFT JOIN splits USING (dataset, clip_id)
ORDER BY ALL;
