-- Captions that name a source which all labels of their clip exclude, and nothing else that these say.
-- dataset: the dataset
-- clip_id: the clip
-- ordinal: which of its captions
-- text: the caption, as found
-- words: what it names sources by: names of classes of AudioSet's ontology, without the `s` of a plural
-- labels: what annotators said instead, in any dataset of the run that has the same media: names of the ontology
-- agreement: of all captions with one of these words, the share whose clips are labelled so; words below 0.9 do not count
CREATE VIEW captions_against_labels AS
WITH mapped AS MATERIALIZED (
    SELECT dataset, class_id, audioset_id, audioset_name, audioset_ancestor_ids FROM class_map
),
media AS MATERIALIZED (  -- a video, a file, or a clip that has neither
    SELECT
        dataset,
        clip_id,
        class_ids,
        start_s,
        hash(coalesce(
            nullif(regexp_extract(source_url, '(?:youtu\.be/|[?&]v=|/embed/)([A-Za-z0-9_-]{11})', 1), ''),
            root || '/' || path || coalesce('/' || member, ''),
            dataset || '/' || clip_id
        )) AS media
    FROM clips
),
annotated AS MATERIALIZED (
    SELECT dataset, class_ids, media, start_s FROM media WHERE len(class_ids) > 0
    UNION ALL
    SELECT dataset, list(DISTINCT class_id ORDER BY class_id), any_value(media), any_value(start_s)
    FROM labels
    JOIN media USING (dataset, clip_id)
    WHERE strength = 'strong' AND origin = 'annotated'
    GROUP BY dataset, clip_id
),
sets AS (  -- clips that are annotated alike are looked at once
    SELECT dataset, class_ids, count(*) AS clips FROM annotated GROUP BY ALL
),
known AS MATERIALIZED (  -- a class that has no place in the ontology excludes nothing
    SELECT dataset, class_ids, any_value(clips) AS clips, list(DISTINCT audioset_id ORDER BY audioset_id) AS ids
    FROM (SELECT dataset, class_ids, clips, unnest(class_ids) AS class_id FROM sets)
    JOIN mapped USING (dataset, class_id)
    GROUP BY dataset, class_ids HAVING count(*) = count(audioset_id)
),
of_media AS (
    SELECT captioned.dataset, captioned.clip_id, list_sort(list_distinct(flatten(list(known.ids)))) AS ids
    FROM (FROM media SEMI JOIN captions USING (dataset, clip_id)) AS captioned
    JOIN annotated
        ON annotated.media = captioned.media
        AND (annotated.start_s = captioned.start_s OR annotated.start_s IS NULL OR captioned.start_s IS NULL)
    LEFT JOIN known ON known.dataset = annotated.dataset AND known.class_ids = annotated.class_ids
    GROUP BY captioned.dataset, captioned.clip_id HAVING count(*) = count(known.ids)
),
labelled AS MATERIALIZED (
    SELECT dataset, clip_id, ids, hash(ids) AS number FROM of_media
),
of_clips AS MATERIALIZED (
    SELECT number, unnest(any_value(ids)) AS class_id FROM labelled GROUP BY number
),
ontology AS MATERIALIZED (
    SELECT DISTINCT audioset_id AS class_id, audioset_name AS name, audioset_ancestor_ids AS ancestor_ids
    FROM mapped
    WHERE audioset_id IS NOT NULL
),
called AS MATERIALIZED (  -- names of one word; dog and dogs are one
    SELECT class_id, ancestor_ids, stem, min(said) OVER (PARTITION BY stem) AS word
    FROM (
        SELECT class_id, ancestor_ids, unnest(string_split(lower(name), ', ')) AS said, regexp_replace(said, 's$', '') AS stem
        FROM ontology
    )
    WHERE regexp_full_match(said, '[a-z]{3,}')
),
spelled AS MATERIALIZED (  -- as they stand between blanks: captions are split there alone, in a tenth of the time
    SELECT DISTINCT word, stem || ending || mark AS part
    FROM called
    CROSS JOIN (SELECT unnest(['', 's', 'es', '''s', 's''']) AS ending)
    CROSS JOIN (SELECT unnest(['', '.', ',', ';', ':', '!', ')', '"']) AS mark)
),
named AS (
    SELECT number, word, count(*) AS times
    FROM (
        SELECT number, unnest(string_split(lower(text), ' ')) AS part
        FROM captions
        JOIN labelled USING (dataset, clip_id)
    )
    JOIN spelled USING (part)
    GROUP BY ALL
),
kin AS MATERIALIZED (  -- labels that say the same as a word, more closely (`is_one`), or more widely
    SELECT
        word,
        ontology.class_id,
        bool_or(ontology.class_id = called.class_id OR list_contains(ontology.ancestor_ids, called.class_id)) AS is_one
    FROM called
    JOIN ontology
        ON ontology.class_id = called.class_id
        OR list_contains(ontology.ancestor_ids, called.class_id)
        OR list_contains(called.ancestor_ids, ontology.class_id)
    GROUP BY ALL
),
held AS MATERIALIZED (
    SELECT number, word, any_value(times) AS times, count(kin.word) > 0 AS agrees
    FROM named
    JOIN of_clips USING (number)
    LEFT JOIN kin USING (word, class_id)
    GROUP BY number, word
),
trusted AS MATERIALIZED (
    SELECT word, coalesce(sum(times) FILTER (agrees), 0) / sum(times) AS agreement
    FROM held
    GROUP BY word HAVING sum(times) >= 20 AND agreement >= 0.9
),
alike AS MATERIALIZED (
    SELECT ids, hash(ids) AS number, sum(clips) AS clips FROM known GROUP BY ids
),
said AS MATERIALIZED (
    SELECT number, clips, unnest(ids) AS class_id FROM alike
),
sources AS MATERIALIZED (  -- sets of labels that say that a word's source is heard
    SELECT DISTINCT word, number, clips FROM said JOIN kin USING (class_id) JOIN trusted USING (word) WHERE is_one
),
beside AS (  -- labels that are said at least half as often beside a source as elsewhere: an engine and a motorcycle
    SELECT word, class_id
    FROM sources
    JOIN said USING (number)
    JOIN (SELECT class_id, sum(clips) AS clips FROM said GROUP BY class_id) AS alone USING (class_id)
    JOIN (SELECT word, sum(clips) AS clips FROM sources GROUP BY word) AS of_word USING (word)
    GROUP BY word, class_id
    HAVING sum(said.clips) / any_value(of_word.clips) >= any_value(alone.clips) / (SELECT sum(clips) FROM alike) / 2
),
excluded AS MATERIALIZED (
    SELECT number, word, any_value(agreement) AS agreement
    FROM held
    JOIN trusted USING (word)
    JOIN of_clips USING (number)
    JOIN ontology USING (class_id)
    LEFT JOIN beside USING (word, class_id)
    WHERE NOT agrees
    GROUP BY number, word
    HAVING count(beside.word) = 0
        -- Source-ambiguous sounds, and Channel, environment and background, exclude no source
        AND NOT bool_and(list_has_any(ontology.ancestor_ids, ['/t/dd00098', '/t/dd00123']))
),
suspected AS MATERIALIZED (
    SELECT dataset, clip_id, ordinal, any_value(text) AS text, number, list(DISTINCT word ORDER BY word) AS words, min(agreement) AS agreement
    FROM (
        SELECT captions.*, number, unnest(string_split(lower(text), ' ')) AS part
        FROM captions
        JOIN (FROM labelled SEMI JOIN excluded USING (number)) USING (dataset, clip_id)
    )
    JOIN spelled USING (part)
    JOIN excluded USING (number, word)
    GROUP BY dataset, clip_id, ordinal, number
),
agreeing AS (
    SELECT dataset, clip_id, ordinal
    FROM (SELECT dataset, clip_id, ordinal, number, unnest(string_split(lower(text), ' ')) AS part FROM suspected)
    JOIN spelled USING (part)
    JOIN held USING (number, word)
    WHERE agrees
),
names AS (
    SELECT number, list(name ORDER BY name) AS labels FROM of_clips JOIN ontology USING (class_id) GROUP BY number
)
SELECT dataset, clip_id, ordinal, text, words, labels, agreement
FROM (FROM suspected ANTI JOIN agreeing USING (dataset, clip_id, ordinal))
JOIN names USING (number)
WHERE NOT list_has_any(  -- in whatever form it says the word of a label: sneezing, of Sneeze
        list_transform(regexp_extract_all(lower(text), '[a-z]{3,}'), lambda word: regexp_replace(word, '(e|s|es|ed|ing)$', '')),
        list_transform(
            regexp_extract_all(lower(array_to_string(labels, ' ')), '[a-z]{3,}'),
            lambda word: regexp_replace(word, '(e|s|es|ed|ing)$', '')
        )
    )
    AND NOT regexp_matches(text, '(?i)imitat|mimic|pretend|\b(like|toys?)\b')
ORDER BY dataset, clip_id, ordinal;
