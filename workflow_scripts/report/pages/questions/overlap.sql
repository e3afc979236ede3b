SELECT
    CASE dataset WHEN $dataset THEN split ELSE other_split END AS split,
    CASE dataset WHEN $dataset THEN other_dataset ELSE dataset END AS other_dataset,
    CASE dataset WHEN $dataset THEN other_split ELSE split END AS other_split,
    shared_by,
    media,
    CASE dataset WHEN $dataset THEN clips ELSE other_clips END AS clips
FROM overlap
WHERE dataset <> other_dataset AND $dataset IN (dataset, other_dataset)
ORDER BY media DESC, split, other_dataset, other_split, shared_by;
