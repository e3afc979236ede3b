"""What is made of other datasets: scenes, and the parts that each has."""

import polars as pl

from workflow_scripts.tables.declared import Rule, Schema
from workflow_scripts.tables.schemas.columns import FILE_NAME, IDENTIFIER, at_least, column, finite, matches

SCENE = {
    "clip_id": column(pl.String, "the clip that is made", matches(IDENTIFIER)),
    "split": column(
        pl.Categorical,
        "part of the dataset that it belongs to; all that it is made of is of that split too",
        Rule("categories_match", {"pattern": FILE_NAME}),
    ),
    "duration_s": column(pl.Float64, "seconds that it has", at_least(0)),
    "sample_rate": column(pl.Int64, "samples a second", at_least(1)),
    "channels": column(pl.Int32, "channels", at_least(1)),
    "caption": column(pl.String, "what its parts say together, null where nothing is to be said", null=True),
    "picture_dataset": column(pl.Categorical, "dataset of the clip whose picture it has", null=True),
    "picture_clip_id": column(pl.String, "that clip", null=True),
}

PLANNED_SCENES = Schema(
    "planned_scenes", "what is to be made of other datasets: one row a clip", SCENE, unique=("clip_id",)
)

SCENES = Schema(
    "scenes",
    "what was made of other datasets: one row a clip",
    {
        **SCENE,
        "scale_db": column(
            pl.Float64,
            "what all of it was scaled by, dB: 0, or less where it or a part of it went beyond full scale; null where "
            "it was not made",
            finite(),
            null=True,
        ),
        "error_kind": column(pl.String, "kind of the fault for which it was not made", null=True),
        "error": column(pl.String, "that fault in words", null=True),
    },
    unique=("clip_id",),
)

PART = {
    "clip_id": column(pl.String, "the clip that is made", matches(IDENTIFIER)),
    "ordinal": column(pl.Int32, "which of its parts, from 0", at_least(0)),
    "role": column(
        pl.Categorical, "background, foreground, mixed (one of several of equal rank), or clip: what is augmented"
    ),
    "from_dataset": column(pl.Categorical, "dataset of the clip that it is of"),
    "from_clip_id": column(pl.String, "that clip"),
    "from_s": column(pl.Float64, "where in that clip it begins, seconds", at_least(0)),
    "taken_s": column(pl.Float64, "seconds that are taken of it there", at_least(0)),
    "onset_s": column(pl.Float64, "where it begins in the clip that is made, seconds", at_least(0)),
    "offset_s": column(pl.Float64, "where it ends there, seconds", at_least(0)),
    "fade_s": column(pl.Float64, "seconds that it is faded in and out for", at_least(0)),
    "pitch_semitones": column(pl.Float64, "semitones that it is raised by", finite()),
    "stretch": column(pl.Float64, "times as long as it was", at_least(0)),
    "snr_db": column(
        pl.Float64,
        "asked for: its root mean square over that of the background, dB; null where its gain is given",
        finite(),
        null=True,
    ),
    "distance_m": column(
        pl.Float64, "metres from which it is heard; null where it is heard as it is", at_least(0), null=True
    ),
    "room_m": column(
        pl.List(pl.Float64), "length, width and height of the room that it is heard in, metres; null without", null=True
    ),
    "microphone_m": column(
        pl.List(pl.Float64), "where in that room it is heard, metres along its length, width and height", null=True
    ),
    "source_m": column(pl.List(pl.Float64), "where in that room it is, likewise", null=True),
    "rt60_s": column(
        pl.Float64, "seconds in which sound falls by 60 dB in that room, as asked for", at_least(0), null=True
    ),
}

PLANNED_PARTS = Schema(
    "planned_parts",
    "what the clips that are to be made consist of: one row a part",
    {**PART, "gain_db": column(pl.Float64, "gain that is given, dB", finite(), null=True)},
    unique=("clip_id", "ordinal"),
)

PARTS = Schema(
    "parts",
    "what the clips that were made of other datasets consist of: one row a part",
    {
        **PART,
        "gain_db": column(
            pl.Float64,
            "what its samples were multiplied by, dB, besides `scale_db` of its scene; null where that was not made, "
            "and of a part that is silent",
            finite(),
            null=True,
        ),
    },
    unique=("clip_id", "ordinal"),
)

AUGMENTATION = {
    "clip_id": column(pl.String, "the clip that is made", matches(IDENTIFIER)),
    "step": column(pl.Int32, "which step of the recipe, from 0", at_least(0)),
    "transform": column(pl.Categorical, "what that step does, as the recipe calls it"),
    "applied": column(pl.Boolean, "whether it was drawn to be applied to this clip"),
    "parameters": column(
        pl.String,
        "what was drawn for it, JSON: numbers whose names end in their unit (dB, LUFS, Hz, seconds), the `seed` of "
        "noise; null where it is not applied. A background is the part whose `ordinal` is 1 more than its step",
        null=True,
    ),
}

PLANNED_AUGMENTATIONS = Schema(
    "planned_augmentations",
    "what is to be done to the clips that are augmented: one row a step of the recipe of each",
    AUGMENTATION,
    unique=("clip_id", "step"),
)

AUGMENTATIONS = Schema(
    "augmentations",
    "what was done to the clips that were augmented: one row a step of the recipe of each",
    {
        **AUGMENTATION,
        "gain_db": column(
            pl.Float64,
            "what that came to, dB: the gain of `gain` and `loudness`, that of the background that was mixed in, the "
            "root mean square of noise (full scale 0); null of others, and where silence has no level",
            finite(),
            null=True,
        ),
    },
    unique=("clip_id", "step"),
)
