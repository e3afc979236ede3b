-- The same of each hour from sunrise (0: the hour that begins with it, -1: the one before), of datasets whose file has
-- `over_years`: detections_by_hour(0.5). Clips of which nobody knows place or time count nowhere.
CREATE MACRO detections_by_hour(least_score) AS TABLE
WITH placed AS (
    SELECT
        clips.dataset,
        clips.clip_id,
        origins.site,
        floor(daylight.hours_from_sunrise)::INTEGER AS hour,
        clips.sample_rate / 2 AS highest_hz,
        clips.duration_s / 3600 AS hours
    FROM clips
    JOIN daylight USING (dataset, clip_id)
    JOIN origins USING (dataset, clip_id)
    WHERE clips.usable AND daylight.hours_from_sunrise IS NOT NULL
),
predicted AS (
    SELECT DISTINCT dataset, class_id FROM predictions
)
SELECT
    placed.dataset,
    placed.site,
    placed.hour,
    predicted.class_id,
    any_value(classes.name) AS class_name,
    sum(placed.hours) AS hours,
    count(*) FILTER (said.score >= least_score) AS detections,
    count(*) FILTER (said.score >= least_score) / sum(placed.hours) AS per_hour
FROM placed
JOIN predicted USING (dataset)
LEFT JOIN classes ON classes.dataset = placed.dataset AND classes.class_id = predicted.class_id
LEFT JOIN predictions AS said
    ON said.dataset = placed.dataset AND said.clip_id = placed.clip_id AND said.class_id = predicted.class_id
ANTI JOIN not_hearable AS no
    ON no.dataset = placed.dataset AND no.class_id = predicted.class_id AND no.highest_hz = placed.highest_hz
GROUP BY ALL
ORDER BY ALL;
