SELECT reason, count(*) AS files, min(coalesce(member, path)) AS for_example
FROM orphans
WHERE dataset = $dataset
GROUP BY reason
ORDER BY files DESC, reason;
