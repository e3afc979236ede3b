-- Durations and sample rates that a source declares of a clip's media, held against what was decoded; what differs first.
-- dataset: the dataset
-- clip_id: the clip
-- declared_duration_s: seconds, as the source says
-- duration_s: seconds of sound that its media holds
-- duration_differs: by more than a tenth of a second, and by more than a hundredth of it
-- declared_sample_rate: samples a second, as the source says
-- sample_rate: that of its media
-- rate_differs: they are not the same
CREATE VIEW declared_against_found AS
SELECT
    origins.dataset,
    origins.clip_id,
    origins.declared_duration_s,
    checks.duration_s,
    abs(origins.declared_duration_s - checks.duration_s) > greatest(0.1, checks.duration_s / 100) AS duration_differs,
    origins.declared_sample_rate,
    checks.sample_rate,
    origins.declared_sample_rate <> checks.sample_rate AS rate_differs
FROM origins
JOIN clips USING (dataset, clip_id)
JOIN checks
    ON checks.root = clips.root
    AND checks.path = clips.path
    AND checks.member IS NOT DISTINCT FROM clips.member
WHERE checks.load_ok AND (origins.declared_duration_s IS NOT NULL OR origins.declared_sample_rate IS NOT NULL)
ORDER BY
    coalesce(duration_differs, false) OR coalesce(rate_differs, false) DESC,
    abs(origins.declared_duration_s - checks.duration_s) DESC NULLS LAST,
    origins.dataset,
    origins.clip_id;
