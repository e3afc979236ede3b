-- Hours of usable audio, and clips per hour of it.
-- dataset: the dataset
-- split: part of the dataset
-- usable: usable clips
-- hours: hours of sound that they have
-- clips_per_hour: usable clips per hour of sound
-- trainable: trainable clips
-- trainable_hours: hours of sound that these have
CREATE VIEW audio_hours AS
SELECT
    dataset,
    split,
    count(*) AS usable,
    sum(duration_s) / 3600 AS hours,
    count(*) / (sum(duration_s) / 3600) AS clips_per_hour,
    count(*) FILTER (trainable) AS trainable,
    coalesce(sum(duration_s) FILTER (trainable), 0) / 3600 AS trainable_hours
FROM clips
WHERE usable
GROUP BY ALL
ORDER BY dataset, split;
