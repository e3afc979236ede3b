-- How much splits share that no two should, before and after care: by the authors' splits, by those assigned, by folds. Which it is, is in leaks.
-- dataset: the dataset
-- shared_by: what is shared, as in leaks
-- authors: so many things (videos, files, digests, groups of one sound, pairs of neighbours, …) stand in several splits, as the authors have them
-- authors_clips: with so many clips
-- assigned: so many do by `assigned_split`; null where the dataset file has no augment_splits, folds or subsets
-- assigned_clips: with so many clips
-- folds: and so many in several folds; null where it asks for none
-- folds_clips: with so many clips
CREATE VIEW leakage AS
WITH rows AS MATERIALIZED (
    FROM sharing
),
things AS (  -- by which splits a thing stands in several
    SELECT
        dataset,
        shared_by,
        count(*) AS clips,
        min(split) <> max(split) AS by_authors,
        min(assigned_split) <> max(assigned_split) AS by_assigned,
        min(fold) <> max(fold) AS by_folds
    FROM rows
    GROUP BY dataset, shared_by, what
),
following AS (
    SELECT
        dataset,
        what,
        row_number() OVER in_time AS place,
        split <> lag(split) OVER in_time AS by_authors,
        assigned_split <> lag(assigned_split) OVER in_time AS by_assigned,
        fold <> lag(fold) OVER in_time AS by_folds
    FROM rows
    WHERE shared_by = 'video'
    WINDOW in_time AS (PARTITION BY dataset, what ORDER BY coalesce(start_s, 0), clip_id)
),
neighbours AS (  -- a clip may be parted from the one before it, from the one behind it, or from both
    SELECT
        *,
        by_authors OR lead(by_authors) OVER in_time AS is_parted_by_authors,
        by_assigned OR lead(by_assigned) OVER in_time AS is_parted_by_assigned,
        by_folds OR lead(by_folds) OVER in_time AS is_parted_by_folds
    FROM following
    WINDOW in_time AS (PARTITION BY dataset, what ORDER BY place)
),
counted AS (
    SELECT
        dataset,
        shared_by,
        count(*) FILTER (by_authors) AS authors,
        sum(clips) FILTER (by_authors) AS authors_clips,
        count(*) FILTER (by_assigned) AS assigned,
        sum(clips) FILTER (by_assigned) AS assigned_clips,
        count(*) FILTER (by_folds) AS folds,
        sum(clips) FILTER (by_folds) AS folds_clips
    FROM things
    GROUP BY dataset, shared_by
    UNION ALL
    SELECT
        dataset,
        'neighbours',
        count(*) FILTER (by_authors),
        count(*) FILTER (is_parted_by_authors),
        count(*) FILTER (by_assigned),
        count(*) FILTER (is_parted_by_assigned),
        count(*) FILTER (by_folds),
        count(*) FILTER (is_parted_by_folds)
    FROM neighbours
    GROUP BY dataset
),
kinds AS (
    FROM (VALUES (1, 'video'), (2, 'neighbours'), (3, 'source'), (4, 'media'), (5, 'samples'), (6, 'sound'),
        (7, 'session')) AS kinds (ordinal, shared_by)
),
asked AS (
    SELECT dataset, bool_or(assigned_split IS NOT NULL) AS is_assigned, bool_or(fold IS NOT NULL) AS is_folded
    FROM (SELECT dataset FROM clips GROUP BY dataset)
    LEFT JOIN splits USING (dataset)
    GROUP BY dataset
)
SELECT
    asked.dataset,
    kinds.shared_by,
    coalesce(authors, 0) AS authors,
    coalesce(authors_clips, 0)::BIGINT AS authors_clips,
    CASE WHEN is_assigned THEN coalesce(assigned, 0) END AS assigned,
    CASE WHEN is_assigned THEN coalesce(assigned_clips, 0)::BIGINT END AS assigned_clips,
    CASE WHEN is_folded THEN coalesce(folds, 0) END AS folds,
    CASE WHEN is_folded THEN coalesce(folds_clips, 0)::BIGINT END AS folds_clips
FROM asked
CROSS JOIN kinds
LEFT JOIN counted ON counted.dataset = asked.dataset AND counted.shared_by = kinds.shared_by
ORDER BY asked.dataset, ordinal;
