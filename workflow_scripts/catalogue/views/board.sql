-- Every collection of the registry and every dataset of the run: how far it is, and what it lacks for the next step.
-- collection: its name in config/registry.yaml; that of the dataset where the registry knows none
-- dataset: a dataset file for it, null where there is none
-- title: what its authors call it
-- kind: what is said of its recordings, or what they are
-- size: how much its pages say it is
-- stage: listed: the registry has it; defined: there is a dataset file; acquired: the files that this names are there; ingested: its clips are in this catalogue; checked: so is its audio; exported: all exports that its file names are there; reviewed: so are they, and somebody listened
-- lacks: what it lacks for the next
-- clips: clips that are promised, null of what is not in the run
-- usable: clips of them that are usable
-- reviewed: clips of them with a verdict that counts
-- licence: what its pages say
-- home: its page
-- citation: how it is to be cited
-- assignee: who is at it
CREATE VIEW board AS
WITH promised AS (
    SELECT dataset, sum(clips)::BIGINT AS clips, sum(clips) FILTER (status = 'usable')::BIGINT AS usable
    FROM summary GROUP BY ALL
),
heard AS (SELECT dataset, sum(media)::BIGINT AS media, count(*) AS named FROM roots GROUP BY ALL),
failed AS (  -- of its own sources: files of reviews are called by their key
    SELECT dataset, any_value(detail) AS why FROM rejects WHERE scope = 'dataset' AND source = dataset GROUP BY ALL
),
judged AS (
    SELECT dataset, count(DISTINCT clip_id) AS reviewed FROM reviews WHERE counts AND verdict IS NOT NULL GROUP BY ALL
),
made AS (SELECT dataset, list(export) AS exports FROM exports GROUP BY ALL),
known AS (
    SELECT
        registry.* EXCLUDE (exports),
        coalesce(promised.clips, 0) AS clips,
        coalesce(promised.usable, 0) AS usable,
        coalesce(judged.reviewed, 0) AS reviewed,
        coalesce(heard.media, 0) AS media,
        coalesce(heard.named, 0) AS roots,
        len(registry.exports) AS named,
        len(list_intersect(registry.exports, made.exports)) AS made,
        failed.why
    FROM registry
    LEFT JOIN promised USING (dataset)
    LEFT JOIN heard USING (dataset)
    LEFT JOIN failed USING (dataset)
    LEFT JOIN judged USING (dataset)
    LEFT JOIN made USING (dataset)
),
staged AS (
    SELECT
        *,
        CASE
            WHEN dataset IS NULL THEN 'listed'
            WHEN NOT in_run THEN CASE WHEN lacks IS NULL THEN 'acquired' ELSE 'defined' END
            WHEN clips = 0 OR why IS NOT NULL THEN 'acquired'
            WHEN media = 0 THEN 'ingested'
            WHEN named = 0 OR coalesce(made, 0) < named THEN 'checked'
            WHEN reviewed = 0 THEN 'exported'
            ELSE 'reviewed'
        END AS stage
    FROM known
)
SELECT
    collection,
    dataset,
    title,
    kind,
    size,
    stage,
    CASE stage
        WHEN 'listed' THEN 'a dataset file'
        WHEN 'defined' THEN lacks
        WHEN 'acquired' THEN coalesce(why, CASE WHEN in_run THEN 'rows that are clips' ELSE 'a run that names it' END)
        WHEN 'ingested' THEN CASE WHEN roots = 0 THEN 'audio: its file names none' ELSE 'audio: none lies where its file says' END
        WHEN 'checked' THEN CASE WHEN named = 0 THEN 'exports: its file names none' ELSE format('{} of {} exports', named - coalesce(made, 0), named) END
        WHEN 'exported' THEN 'a review'
    END AS lacks,
    CASE WHEN in_run THEN clips END AS clips,
    CASE WHEN in_run THEN usable END AS usable,
    CASE WHEN in_run THEN reviewed END AS reviewed,
    licence,
    home,
    citation,
    assignee
FROM staged
ORDER BY
    list_position(['reviewed', 'exported', 'checked', 'ingested', 'acquired', 'defined', 'listed'], stage), collection, dataset;
