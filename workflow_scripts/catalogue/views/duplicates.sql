-- Sound that several files hold, sample for sample, in whatever containers; what crosses splits first, silence last.
-- pcm_digest: digest of the samples that these files share
-- from_s: of spans of recordings: where in them the shared sound starts, seconds
-- to_s: and where it ends
-- clips: how many clips share it
-- crosses_splits: they stand in more than one split: a clip of the eval set that is also trained on
-- crosses_datasets: they stand in more than one dataset
-- is_digital_silence: every sample is 0, so that nothing but the length is shared
-- splits: the splits that they stand in, as dataset/split
-- clip_ids: the clips, as dataset/clip_id
-- media: the files, and members of archives, that serve them
CREATE VIEW duplicates AS
WITH repeated AS (  -- few digests are: numbers are compared before texts, and clips are joined to those media alone
    SELECT hash(pcm_digest) AS number FROM checks WHERE load_ok AND pcm_digest IS NOT NULL
    GROUP BY number HAVING count(*) > 1
),
suspected AS (
    SELECT root, path, member, pcm_digest FROM checks
    SEMI JOIN repeated ON repeated.number = hash(checks.pcm_digest)
    WHERE load_ok AND pcm_digest IS NOT NULL
),
heard AS (
    SELECT
        clips.dataset,
        clips.split,
        clips.clip_id,
        suspected.pcm_digest,
        CASE WHEN NOT clips.whole_media THEN clips.start_s END AS from_s,
        CASE WHEN NOT clips.whole_media THEN clips.end_s END AS to_s,
        clips.peak = 0 AS is_silent,
        clips.media_path || coalesce('/' || clips.member, '') AS media
    FROM clips
    JOIN suspected
        ON suspected.root = clips.root
        AND suspected.path = clips.path
        AND suspected.member IS NOT DISTINCT FROM clips.member
)
SELECT
    pcm_digest,
    from_s,
    to_s,
    count(*) AS clips,
    count(DISTINCT (dataset, split)) > count(DISTINCT dataset) AS crosses_splits,
    count(DISTINCT dataset) > 1 AS crosses_datasets,
    coalesce(any_value(is_silent), false) AS is_digital_silence,
    list(DISTINCT dataset || '/' || split ORDER BY dataset || '/' || split) AS splits,
    list(dataset || '/' || clip_id ORDER BY dataset, clip_id) AS clip_ids,
    list(DISTINCT media ORDER BY media) AS media
FROM heard
GROUP BY pcm_digest, from_s, to_s
HAVING min(media) <> max(media)
ORDER BY is_digital_silence, crosses_splits DESC, clips DESC, pcm_digest, from_s;
