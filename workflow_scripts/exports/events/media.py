"""What checks tell of the media that events are heard in, and how much of it clips tell of."""

from collections.abc import Sequence

import polars as pl

from workflow_scripts.exports.events.joined import covered
from workflow_scripts.exports.events.rows import begins_in_media
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import MEDIA, Tables

SHORT_S = 0.1
"""Seconds of a media that no clip has, and nobody misses."""


def durations(tables: Tables) -> Keyed:
    """How long each media is, as `media_duration_s`: the ledger tells that of clips."""
    columns = [*MEDIA, "duration_s"]
    return Keyed(
        lambda: (some.rename({"duration_s": "media_duration_s"}) for some in tables.each_checks(columns)), MEDIA
    )


def in_part(clips: pl.DataFrame, key: Sequence[str]) -> int:
    """Of how many media clips tell a part alone: of the rest nobody knows what is heard.

    Args:
        clips: columns of the ledger, `media_duration_s`, and the key.
        key: what a media is called by.
    """
    begins = clips.with_columns(begin_s=begins_in_media())
    stretches = begins.with_columns(end_s=pl.col("begin_s") + pl.col("duration_s"))
    lengths = clips.select(*key, "media_duration_s").unique()
    of_media = covered(stretches, list(key)).join(lengths, on=list(key))
    return of_media.filter(pl.col("covered_s") < pl.col("media_duration_s") - SHORT_S).height
