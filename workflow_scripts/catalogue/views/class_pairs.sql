-- Classes that annotators said of the same clip, each pair once.
-- dataset: the dataset
-- class_a: name of the class whose id comes first
-- class_b: name of the other
-- class_a_id: its id
-- class_b_id: its id
-- clips: clips that both are said of
CREATE VIEW class_pairs AS
WITH said AS (
    SELECT DISTINCT dataset, clip_id, class_id, class_name
    FROM labels
    WHERE origin = 'annotated' AND strength = 'weak'
)
SELECT
    a.dataset,
    a.class_name AS class_a,
    b.class_name AS class_b,
    a.class_id AS class_a_id,
    b.class_id AS class_b_id,
    count(*) AS clips
FROM said AS a
JOIN said AS b
    ON a.dataset = b.dataset AND a.clip_id = b.clip_id AND a.class_id < b.class_id
GROUP BY ALL
ORDER BY clips DESC, a.dataset, class_a_id, class_b_id;
