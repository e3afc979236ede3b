-- What opens a clip's sound: the file, the member where that is an archive, and the stretch where it is longer than the
-- clip: audio_of('-0RWZT-miFs').
CREATE MACRO audio_of(id) AS TABLE
SELECT
    dataset,
    media_path,
    member,
    CASE WHEN NOT whole_media THEN start_s END AS start_s,
    CASE WHEN NOT whole_media THEN end_s END AS end_s,
    duration_s,
    sample_rate,
    channels,
    status
FROM clips
WHERE clip_id = id AND media_path IS NOT NULL;
