-- Clips whose media is not there, and what is known of why.
-- dataset: the dataset
-- clip_id: the clip
-- split: part of the dataset
-- class_names: names of the classes that annotators said of it
-- media_key: names the media that it is a span of
-- source_url: where it was published
-- fetched: what became of its media when it was to be fetched, a status of the view `fetches`; null if it was not
-- why: the reason that its server gave; null if none
CREATE VIEW missing AS
SELECT
    clips.dataset,
    clips.clip_id,
    clips.split,
    clips.class_names,
    clips.media_key,
    clips.source_url,
    fetches.status AS fetched,
    fetches.reason AS why
FROM clips
LEFT JOIN fetches ON fetches.dataset = clips.dataset AND fetches.media_key = clips.media_key
WHERE clips.status = 'missing';
