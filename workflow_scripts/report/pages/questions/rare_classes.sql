SELECT class_name AS class, annotated, trainable, class_id
FROM clips_per_class
JOIN classes USING (dataset, class_id)
WHERE dataset = $dataset AND (annotated > 0 OR class_index IS NOT NULL) AND NOT is_abstract
ORDER BY trainable, annotated, class_id;
