-- Recordings of each species, in every dataset whose classes say a scientific name or a code of eBird that another's say one of.
-- scientific_name: genus and species, whatever subspecies is said
-- dataset: the dataset
-- class_id: the class of it that is the species, or a part of it
-- class_name: its name
-- recordings: media of these clips
-- clips: clips that it is said of
-- hours: hours of sound of the usable ones among these, whatever else is heard in them
-- background: further clips that it is heard behind, as their source says
CREATE VIEW species AS
WITH named AS (
    SELECT
        dataset,
        class_id,
        name,
        trim(regexp_replace(scientific_name, '[\s_]+', ' ', 'g')) AS words,
        CASE
            WHEN NOT regexp_matches(words, ' [x×] ')  -- that is a hybrid
                THEN nullif(regexp_extract(words, '^\S+ [a-zA-Z-]+'), '')
        END AS two
    FROM classes
),
said AS (
    SELECT
        dataset,
        class_id,
        name,
        upper(coalesce(two, words)[1]) || lower(coalesce(two, words)[2:]) AS scientific_name
    FROM named
),
ebird AS (
    SELECT class_id, any_value(scientific_name) AS scientific_name
    FROM said
    WHERE regexp_full_match(class_id, '[a-z][a-z0-9]{3,7}')
    GROUP BY class_id HAVING count(DISTINCT scientific_name) = 1
),
known AS (
    SELECT said.dataset, said.class_id, said.name, coalesce(said.scientific_name, ebird.scientific_name) AS scientific_name
    FROM said
    LEFT JOIN ebird USING (class_id)
    WHERE coalesce(said.scientific_name, ebird.scientific_name) IS NOT NULL
),
heard AS (
    SELECT dataset, class_id, clip_id, bool_or(origin = 'annotated') AS is_said
    FROM labels
    SEMI JOIN known USING (dataset, class_id)
    WHERE origin IN ('annotated', 'background')
    GROUP BY ALL
)
SELECT
    known.scientific_name,
    known.dataset,
    known.class_id,
    any_value(known.name) AS class_name,
    count(DISTINCT clips.media_key) FILTER (is_said) AS recordings,
    count(*) FILTER (is_said) AS clips,
    coalesce(sum(clips.duration_s) FILTER (is_said AND clips.usable), 0) / 3600 AS hours,
    count(*) FILTER (NOT is_said) AS background
FROM known
JOIN heard USING (dataset, class_id)
JOIN clips USING (dataset, clip_id)
GROUP BY ALL
ORDER BY known.scientific_name, known.dataset, known.class_id;
