"""Fingerprints as they are handed around without their audio."""

import polars as pl

from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.schemas.columns import FILE_NAME, IDENTIFIER, at_least, column, matches

_CLIP = {
    "dataset": column(pl.String, "the dataset", matches("^[a-z0-9_]+$")),
    "split": column(pl.String, "part of it, as its authors named it", matches(FILE_NAME)),
    "clip_id": column(pl.String, "the clip", matches(IDENTIFIER)),
    "start_s": column(pl.Float64, "where it starts in its media, seconds; null: with it", at_least(0), null=True),
    "end_s": column(pl.Float64, "where it ends there, seconds; null: with it", at_least(0), null=True),
    "duration_s": column(pl.Float64, "seconds of sound that it has", at_least(0)),
    "pcm_digest": column(
        pl.String,
        "XXH3-128 of the decoded samples, their rate and channels; null of a span, and of digital silence",
        matches("^[0-9a-f]{32}$"),
        null=True,
    ),
}
_FINGERPRINT = {
    "acoustic_fingerprint": column(
        pl.Binary,
        "of the clip's own stretch: 16 bits for each 50 ms, little-endian; null where its sound has none",
        null=True,
    ),
}

FINGERPRINTS = Schema(
    "fingerprints",
    "one row for each clip whose sound can be told again: what the export `fingerprints` writes",
    {**_CLIP, "fingerprint_version": column(pl.Int32, "how the fingerprint was made", at_least(1)), **_FINGERPRINT},
    unique=("dataset", "clip_id"),
    rules={"end_s > start_s": pl.col("end_s") > pl.col("start_s")},
)
