-- What of each split is lost, and why.
-- dataset: the dataset
-- split: part of the dataset
-- status: why these clips cannot be used
-- error_kind: the kind of fault in their media, where there is one
-- clips: how many
-- share: their share of the split
CREATE VIEW losses AS
WITH promised AS (
    SELECT dataset, split, count(*) AS clips FROM clips GROUP BY ALL
)
SELECT
    clips.dataset,
    clips.split,
    clips.status,
    clips.error_kind,
    count(*) AS clips,
    count(*) / any_value(promised.clips) AS share
FROM clips
JOIN promised ON promised.dataset = clips.dataset AND promised.split = clips.split
WHERE NOT clips.usable
GROUP BY ALL
ORDER BY clips.dataset, clips.split, clips DESC, clips.status, clips.error_kind;
