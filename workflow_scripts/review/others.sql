-- Of each clip that has a card the clips that hold its sound too: first those of other splits and datasets, then those that
-- share most of it. They follow from nothing that is said of clips, so that no label makes a pack anew.
WITH pairs AS (
    SELECT
        clip_id_a AS clip_id,
        split_a AS own_split,
        greatest(start_a_s, 0) AS from_s,
        dataset_b AS dataset,
        clip_id_b AS clip,
        split_b AS split,
        greatest(start_a_s - offset_s, 0) AS other_from_s,
        how,
        overlap_s,
        error_rate
    FROM same_sound
    SEMI JOIN chosen ON chosen.clip_id = same_sound.clip_id_a
    WHERE dataset_a = $dataset
    UNION ALL
    SELECT
        clip_id_b,
        split_b,
        greatest(start_a_s - offset_s, 0),
        dataset_a,
        clip_id_a,
        split_a,
        greatest(start_a_s, 0),
        how,
        overlap_s,
        error_rate
    FROM same_sound
    SEMI JOIN chosen ON chosen.clip_id = same_sound.clip_id_b
    WHERE dataset_b = $dataset
),
placed AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY clip_id
            ORDER BY dataset = $dataset AND split = own_split, overlap_s DESC, error_rate, dataset, clip
        ) AS place,
        count(*) OVER (PARTITION BY clip_id) AS others
    FROM pairs
)
SELECT
    placed.clip_id,
    placed.dataset,
    placed.clip,
    placed.split,
    theirs.status,
    placed.how,
    round(placed.from_s, 3) AS from_s,
    round(placed.other_from_s, 3) AS other_from_s,
    placed.overlap_s,
    placed.error_rate,
    placed.others,
    round(  -- as much as both have, and as is played
        least(placed.overlap_s, $longest_s, mine.duration_s - placed.from_s, theirs.duration_s - placed.other_from_s), 3
    ) AS seconds
FROM placed
JOIN clips AS mine ON mine.dataset = $dataset AND mine.clip_id = placed.clip_id
LEFT JOIN clips AS theirs ON theirs.dataset = placed.dataset AND theirs.clip_id = placed.clip
WHERE placed.place <= $most
ORDER BY placed.clip_id, placed.place
