-- Each dataset's classes on AudioSet's ontology, where ids or names agree; the ontology is that of any dataset of the run.
-- dataset: the dataset
-- class_id: a class of it
-- class_name: its name
-- audioset_id: the class of the ontology that it is, null where none is called so
-- audioset_name: the name of that
-- audioset_ancestor_ids: all classes above that
-- agrees_by: id; name: the same words, whatever stands between them; synonym: one of the names between commas, and of no other class
-- clips: clips that annotators said the class of
CREATE VIEW class_map AS
WITH named AS (
    SELECT dataset, class_id, name, ancestor_ids, depth, name AS said, 'name' AS agrees_by
    FROM classes
    UNION ALL
    SELECT dataset, class_id, name, ancestor_ids, depth, unnest(string_split(name, ',')), 'synonym'
    FROM classes
    WHERE contains(name, ',')
),
folded AS (
    SELECT
        * EXCLUDE (said),
        trim(regexp_replace(regexp_replace(lower(said), '[^a-z0-9]+', ' ', 'g'), '( and)* | and$', ' ', 'g')) AS words
    FROM named
),
ontology AS (
    SELECT class_id, any_value(name) AS name, any_value(ancestor_ids) AS ancestor_ids
    FROM classes
    WHERE depth IS NOT NULL AND regexp_matches(class_id, '^/[mgt]/')
    GROUP BY class_id
),
called AS (  -- of what several classes are called, none is meant for sure
    SELECT words, any_value(class_id) AS class_id, min(agrees_by) AS agrees_by
    FROM folded
    SEMI JOIN ontology USING (class_id)
    GROUP BY words HAVING count(DISTINCT class_id) = 1
),
meant AS (
    SELECT
        classes.dataset,
        classes.class_id,
        coalesce(ontology.class_id, called.class_id) AS audioset_id,
        CASE WHEN ontology.class_id IS NOT NULL THEN 'id' ELSE called.agrees_by END AS agrees_by
    FROM classes
    LEFT JOIN ontology USING (class_id)
    LEFT JOIN folded
        ON folded.dataset = classes.dataset AND folded.class_id = classes.class_id AND folded.agrees_by = 'name'
    LEFT JOIN called ON called.words = folded.words
),
said AS (
    SELECT dataset, class_id, count(DISTINCT clip_id) AS clips
    FROM labels
    WHERE origin = 'annotated'
    GROUP BY ALL
)
SELECT
    classes.dataset,
    classes.class_id,
    classes.name AS class_name,
    meant.audioset_id,
    ontology.name AS audioset_name,
    ontology.ancestor_ids AS audioset_ancestor_ids,
    meant.agrees_by,
    coalesce(said.clips, 0) AS clips
FROM classes
JOIN meant ON meant.dataset = classes.dataset AND meant.class_id = classes.class_id
LEFT JOIN ontology ON ontology.class_id = meant.audioset_id
LEFT JOIN said ON said.dataset = classes.dataset AND said.class_id = classes.class_id
ORDER BY classes.dataset, meant.audioset_id IS NULL, classes.class_id;
