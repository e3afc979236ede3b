WITH counted AS (
    SELECT
        dataset,
        count(*) AS promised,
        count(*) FILTER (usable) AS usable,
        count(*) FILTER (trainable) AS trainable,
        sum(duration_s::DECIMAL(18, 6)) FILTER (usable) AS seconds
    FROM clips
    GROUP BY dataset
)
SELECT
    registry.dataset,
    title,
    coalesce(seconds, 0)::DOUBLE / 3600 AS hours,
    coalesce(promised, 0) AS promised,
    coalesce(usable, 0) AS usable,
    coalesce(trainable, 0) AS trainable,
    coalesce(promised - usable, 0) AS lost
FROM registry
LEFT JOIN counted USING (dataset)
WHERE in_run
ORDER BY registry.dataset;
