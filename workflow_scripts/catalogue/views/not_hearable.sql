-- Classes that clips of a sample rate cannot hold, as far as recordings tell in which annotators heard them (class_bands): not hearable there, which is not absent.
-- dataset: the dataset
-- class_id: the class, as it names it
-- class_name: its name
-- highest_hz: half the sample rate of the clips
-- needs_hz: how high recordings reach that the class is heard in
-- clips: usable clips of that rate
-- hours: hours of sound that these have
CREATE VIEW not_hearable AS
WITH rates AS (
    SELECT dataset, sample_rate / 2 AS highest_hz, count(*) AS clips, sum(duration_s) / 3600 AS hours
    FROM clips
    WHERE usable
    GROUP BY ALL
)
SELECT
    rates.dataset,
    classes.class_id,
    classes.name AS class_name,
    rates.highest_hz,
    class_bands.needs_hz,
    rates.clips,
    rates.hours
FROM rates
JOIN classes USING (dataset)
JOIN class_bands
    ON class_bands.name = lower(coalesce(classes.scientific_name, classes.name))
    AND class_bands.needs_hz > rates.highest_hz
ORDER BY ALL;
