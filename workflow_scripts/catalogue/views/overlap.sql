-- Splits, of one dataset or of several, that share media: by what their sources are called, sample for sample, or as they sound.
-- dataset: one of the two
-- split: a split of it
-- other_dataset: the other, or the same
-- other_split: a split of that
-- shared_by: youtube, freesound, xeno_canto: the number or id in source_url; samples: the files that serve them hold the same; sound: they are of one group of the view sound_groups, of the same samples too
-- media: how many media they share; of sound how many groups
-- clips: clips of these in the first split
-- other_clips: clips of these in the other
-- examples: up to five of what they share
CREATE VIEW overlap AS
WITH called AS (
    SELECT
        dataset,
        split,
        published_as(source_url) AS media
    FROM clips
    WHERE source_url IS NOT NULL
),
repeated AS (  -- few digests are: numbers are compared before texts, and clips are joined to those media alone
    SELECT hash(pcm_digest) AS number FROM checks WHERE load_ok AND pcm_digest IS NOT NULL
    GROUP BY number HAVING count(*) > 1
),
used_twice AS (  -- by clips of two splits
    SELECT hash(root, path, member) AS number FROM clips WHERE path IS NOT NULL AND whole_media
    GROUP BY number HAVING min((dataset, split)) <> max((dataset, split))
),
suspected AS (
    SELECT root, path, member, pcm_digest FROM checks
    WHERE load_ok AND pcm_digest IS NOT NULL AND (
        hash(pcm_digest) IN (SELECT number FROM repeated)
        OR hash(root, path, member) IN (SELECT number FROM used_twice)
    )
),
heard AS (
    SELECT clips.dataset, clips.split, 'samples ' || suspected.pcm_digest AS media
    FROM clips
    JOIN suspected
        ON suspected.root = clips.root
        AND suspected.path = clips.path
        AND suspected.member IS NOT DISTINCT FROM clips.member
    WHERE clips.whole_media AND clips.peak > 0  -- all silence is the same
),
counted AS (
    SELECT media, dataset, split, count(*) AS clips
    FROM (FROM called UNION ALL FROM heard UNION ALL SELECT dataset, split, 'sound ' || group_id FROM sound_groups)
    WHERE media IS NOT NULL
    GROUP BY ALL
)
SELECT
    one.dataset,
    one.split,
    other.dataset AS other_dataset,
    other.split AS other_split,
    split_part(media, ' ', 1) AS shared_by,
    count(*) AS media,
    sum(one.clips)::BIGINT AS clips,
    sum(other.clips)::BIGINT AS other_clips,
    list(split_part(media, ' ', 2) ORDER BY media)[:5] AS examples
FROM counted AS one
JOIN counted AS other USING (media)
WHERE (one.dataset, one.split) < (other.dataset, other.split)
GROUP BY ALL
ORDER BY media DESC, one.dataset, one.split, other_dataset, other_split, shared_by;
