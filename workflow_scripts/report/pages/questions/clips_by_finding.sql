SELECT
    CASE WHEN grouping(finding) = 1 THEN 'any of them' ELSE finding END AS finding,
    count(DISTINCT clip_id) AS clips,
    count(DISTINCT clip_id) FILTER (usable) AS usable,
    min(clip_id) AS for_example,
    arg_min(detail, (clip_id, finding)) AS why
FROM findings
JOIN clips USING (dataset, clip_id)
WHERE dataset = $dataset AND finding IN ($findings)
GROUP BY GROUPING SETS ((), findings.finding)
ORDER BY grouping(findings.finding) DESC, usable DESC, clips DESC, findings.finding;
