SELECT class_name AS class, labels, judged, judged - correct AS wrong, share, low, high, class_id
FROM label_quality
WHERE dataset = $dataset AND split IS NULL AND judged > 0
ORDER BY high, judged DESC, class_id;
