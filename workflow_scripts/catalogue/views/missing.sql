-- Clips whose media is not there, and what is known of why: one row a clip.
-- dataset: the dataset
-- clip_id: the clip
-- split: part of the dataset
-- class_names: names of the classes that annotators said of it
-- media_key: names the media that it is a span of
-- source_url: where it was published
-- fetched: what became of its media when it was to be fetched, a status of the view `fetches`; null if it was not. Of several addresses of one media the most hopeful status is told: there, failed, refused, gone
-- why: the reason that its server gave; null if none
CREATE VIEW missing AS
WITH told AS (
    SELECT DISTINCT ON (dataset, media_key) dataset, media_key, status, reason
    FROM fetches
    WHERE media_key IS NOT NULL
    ORDER BY
        dataset,
        media_key,
        list_position(['there', 'failed', 'refused', 'gone'], CAST(status AS VARCHAR)),
        CAST(entry AS VARCHAR),
        address
)
SELECT
    clips.dataset,
    clips.clip_id,
    clips.split,
    clips.class_names,
    clips.media_key,
    clips.source_url,
    told.status AS fetched,
    told.reason AS why
FROM clips
LEFT JOIN told ON told.dataset = clips.dataset AND told.media_key = clips.media_key
WHERE clips.status = 'missing';
