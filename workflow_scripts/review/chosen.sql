-- The clips that have cards. Each class, finding and status is a stratum; clips stand in each of them in one order, which
-- follows from the seed and their ids alone. A clip comes in the round in which its turn is in any of its strata.
WITH strata AS (
    SELECT said.clip_id, 'class ' || said.class_id AS stratum
    FROM labels AS said
    SEMI JOIN asked USING (clip_id)
    WHERE said.dataset = $dataset AND said.origin = 'annotated'
    UNION
    SELECT clip_id, 'status ' || status FROM asked WHERE status <> 'usable'
    UNION
    SELECT found.clip_id, 'finding ' || found.finding
    FROM findings AS found
    SEMI JOIN asked USING (clip_id)
    WHERE found.dataset = $dataset
    UNION
    SELECT alike.clip_id, 'finding same_sound'
    FROM sound_groups AS alike
    SEMI JOIN asked USING (clip_id)
    WHERE alike.dataset = $dataset
),
placed AS (
    SELECT clip_id, md5_number_lower(concat_ws(' ', $seed, $dataset, clip_id)) AS place
    FROM asked
),
turns AS (
    SELECT clip_id, place, row_number() OVER (PARTITION BY stratum ORDER BY place, clip_id) AS turn
    FROM placed
    LEFT JOIN strata USING (clip_id)
),
chosen AS (
    SELECT clip_id, any_value(place) AS place, min(turn) AS round
    FROM turns
    GROUP BY clip_id
    ORDER BY round, place, clip_id
    LIMIT $cards
)
SELECT row_number() OVER (ORDER BY round, place, clip_id) - 1 AS ordinal, clip_id
FROM chosen
ORDER BY ordinal
