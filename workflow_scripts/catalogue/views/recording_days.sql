-- What was recorded at each site on each day, of clips that say both: one row for each day from the first to the last at the site, and for each sample rate of that day. A day on which nothing was recorded has a row too: nothing is known of it.
-- dataset: the dataset
-- site: the authors' name of the place
-- day: the day, as it is written
-- highest_hz: half the sample rate, above which these recordings hold nothing; null on a day without any
-- clips: usable clips, 0 on such a day
-- hours: hours of sound that these have: the effort that what is counted is held against
CREATE VIEW recording_days AS
WITH recorded AS (
    SELECT
        clips.dataset,
        origins.site,
        TRY_CAST(left(origins.recorded_at, 10) AS DATE) AS day,
        clips.sample_rate / 2 AS highest_hz,
        count(*) AS clips,
        sum(clips.duration_s) / 3600 AS hours
    FROM clips
    JOIN origins USING (dataset, clip_id)
    WHERE clips.usable AND origins.site IS NOT NULL AND TRY_CAST(left(origins.recorded_at, 10) AS DATE) IS NOT NULL
    GROUP BY ALL
),
every AS (
    SELECT dataset, site, unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day
    FROM recorded
    GROUP BY dataset, site
)
SELECT
    every.dataset,
    every.site,
    every.day,
    recorded.highest_hz,
    coalesce(recorded.clips, 0) AS clips,
    coalesce(recorded.hours, 0) AS hours
FROM every
LEFT JOIN recorded USING (dataset, site, day)
ORDER BY ALL;
