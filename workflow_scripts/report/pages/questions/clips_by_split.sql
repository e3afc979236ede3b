SELECT
    CASE WHEN grouping(split) = 1 THEN 'all splits' ELSE split END AS split,
    count(*) AS clips,
    count(*) FILTER (usable) AS usable,
    min(clip_id) AS for_example,
    arg_min(detail, clip_id) AS why
FROM findings
JOIN clips USING (dataset, clip_id)
WHERE dataset = $dataset AND finding = $findings
GROUP BY GROUPING SETS ((), clips.split)
ORDER BY grouping(clips.split) DESC, usable DESC, clips DESC, clips.split;
