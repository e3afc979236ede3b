"""Sounds that are the same under other digests: what was found of sounds, and what that says of clips."""

import polars as pl

from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.schemas.columns import IDENTIFIER, at_least, column, finite, matches, one_of, share

SKIPPED_BECAUSE = {
    "silent": "too little of it is sound",
    "too_short": "it is too short to be told from others",
    "steady": "it sounds alike all along, as tones and steady noise do, and so do many",
}
"""Why a sound is held against no other."""
SAME_BY = {
    "samples": "the files that serve them hold the same, sample for sample",
    "sound": "by their acoustic fingerprints",
}
"""How it is known that two clips share sound."""

SOUND_PAIRS = Schema(
    "sound_pairs",
    "one row for each two sounds of which a stretch is the same by their acoustic fingerprints",
    {
        "sound_a": column(pl.String, "one of them: pcm_digest of its samples; the first of both by its letters"),
        "sound_b": column(pl.String, "the other"),
        "start_a_s": column(pl.Float64, "where the shared stretch starts in the first, seconds", at_least(0)),
        "start_b_s": column(pl.Float64, "where it starts in the other, seconds", at_least(0)),
        "overlap_s": column(pl.Float64, "how long it is, seconds", at_least(0)),
        "error_rate": column(pl.Float64, "share of the symbols of the fingerprints that differ in it", share()),
        "score": column(pl.Float64, "minus log10 of the chance that two strangers agree so far", finite()),
    },
    rules={"sound_a before sound_b": pl.col("sound_a") < pl.col("sound_b")},
)

SKIPPED_SOUNDS = Schema(
    "skipped_sounds",
    "one row for each sound that was held against no other, and why",
    {
        "sound": column(pl.String, "pcm_digest of its samples, as in checks", unique=True),
        "reason": column(
            pl.String,
            "; ".join(f"{reason}: {meaning}" for reason, meaning in SKIPPED_BECAUSE.items()),
            one_of(SKIPPED_BECAUSE),
        ),
    },
)

SAME_SOUND = Schema(
    "same_sound",
    "one row for each two clips, served by two media, that share sound. Of more than 64 clips of one sound each is "
    "paired with 64 only, of all splits in turn: sound_groups has all of them. Digital silence is no shared sound",
    {
        "dataset_a": column(pl.Categorical, "dataset of one of the clips: the first of both by dataset and clip_id"),
        "clip_id_a": column(pl.String, "that clip", matches(IDENTIFIER)),
        "split_a": column(pl.Categorical, "its split, as its authors named it"),
        "dataset_b": column(pl.Categorical, "dataset of the other"),
        "clip_id_b": column(pl.String, "the other clip", matches(IDENTIFIER)),
        "split_b": column(pl.Categorical, "its split"),
        "how": column(
            pl.Categorical, "; ".join(f"{how}: {meaning}" for how, meaning in SAME_BY.items()), one_of(SAME_BY)
        ),
        "offset_s": column(
            pl.Float64,
            "what is heard t seconds after the start of clip a is heard t - offset_s seconds after that of clip b",
            finite(),
        ),
        "overlap_s": column(pl.Float64, "how much of both is the same stretch of sound, seconds", at_least(0)),
        "start_a_s": column(pl.Float64, "where that starts in clip a, seconds from the clip's start", at_least(0)),
        "error_rate": column(
            pl.Float64,
            "share of the symbols of their media's fingerprints that differ in the stretch that these share; 0 of the "
            "same samples",
            share(),
        ),
        "score": column(
            pl.Float64,
            "minus log10 of the chance that media of strangers agree so far; null of the same samples",
            finite(),
            null=True,
        ),
    },
    unique=("dataset_a", "clip_id_a", "dataset_b", "clip_id_b"),
)

SOUND_GROUPS = Schema(
    "sound_groups",
    "one row for each clip of same_sound: which clips share sound, directly or through others",
    {
        "dataset": column(pl.Categorical, "the dataset"),
        "clip_id": column(pl.String, "the clip", matches(IDENTIFIER)),
        "split": column(pl.Categorical, "its split, as its authors named it"),
        "group_id": column(pl.String, "names its group: the first of its clips, as dataset/clip_id"),
        "clips": column(pl.Int64, "how many clips the group has", at_least(2)),
    },
    unique=("dataset", "clip_id"),
)

MATCHED = {
    "sound_pairs": SOUND_PAIRS,
    "skipped_sounds": SKIPPED_SOUNDS,
    "same_sound": SAME_SOUND,
    "sound_groups": SOUND_GROUPS,
}
"""What a run has, of all its datasets together."""
