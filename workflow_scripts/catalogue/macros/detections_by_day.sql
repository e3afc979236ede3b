-- How many clips of each site and day models are so sure of to hold each class: detections_by_day(0.5). hours is the
-- effort: sound that can hold it, without what is not_hearable. Without any, on a day that nothing was recorded on too,
-- detections and per_hour are null: nobody knows. Of a year: sum(detections) / sum(hours), GROUP BY year(day).
CREATE MACRO detections_by_day(least_score) AS TABLE
WITH heard AS (
    SELECT
        predictions.dataset,
        predictions.class_id,
        origins.site,
        TRY_CAST(left(origins.recorded_at, 10) AS DATE) AS day,
        clips.sample_rate / 2 AS highest_hz,
        count(*) FILTER (predictions.score >= least_score) AS detections
    FROM predictions
    JOIN clips USING (dataset, clip_id)
    JOIN origins USING (dataset, clip_id)
    WHERE clips.usable
    GROUP BY ALL
),
predicted AS (
    SELECT DISTINCT dataset, class_id FROM heard
),
held AS (
    SELECT
        days.dataset,
        days.site,
        days.day,
        predicted.class_id,
        sum(days.hours) FILTER (no.class_id IS NULL) AS hours,
        sum(heard.detections) FILTER (no.class_id IS NULL) AS detections
    FROM recording_days AS days
    JOIN predicted USING (dataset)
    LEFT JOIN not_hearable AS no
        ON no.dataset = days.dataset AND no.class_id = predicted.class_id AND no.highest_hz = days.highest_hz
    LEFT JOIN heard
        ON heard.dataset = days.dataset AND heard.class_id = predicted.class_id AND heard.site = days.site
        AND heard.day = days.day AND heard.highest_hz = days.highest_hz
    GROUP BY ALL
)
SELECT
    held.dataset,
    held.site,
    held.day,
    held.class_id,
    classes.name AS class_name,
    coalesce(held.hours, 0) AS hours,
    CASE WHEN held.hours > 0 THEN coalesce(held.detections, 0) END AS detections,
    CASE WHEN held.hours > 0 THEN coalesce(held.detections, 0) / held.hours END AS per_hour
FROM held
LEFT JOIN classes USING (dataset, class_id)
ORDER BY ALL;
