-- Clips that are otherwise than the run before left them; none where there was no run before (the view runs has all).
-- dataset: the dataset
-- clip_id: the clip
-- change: the first that holds of added, removed, status, split, classes (that annotators said of it), trainable, duration
-- split: its split; of one that was removed null
-- split_before: as it was; of one that was added null, as all of before
-- status: its status
-- status_before: as it was
-- trainable: it is
-- trainable_before: it was
-- duration_s: seconds of sound that it has
-- duration_before_s: that it had
CREATE VIEW changes AS
WITH compared AS (
    SELECT
        coalesce(clips.dataset, clips_before.dataset) AS dataset,
        coalesce(clips.clip_id, clips_before.clip_id) AS clip_id,
        CASE
            WHEN clips_before.clip_id IS NULL THEN 'added'
            WHEN clips.clip_id IS NULL THEN 'removed'
            WHEN clips.status <> clips_before.status THEN 'status'
            WHEN clips.split <> clips_before.split THEN 'split'
            WHEN list_sort(clips.class_ids) <> list_sort(clips_before.class_ids) THEN 'classes'
            WHEN clips.trainable <> clips_before.trainable THEN 'trainable'
            WHEN clips.duration_s IS DISTINCT FROM clips_before.duration_s THEN 'duration'
        END AS change,
        clips.split,
        clips_before.split AS split_before,
        clips.status,
        clips_before.status AS status_before,
        clips.trainable,
        clips_before.trainable AS trainable_before,
        clips.duration_s,
        clips_before.duration_s AS duration_before_s
    FROM clips
    FULL JOIN clips_before USING (dataset, clip_id)
    WHERE EXISTS (FROM clips_before)
)
FROM compared WHERE change IS NOT NULL ORDER BY dataset, clip_id;
