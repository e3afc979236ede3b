"""Clips with what the check told of the media that serves them."""

HEARD = """
SELECT
    checks.format, checks.subtype, checks.sample_rate, checks.channels, checks.channel_layout, checks.bandwidth_hz,
    clips.split, clips.usable
FROM clips
JOIN checks
    ON checks.root = clips.root
    AND checks.path = clips.path
    AND checks.member IS NOT DISTINCT FROM clips.member
WHERE checks.load_ok
"""
"""SQL of one row for each clip whose media decodes."""
