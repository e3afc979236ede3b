SELECT count(DISTINCT class_id) AS classes
FROM labels
JOIN clips USING (dataset, clip_id)
WHERE dataset = $dataset AND trainable AND origin = 'annotated';
