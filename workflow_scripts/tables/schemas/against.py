"""Fingerprints as they are handed around without their audio, and what a run has of such files."""

import polars as pl

from workflow_scripts.tables.declared import Rule, Schema
from workflow_scripts.tables.schemas.columns import FILE_NAME, IDENTIFIER, at_least, column, matches, one_of

SHARED_BY = {
    "samples": "their files hold the same samples",
    "sound": "same_sound tells that they hold the same sound",
    "media": "one file serves both",
    "video": "both are of one video or recording, by media_key",
    "source": "both were published as one, by source_url",
}
"""What a clip that is trained on may share with one that is evaluated on."""

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
_ORDERED = {"end_s > start_s": pl.col("end_s") > pl.col("start_s")}

FINGERPRINTS = Schema(
    "fingerprints",
    "one row for each clip whose sound can be told again: what the export `fingerprints` writes",
    {**_CLIP, "fingerprint_version": column(pl.Int32, "how the fingerprint was made", at_least(1)), **_FINGERPRINT},
    unique=("dataset", "clip_id"),
    rules=_ORDERED,
)

FOREIGN_CLIPS = Schema(
    "foreign_clips",
    "one row for each clip of the files of `against`, whose audio is not here",
    {**_CLIP, "file": column(pl.Categorical, "that file"), **_FINGERPRINT},
    unique=("dataset", "clip_id"),
    rules=_ORDERED,
)

LEAKED = Schema(
    "leaked",
    "one row for each usable clip that an export leaves out, what it shares, and split that is evaluated on with whose "
    "clips it does",
    {
        "clip_id": column(pl.String, "the clip that is left out", matches(IDENTIFIER)),
        "split": column(pl.Categorical, "the split of the export that lacks it"),
        "shared_by": column(
            pl.Categorical,
            "; ".join(f"{kind}: {meaning}" for kind, meaning in SHARED_BY.items()),
            one_of(SHARED_BY),
        ),
        "with_dataset": column(pl.Categorical, "dataset of the clips that it shares this with"),
        "with_split": column(
            pl.Categorical,
            "their split, which is evaluated on",
            Rule("categories_match", {"pattern": FILE_NAME}),
        ),
        "with_clip_id": column(pl.String, "the first of them", matches(IDENTIFIER)),
        "with_clips": column(pl.Int64, "how many they are", at_least(1)),
    },
    unique=("clip_id", "shared_by", "with_dataset", "with_split"),
)
