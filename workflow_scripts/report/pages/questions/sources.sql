SELECT source, bytes, rows_read, rows_kept, rows_rejected, sha256
FROM sources
WHERE dataset = $dataset
ORDER BY source;
