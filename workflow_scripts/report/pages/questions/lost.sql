SELECT
    CASE WHEN usable THEN 'not_trainable' ELSE status END AS why,
    count(*) AS clips,
    count(*) / (SELECT count(*) FROM clips WHERE dataset = $dataset) AS share,
    string_agg(DISTINCT error_kind, ', ' ORDER BY error_kind) AS faults
FROM clips
WHERE dataset = $dataset AND NOT trainable
GROUP BY why
ORDER BY why = 'not_trainable', clips DESC, why;
