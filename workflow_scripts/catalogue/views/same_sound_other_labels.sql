-- Labels that disagree on the same sound: clips that share sound, and of which one is said to be what the other is not, though both have labels. Classes are compared by their names; one that is above or below another in an ontology agrees with it; one that the other's dataset has no class for is no matter.
-- dataset_a: dataset of one of the clips
-- clip_id_a: the one
-- split_a: its split
-- only_a: classes that annotators said of it alone, by name
-- dataset_b: dataset of the other
-- clip_id_b: the other
-- split_b: its split
-- only_b: classes that annotators said of the other alone
-- agreed: classes of the first that they said of the other too, or one above or below
-- overlap_s: how much of both is the same stretch of sound, seconds
-- of_both: share of the longer clip that this is, 0 to 1: what they do not share, labels may tell of too
CREATE VIEW same_sound_other_labels AS
WITH numbered AS (
    SELECT row_number() OVER () AS number, * FROM same_sound
),
sides AS (
    SELECT number, 'a' AS side, dataset_a AS dataset, clip_id_a AS clip_id, dataset_b AS other, clip_id_b AS other_id
    FROM numbered
    UNION ALL
    SELECT number, 'b', dataset_b, clip_id_b, dataset_a, clip_id_a FROM numbered
),
labelled AS (
    SELECT dataset, clip_id, duration_s, class_ids
    FROM clips SEMI JOIN sides USING (dataset, clip_id)
    WHERE len(class_ids) > 0
),
named AS (
    SELECT
        dataset,
        class_id,
        name,
        ancestor_ids,
        coalesce(nullif(trim(regexp_replace(lower(name), '[^a-z0-9]+', ' ', 'g')), ''), name) AS words
    FROM classes
),
above AS (
    SELECT of_class.dataset, of_class.class_id, list(named.words) AS words
    FROM (SELECT dataset, class_id, unnest(ancestor_ids) AS ancestor_id FROM classes) AS of_class
    JOIN named ON named.dataset = of_class.dataset AND named.class_id = of_class.ancestor_id
    GROUP BY of_class.dataset, of_class.class_id
),
said AS (
    SELECT dataset, clip_id, name, named.words, list_prepend(named.words, coalesce(above.words, [])) AS with_above
    FROM (SELECT dataset, clip_id, unnest(class_ids) AS class_id FROM labelled) AS of_clip
    JOIN named USING (dataset, class_id)
    LEFT JOIN above USING (dataset, class_id)
),
together AS (
    SELECT dataset, clip_id, list(words) AS words, flatten(list(with_above)) AS with_above
    FROM said
    GROUP BY dataset, clip_id
),
held AS (  -- each class of each clip against all of the other
    SELECT
        number,
        side,
        said.name,
        list_contains(together.with_above, said.words) OR list_has_any(together.words, said.with_above) AS agrees,
        known.words IS NOT NULL AS is_known
    FROM sides
    JOIN said USING (dataset, clip_id)
    JOIN together ON together.dataset = other AND together.clip_id = other_id
    LEFT JOIN (SELECT DISTINCT dataset, words FROM named) AS known
        ON known.dataset = other AND known.words = said.words
),
told AS (
    SELECT
        number,
        coalesce(list(name ORDER BY name) FILTER (side = 'a' AND is_known AND NOT agrees), []) AS only_a,
        coalesce(list(name ORDER BY name) FILTER (side = 'b' AND is_known AND NOT agrees), []) AS only_b,
        coalesce(list(name ORDER BY name) FILTER (side = 'a' AND agrees), []) AS agreed
    FROM held
    GROUP BY number
)
SELECT
    dataset_a,
    clip_id_a,
    split_a,
    only_a,
    dataset_b,
    clip_id_b,
    split_b,
    only_b,
    agreed,
    overlap_s,
    least(overlap_s / greatest(a.duration_s, b.duration_s), 1) AS of_both
FROM told
JOIN numbered USING (number)
JOIN labelled AS a ON a.dataset = dataset_a AND a.clip_id = clip_id_a
JOIN labelled AS b ON b.dataset = dataset_b AND b.clip_id = clip_id_b
WHERE len(only_a) + len(only_b) > 0
ORDER BY overlap_s DESC, dataset_a, clip_id_a, dataset_b, clip_id_b;
