-- How much splits share that no two should, before and after care: by the authors' splits, by those assigned, by folds. Which it is, is in leaks.
-- dataset: the dataset
-- shared_by: what is shared: as in leaks
-- authors: so many things (videos, files, digests, pairs of neighbours, …) stand in several splits, as the authors have them
-- authors_clips: with so many clips
-- assigned: so many do by `assigned_split`; null where the dataset file has no augment_splits, folds or subsets
-- assigned_clips: with so many clips
-- folds: and so many in several folds; null where it asks for none
-- folds_clips: with so many clips
CREATE VIEW leakage AS
WITH datasets AS (
    SELECT dataset, bool_or(clip_id IS NOT NULL) AS is_assigned, bool_or(fold IS NOT NULL) AS is_folded
    FROM (SELECT dataset FROM clips GROUP BY dataset)
    LEFT JOIN splits USING (dataset)
    GROUP BY dataset
),
kinds AS (
    FROM (VALUES (1, 'video'), (2, 'neighbours'), (3, 'source'), (4, 'media'), (5, 'samples'), (6, 'session'))
        AS kinds (ordinal, shared_by)
),
counted AS (
    SELECT
        dataset,
        split_by,
        shared_by,
        CASE WHEN shared_by = 'neighbours' THEN count(*) ELSE count(DISTINCT what) END AS things,
        len(list_distinct(flatten(list(clip_ids || other_clip_ids)))) AS clips
    FROM leaks
    GROUP BY dataset, split_by, shared_by
)
SELECT
    datasets.dataset,
    kinds.shared_by,
    coalesce(any_value(things) FILTER (split_by = 'authors'), 0) AS authors,
    coalesce(any_value(clips) FILTER (split_by = 'authors'), 0) AS authors_clips,
    CASE WHEN any_value(is_assigned) THEN coalesce(any_value(things) FILTER (split_by = 'assigned'), 0) END AS assigned,
    CASE WHEN any_value(is_assigned) THEN coalesce(any_value(clips) FILTER (split_by = 'assigned'), 0) END
        AS assigned_clips,
    CASE WHEN any_value(is_folded) THEN coalesce(any_value(things) FILTER (split_by = 'folds'), 0) END AS folds,
    CASE WHEN any_value(is_folded) THEN coalesce(any_value(clips) FILTER (split_by = 'folds'), 0) END AS folds_clips
FROM datasets
CROSS JOIN kinds
LEFT JOIN counted USING (dataset, shared_by)
GROUP BY datasets.dataset, kinds.shared_by
ORDER BY datasets.dataset, any_value(kinds.ordinal);
