SELECT
    count(*) AS promised,
    count(*) FILTER (status <> 'missing') AS found,
    count(*) FILTER (usable) AS usable,
    count(*) FILTER (trainable) AS trainable,
    coalesce(sum(duration_s::DECIMAL(18, 6)) FILTER (usable), 0)::DOUBLE / 3600 AS hours,
    coalesce(sum(duration_s::DECIMAL(18, 6)) FILTER (trainable), 0)::DOUBLE / 3600 AS trainable_hours
FROM clips
WHERE dataset = $dataset;
