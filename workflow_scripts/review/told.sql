-- What a page tells of each clip that has a card, in the order of the cards.
WITH said AS (
    SELECT
        labels.clip_id,
        list(
            {
                'id': labels.class_id, 'name': labels.class_name, 'onset_s': labels.onset_s,
                'offset_s': labels.offset_s, 'origin': labels.origin, 'value': labels.value
            }
            ORDER BY labels.onset_s NULLS FIRST, labels.class_name, labels.class_id, labels.offset_s
        ) AS labels
    FROM labels
    SEMI JOIN cards USING (clip_id)
    WHERE labels.dataset = $dataset AND labels.origin <> 'ontology'
    GROUP BY labels.clip_id
),
sentences AS (
    SELECT captions.clip_id, list({'ordinal': ordinal, 'text': text} ORDER BY ordinal) AS captions
    FROM captions
    SEMI JOIN cards USING (clip_id)
    WHERE captions.dataset = $dataset
    GROUP BY captions.clip_id
),
found AS (
    SELECT findings.clip_id, list({'finding': finding, 'detail': detail} ORDER BY finding, detail) AS findings
    FROM findings
    SEMI JOIN cards USING (clip_id)
    WHERE findings.dataset = $dataset
    GROUP BY findings.clip_id
),
doubted AS (  -- how much speaks against the label of which most does
    SELECT label_issues.clip_id, max(CASE WHEN given THEN 1 - coalesce(score, 0) ELSE score END) AS doubt
    FROM label_issues
    SEMI JOIN cards USING (clip_id)
    WHERE label_issues.dataset = $dataset
    GROUP BY label_issues.clip_id
)
SELECT
    clips.clip_id,
    cards.pack,
    clips.split,
    clips.status,
    coalesce(found.findings, []) AS findings,
    coalesce(said.labels, []) AS labels,
    coalesce(sentences.captions, []) AS captions,
    doubted.doubt,
    clips.error_kind,
    clips.error,
    clips.licence,
    clips.source_url,
    clips.path,
    clips.member,
    clips.start_s,
    clips.end_s,
    clips.duration_s,
    clips.sample_rate,
    clips.channels,
    clips.peak,
    clips.rms_dbfs,
    clips.silent_fraction,
    checks.format,
    checks.subtype,
    checks.channel_layout,
    checks.bandwidth_hz,
    checks.loudness_lufs,
    checks.clipped_fraction,
    checks.pcm_digest
FROM cards
JOIN clips ON clips.dataset = $dataset AND clips.clip_id = cards.clip_id
LEFT JOIN checks
    ON checks.root = clips.root AND checks.path = clips.path AND checks.member IS NOT DISTINCT FROM clips.member
LEFT JOIN said ON said.clip_id = clips.clip_id
LEFT JOIN sentences ON sentences.clip_id = clips.clip_id
LEFT JOIN doubted ON doubted.clip_id = clips.clip_id
LEFT JOIN found ON found.clip_id = clips.clip_id
ORDER BY cards.ordinal
