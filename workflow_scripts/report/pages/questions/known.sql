SELECT title, home, kind, size, licence, citation
FROM registry
WHERE dataset = $dataset;
