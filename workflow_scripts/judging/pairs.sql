-- The pairs of a clip and a class of which it has to be decided whether the label is right, as views of `predictions` and `labels`.
--
-- A model speaks of the clips that it scored anything of, and of the classes that it gave to any clip. Of such a clip and such a
-- class, no row is a score of 0: tables of predictions leave out what is unlikely. What ontology and annotators say alike is given;
-- what is heard in the background is neither given nor missing, and left out.
CREATE TEMP TABLE said AS
SELECT clip_id, class_id, bool_or(origin = 'annotated') AS is_annotated, bool_and(origin = 'background') AS is_background
FROM labels
WHERE clip_id IN (SELECT clip_id FROM predictions) AND class_id IN (SELECT class_id FROM predictions)
GROUP BY clip_id, class_id;

CREATE TEMP VIEW scored AS
SELECT clip_id, class_id, score::DOUBLE AS score, coalesce(is_annotated, false) AS is_annotated, is_background IS NOT NULL AS is_given
FROM predictions
LEFT JOIN said USING (clip_id, class_id)
WHERE is_background IS NOT true;

CREATE TEMP VIEW not_scored AS
SELECT clip_id, class_id, NULL::DOUBLE AS score, is_annotated, true AS is_given
FROM said
ANTI JOIN predictions USING (clip_id, class_id)
WHERE NOT is_background;

-- How sure the model is of a class on average, where it is given and where it is not: the thresholds of Northcutt et al. 2021, eq. 2.
-- Sums are of whole numbers, so that they are the same in whatever order they are made.
CREATE TEMP TABLE thresholds AS
WITH clips AS (SELECT count(DISTINCT clip_id) AS n FROM predictions),
of_scored AS (
    SELECT
        class_id,
        sum(score::DECIMAL(16, 15)) FILTER (is_given) AS given_sum,
        sum(score::DECIMAL(16, 15)) FILTER (NOT is_given) AS other_sum
    FROM scored
    GROUP BY class_id
),
of_said AS (
    SELECT class_id, count(*) FILTER (NOT is_background) AS given, count(*) FILTER (is_background) AS background
    FROM said
    GROUP BY class_id
)
SELECT
    class_id,
    coalesce(given_sum, 0)::DOUBLE / nullif(coalesce(given, 0), 0) AS where_given,
    1 - coalesce(other_sum, 0)::DOUBLE / nullif(n - coalesce(given, 0) - coalesce(background, 0), 0) AS where_not
FROM of_scored
LEFT JOIN of_said USING (class_id)
CROSS JOIN clips;
