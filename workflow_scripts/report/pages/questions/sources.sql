SELECT source, bytes, rows_read, rows_kept, rows_rejected, rows_not_in_subset, sha256
FROM sources
WHERE dataset = $dataset
ORDER BY source;
