-- Clips by their duration, in bins of half a second.
-- dataset: the dataset
-- split: part of the dataset
-- from_s: the bin begins here, seconds, inclusive
-- to_s: and ends here, exclusive
-- clips: clips with that much sound
-- usable: usable clips among them
CREATE VIEW duration_histogram AS
SELECT
    dataset,
    split,
    floor(duration_s * 2) / 2 AS from_s,
    floor(duration_s * 2) / 2 + 0.5 AS to_s,
    count(*) AS clips,
    count(*) FILTER (usable) AS usable
FROM clips
WHERE duration_s IS NOT NULL
GROUP BY ALL
ORDER BY dataset, split, from_s;
