-- The clips of a class, by its name or id, with those of the classes below it: clips_of('Dog').
CREATE MACRO clips_of(class) AS TABLE
SELECT *
FROM clips
WHERE (dataset, clip_id) IN (
    SELECT (said.dataset, said.clip_id) FROM labels AS said
    WHERE said.origin <> 'background' AND (said.class_name = class OR said.class_id = class)
);
