-- How many of the labels of each class are right, as far as people listened: what reviews that count say of labels of annotators, with Wilson's 95 % interval (Wilson 1927): (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n), z = 1.959963984540054.
-- dataset: the dataset
-- class_id: the class
-- class_name: its name
-- split: part of the dataset, as its authors named it; null for the row that is of all of them
-- labels: clips that annotators gave the class
-- judged: of these, how many were judged: n. Right is the label of a clip that is kept as it is, or whose classes by the review hold the class or one below it; wrong is that of a clip that was dropped without classes, or whose classes do not. Of several reviewers the most decide, each by the last that they said of the clip
-- correct: of these, how many are right
-- disputed: how many more were judged, by as many right as wrong
-- share: correct of judged: p; null where nothing was judged
-- low: the lower end of the interval; 0 where nothing was judged
-- high: its upper end; 1 where nothing was judged
CREATE VIEW label_quality AS
WITH counting AS (  -- without a zone a time is of UTC
    SELECT
        *,
        CASE
            WHEN regexp_matches(reviewed_at, '[T ].*([zZ]|[+-]\d\d(:?\d\d)?)$') THEN try_cast(reviewed_at AS TIMESTAMPTZ)
            ELSE timezone('UTC', try_cast(reviewed_at AS TIMESTAMP))
        END AS said_at
    FROM reviews
    WHERE counts
),
said AS (
    SELECT
        dataset,
        clip_id,
        coalesce(reviewer, '') AS reviewer,
        last(verdict ORDER BY said_at NULLS FIRST, source, line) FILTER (verdict IS NOT NULL) AS verdict,
        last(class_ids ORDER BY said_at NULLS FIRST, source, line) FILTER (class_ids IS NOT NULL) AS class_ids
    FROM counting
    GROUP BY ALL
),
above AS (  -- who says Dog does not say that Animal is wrong
    SELECT DISTINCT dataset, clip_id, reviewer, unnest(ancestor_ids) AS class_id
    FROM (SELECT dataset, clip_id, reviewer, unnest(class_ids) AS class_id FROM said)
    JOIN classes USING (dataset, class_id)
),
given AS MATERIALIZED (
    SELECT DISTINCT dataset, clip_id, class_id FROM labels WHERE origin = 'annotated'
),
opinions AS (
    SELECT
        given.*,
        CASE
            WHEN said.class_ids IS NOT NULL THEN list_contains(said.class_ids, given.class_id) OR above.class_id IS NOT NULL
            WHEN said.verdict IS NOT NULL THEN said.verdict = 'keep'
        END AS is_right
    FROM given
    JOIN said USING (dataset, clip_id)
    LEFT JOIN above USING (dataset, clip_id, reviewer, class_id)
),
decided AS (
    SELECT
        dataset,
        clip_id,
        class_id,
        count(*) FILTER (is_right) - count(*) FILTER (NOT is_right) AS balance
    FROM opinions
    WHERE is_right IS NOT NULL
    GROUP BY dataset, clip_id, class_id
),
counted AS (
    SELECT
        given.dataset,
        given.class_id,
        clips.split,
        count(*) AS labels,
        count(*) FILTER (balance <> 0) AS judged,
        count(*) FILTER (balance > 0) AS correct,
        count(*) FILTER (balance = 0) AS disputed
    FROM given
    JOIN clips USING (dataset, clip_id)
    LEFT JOIN decided USING (dataset, clip_id, class_id)
    GROUP BY GROUPING SETS ((given.dataset, given.class_id, clips.split), (given.dataset, given.class_id))
),
shared AS (
    SELECT *, correct / nullif(judged, 0) AS share, 1.959963984540054 AS z FROM counted
),
wilson AS (
    SELECT
        *,
        (share + z * z / (2 * judged)) / (1 + z * z / judged) AS middle,
        z * sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged)) / (1 + z * z / judged) AS half
    FROM shared
)
SELECT
    dataset,
    class_id,
    name AS class_name,
    split,
    labels,
    judged,
    correct,
    disputed,
    share,
    CASE WHEN coalesce(correct, 0) = 0 THEN 0.0 ELSE middle - half END AS low,
    CASE WHEN correct = judged THEN 1.0 ELSE middle + half END AS high
FROM wilson
LEFT JOIN classes USING (dataset, class_id)
ORDER BY dataset, class_name, class_id, split NULLS FIRST;
