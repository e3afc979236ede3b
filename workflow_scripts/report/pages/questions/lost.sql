SELECT
    CASE WHEN NOT usable THEN status WHEN verdict = 'drop' THEN 'dropped' ELSE 'not_trainable' END AS why,
    count(*) AS clips,
    count(*) / (SELECT count(*) FROM clips WHERE dataset = $dataset) AS share,
    string_agg(DISTINCT error_kind, ', ' ORDER BY error_kind) AS faults
FROM clips
WHERE dataset = $dataset AND NOT trainable
GROUP BY why
ORDER BY why IN ('dropped', 'not_trainable'), clips DESC, why;
