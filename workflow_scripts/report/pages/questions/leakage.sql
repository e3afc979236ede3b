SELECT shared_by, authors, authors_clips, assigned, folds
FROM leakage
WHERE dataset = $dataset AND authors > 0;
