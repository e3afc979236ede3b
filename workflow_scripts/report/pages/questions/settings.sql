SELECT setting, value
FROM settings
WHERE dataset IS NULL OR dataset = $dataset
ORDER BY dataset NULLS FIRST, setting;
