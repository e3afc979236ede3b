SELECT
    classes.name AS class,
    count(*) FILTER (given) AS doubted,
    count(*) FILTER (NOT given) AS missing,
    arg_min(clip_id, label_issues.rank) AS for_example,
    class_id
FROM label_issues
JOIN classes USING (dataset, class_id)
WHERE dataset = $dataset
GROUP BY class_id, classes.name
ORDER BY doubted DESC, missing DESC, class_id;
