"""Clips by what the check told of the media that serves them."""

import polars as pl

from workflow_scripts.report.drawing.asking import Asked


def heard(ask: Asked) -> pl.DataFrame:
    """How many `clips` have media that decodes, by its `sample_rate`, `channel_layout`, encoding and `bandwidth_hz`.

    A few hundred rows for each rate: so many frequencies has a spectrum. Two million clips are joined once, for all
    pictures that ask for this.
    """
    return ask(
        """
        SELECT
            checks.sample_rate,
            checks.channel_layout,
            checks.format,
            checks.subtype,
            checks.bandwidth_hz,
            count(*) AS clips
        FROM clips
        JOIN checks
            ON checks.root = clips.root
            AND checks.path = clips.path
            AND checks.member IS NOT DISTINCT FROM clips.member
        WHERE checks.load_ok AND checks.sample_rate IS NOT NULL
        GROUP BY ALL
        ORDER BY ALL
        """
    )
