-- So many usable clips of a class, the same for a seed whatever the order of rows: sample_of('Dog', 20, 1).
CREATE MACRO sample_of(class, n, seed) AS TABLE
SELECT *
FROM clips_of(class)
WHERE usable
ORDER BY md5(concat_ws(' ', seed, dataset, clip_id))
LIMIT n;
