-- How many clips each class is said of as a whole (weak labels), by annotators and with what the ontology makes follow.
-- dataset: the dataset
-- class_id: the class
-- class_name: its name
-- annotated: clips that annotators said it of
-- with_ancestors: those, and the clips of every class below it
-- usable: usable clips among with_ancestors
-- trainable: trainable clips among annotated
CREATE VIEW clips_per_class AS
SELECT
    classes.dataset,
    classes.class_id,
    classes.name AS class_name,
    count(DISTINCT labels.clip_id) FILTER (origin = 'annotated') AS annotated,
    count(DISTINCT labels.clip_id) AS with_ancestors,
    count(DISTINCT labels.clip_id) FILTER (usable) AS usable,
    count(DISTINCT labels.clip_id) FILTER (trainable AND origin = 'annotated') AS trainable
FROM classes
LEFT JOIN (SELECT * FROM labels WHERE strength = 'weak') AS labels
    ON labels.dataset = classes.dataset AND labels.class_id = classes.class_id
LEFT JOIN clips
    ON clips.dataset = labels.dataset AND clips.clip_id = labels.clip_id
GROUP BY ALL
ORDER BY with_ancestors DESC, classes.dataset, classes.class_id;
