-- Classes that annotators said of the same clip, each pair once.
-- dataset: the dataset
-- class_a: name of the class whose id comes first
-- class_b: name of the other
-- class_a_id: its id
-- class_b_id: its id
-- clips: clips that both are said of
CREATE VIEW class_pairs AS
WITH sets AS (  -- clips that are annotated alike are looked at once
    SELECT dataset, class_ids, row_number() OVER () AS number, count(*) AS clips
    FROM clips
    GROUP BY dataset, class_ids
),
said AS (
    SELECT DISTINCT dataset, number, clips, unnest(class_ids) AS class_id
    FROM sets
)
SELECT
    a.dataset,
    of_a.name AS class_a,
    of_b.name AS class_b,
    a.class_id AS class_a_id,
    b.class_id AS class_b_id,
    sum(a.clips)::BIGINT AS clips
FROM said AS a
JOIN said AS b
    ON a.number = b.number AND a.class_id < b.class_id
JOIN classes AS of_a
    ON of_a.dataset = a.dataset AND of_a.class_id = a.class_id
JOIN classes AS of_b
    ON of_b.dataset = b.dataset AND of_b.class_id = b.class_id
GROUP BY ALL
ORDER BY clips DESC, a.dataset, class_a_id, class_b_id;
