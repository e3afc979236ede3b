-- What is odd about a clip and may change what is done with it, whether it is usable or not: one row for each such thing of a clip. None is a fault in itself.
-- dataset: the dataset
-- clip_id: the clip
-- finding: leaked: it shares something (sharing) with a clip of another split of its authors, two splits that are both called train aside; duplicate: another file holds its samples (duplicates), digital silence aside; upsampled: its sound ends below 0.3 of its rate, as what was brought up from a lower one does, and what is low by nature; dual_mono: two channels that hold the same; one_sided: one of two channels is silent; silent: all of it is below -60 dB; clipped: more than 0.01 of its file's samples are; not_as_declared: as long, or of such a rate, as its source does not say (declared_against_found); caption_empty, caption_junk, caption_generic, caption_repeated, caption_language, caption_contradicts, caption_unfit: kinds of caption_findings
-- detail: why, in words and numbers
CREATE VIEW findings AS
WITH shared AS (
    SELECT *, is_trained_on(split) AS is_trained FROM sharing
),
beside AS (  -- of each thing that is shared the first and the last clip by split, and the first that nobody trains on
    SELECT
        *,
        min((split, clip_id)) OVER thing AS first_clip,
        max((split, clip_id)) OVER thing AS last_clip,
        min(CASE WHEN NOT is_trained THEN (split, clip_id) END) OVER thing AS held_out
    FROM shared
    WINDOW thing AS (PARTITION BY dataset, shared_by, what)
),
parted AS (
    SELECT
        dataset,
        clip_id,
        shared_by,
        CASE WHEN is_trained THEN held_out WHEN first_clip[1] <> split THEN first_clip ELSE last_clip END AS other
    FROM beside
    WHERE first_clip[1] <> last_clip[1] AND held_out IS NOT NULL
),
repeated AS (
    SELECT clips - 1 AS others, clip_ids[:2] AS examples, unnest(clip_ids) AS clip
    FROM duplicates
    WHERE NOT is_digital_silence
),
heard AS (  -- of few media is there anything to tell
    SELECT
        clips.dataset,
        clips.clip_id,
        suspected.*
    FROM clips
    JOIN (
        SELECT root, path, member, clipped_fraction, bandwidth_hz, sample_rate, channel_layout
        FROM checks
        WHERE load_ok AND (
            clipped_fraction > 0.01
            OR channel_layout IN ('dual_mono', 'one_sided')
            OR (sample_rate > 16000 AND bandwidth_hz BETWEEN 1 AND 0.3 * sample_rate)
        )
    ) AS suspected
        ON suspected.root = clips.root
        AND suspected.path = clips.path
        AND suspected.member IS NOT DISTINCT FROM clips.member
),
found AS (
    SELECT dataset, clip_id, 'leaked' AS finding, shared_by || ' with ' || other[2] || ' of ' || other[1] AS detail
    FROM parted
    UNION ALL
    SELECT
        split_part(clip, '/', 1),
        split_part(clip, '/', 2),
        'duplicate',
        'samples of ' || CASE WHEN examples[1] = clip THEN examples[2] ELSE examples[1] END
        || CASE WHEN others > 1 THEN format(' and {} more', others - 1) ELSE '' END
    FROM repeated
    UNION ALL
    SELECT dataset, clip_id, 'upsampled', printf('nothing above %d Hz, at %d samples a second', bandwidth_hz::BIGINT, sample_rate)
    FROM heard
    WHERE sample_rate > 16000 AND bandwidth_hz BETWEEN 1 AND 0.3 * sample_rate
    UNION ALL
    SELECT
        dataset,
        clip_id,
        channel_layout,
        CASE channel_layout WHEN 'dual_mono' THEN 'both channels hold the same' ELSE 'one of two channels is silent' END
    FROM heard
    WHERE channel_layout IN ('dual_mono', 'one_sided')
    UNION ALL
    SELECT dataset, clip_id, 'clipped', printf('%.1f %% of the samples of its file', 100 * clipped_fraction)
    FROM heard
    WHERE clipped_fraction > 0.01
    UNION ALL
    SELECT
        dataset,
        clip_id,
        'silent',
        CASE WHEN peak = 0 THEN 'digital silence' ELSE printf('never louder than %.6f of full scale', peak) END
    FROM clips
    WHERE silent_fraction = 1
    UNION ALL
    SELECT
        dataset,
        clip_id,
        'not_as_declared',
        CASE
            WHEN duration_differs THEN printf('%.2f s, declared %.2f s', duration_s, declared_duration_s)
            ELSE printf('%d samples a second, declared %d', sample_rate, declared_sample_rate)
        END
    FROM declared_against_found
    WHERE duration_differs OR rate_differs
    UNION ALL
    SELECT dataset, clip_id, 'caption_' || kind, detail FROM caption_findings
)
SELECT dataset, clip_id, finding, string_agg(DISTINCT detail, '; ' ORDER BY detail) AS detail
FROM found
GROUP BY dataset, clip_id, finding
ORDER BY dataset, clip_id, finding;
