SELECT source, scope, reason, count(*) AS rejects, min(line) AS first_line, arg_min(detail, line) AS why
FROM rejects
WHERE dataset = $dataset
GROUP BY ALL
ORDER BY rejects DESC, source, scope, reason;
