SELECT path, holds, media, served, usable, orphans
FROM roots
WHERE dataset = $dataset
ORDER BY ordinal;
