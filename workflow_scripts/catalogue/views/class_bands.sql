-- How high recordings reach in which annotators heard each class, over all datasets: of one that ends below what is needed nobody can say that the class is not there.
-- name: scientific name of the class where its dataset says one, else its name; in small letters
-- recordings: media of usable clips that annotators said it of, whose spectrum ends somewhere
-- lowest_hz: where the lowest of these end (bandwidth_hz of checks), hertz
-- needs_hz: 19 of 20 end here or above; null of fewer than 10
-- median_hz: half of them
CREATE VIEW class_bands AS
WITH named AS (
    SELECT dataset, class_id, lower(coalesce(scientific_name, name)) AS name
    FROM classes
),
heard AS (
    SELECT DISTINCT named.name, clips.root, clips.path, clips.member, checks.bandwidth_hz
    FROM labels
    JOIN named USING (dataset, class_id)
    JOIN clips USING (dataset, clip_id)
    JOIN checks
        ON checks.root = clips.root AND checks.path = clips.path AND checks.member IS NOT DISTINCT FROM clips.member
    WHERE labels.origin = 'annotated' AND clips.usable AND checks.bandwidth_hz IS NOT NULL
)
SELECT
    name,
    count(*) AS recordings,
    min(bandwidth_hz) AS lowest_hz,
    CASE WHEN count(*) >= 10 THEN quantile_disc(bandwidth_hz, 0.05) END AS needs_hz,
    quantile_disc(bandwidth_hz, 0.5) AS median_hz
FROM heard
GROUP BY name
ORDER BY name;
