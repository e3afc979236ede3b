WITH wanted AS (
    SELECT string_agg(replace(setting, 'subset.', '') || ': ' || value, ', ' ORDER BY setting) AS wanted
    FROM settings
    WHERE dataset = $dataset AND setting LIKE 'subset.%'
)
SELECT wanted, sum(rows_kept)::BIGINT AS kept, sum(rows_kept + rows_not_in_subset)::BIGINT AS of_rows
FROM sources, wanted
WHERE
    dataset = $dataset
    AND wanted IS NOT NULL
    AND (rows_not_in_subset > 0 OR source IN (SELECT source FROM clips WHERE dataset = $dataset))
GROUP BY wanted;
