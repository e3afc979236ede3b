-- What is said of clips of any dataset: names of their classes, and captions.
WITH named AS (
    SELECT labels.dataset, labels.clip_id, list_sort(list_distinct(list(labels.class_name))) AS names
    FROM labels
    SEMI JOIN others ON others.dataset = labels.dataset AND others.clip = labels.clip_id
    WHERE labels.origin = 'annotated'
    GROUP BY labels.dataset, labels.clip_id
),
sentences AS (
    SELECT captions.dataset, captions.clip_id, list(captions.text ORDER BY captions.ordinal) AS texts
    FROM captions
    SEMI JOIN others ON others.dataset = captions.dataset AND others.clip = captions.clip_id
    GROUP BY captions.dataset, captions.clip_id
)
SELECT others.dataset, others.clip, coalesce(named.names, []) AS labels, coalesce(sentences.texts, []) AS captions
FROM (SELECT DISTINCT dataset, clip FROM others) AS others
LEFT JOIN named ON named.dataset = others.dataset AND named.clip_id = others.clip
LEFT JOIN sentences ON sentences.dataset = others.dataset AND sentences.clip_id = others.clip
