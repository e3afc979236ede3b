"""What people and models say of clips, and what that comes to."""

import polars as pl

from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.schemas.columns import IDENTIFIER, at_least, column, in_range, matches, one_of, share

VERDICTS = ("keep", "drop")
"""What somebody who reviews a clip may say of it."""
DISPUTED = "disputed"
"""The verdict on a clip that as many say to keep as say to drop."""

REVIEW = {
    "clip_id": column(pl.String, "the clip", matches(IDENTIFIER)),
    "ordinal": column(pl.Int32, "which of the clip's captions `caption` is of, from 0", at_least(0)),
    "verdict": column(
        pl.Categorical,
        "keep, or drop: not to be trained on; null where the row says neither",
        one_of(VERDICTS),
        null=True,
    ),
    "reviewer": column(pl.String, "who says so; rows without a name are one person's", null=True),
    "reviewed_at": column(pl.String, "when, ISO 8601; without a zone it is UTC", null=True),
    "caption": column(pl.String, "the caption as it should be; null where it is not corrected", null=True),
    "class_ids": column(
        pl.List(pl.String), "the classes that are right, all of them; null where the clip is not relabelled", null=True
    ),
    "note": column(pl.String, "what else the reviewer says", null=True),
    "pcm_digest": column(
        pl.String,
        "that of the media (`pcm_digest` of `checks`) that was listened to; null where the row does not tell",
        matches("^[0-9a-f]{32}$"),
        null=True,
    ),
    "source": column(pl.String, "file of the review"),
    "line": column(pl.Int64, "its line there, from 1", at_least(1)),
}

FOUND_REVIEWS = Schema(
    "found_reviews",
    "one row for each row of a file of reviews that speaks of a clip",
    REVIEW,
    unique=("source", "line"),
)

REVIEWS = Schema(
    "reviews",
    "one row for each row of a file of reviews that speaks of a clip, and whether it counts",
    {
        **REVIEW,
        "stale": column(
            pl.Boolean,
            "the media that serves the clip now holds another sound than was listened to; null where that cannot be "
            "told: the row has no digest, or no sound serves",
            null=True,
        ),
        "superseded": column(
            pl.Boolean, "its reviewer has said something later of this clip and caption, of the sound that serves now"
        ),
        "counts": column(
            pl.Boolean,
            "neither stale nor superseded, and not without verdict, caption, classes and note: this is what its "
            "reviewer says of the clip",
        ),
    },
    unique=("source", "line"),
)

AGREEMENT = Schema(
    "agreement",
    "how far reviewers agree on which clips to keep and which to drop: one row for each pair of them, and two for all "
    "together",
    {
        "measure": column(
            pl.String,
            "cohen_kappa: of two reviewers; fleiss_kappa: of the clips that have as many verdicts as most with several "
            "have; krippendorff_alpha: of all clips with several. 1 is agreement, 0 what chance would give",
            one_of(["cohen_kappa", "fleiss_kappa", "krippendorff_alpha"]),
        ),
        "reviewers": column(pl.List(pl.String), "whose verdicts these are, by name; empty for who gave none"),
        "clips": column(pl.Int64, "clips that several of them judged, as far as the measure takes them", at_least(0)),
        "verdicts": column(pl.Int64, "verdicts on these", at_least(0)),
        "observed": column(pl.Float64, "share of pairs of verdicts on one clip that are the same", share(), null=True),
        "value": column(pl.Float64, "the measure; null where it is not defined", in_range(-1.0, 1.0), null=True),
        "reason": column(pl.String, "why it is not", null=True),
    },
)

PREDICTIONS = Schema(
    "predictions",
    "one row for each clip and class that models gave a score, of datasets whose file has predictions",
    {
        "clip_id": column(pl.String, "the clip"),
        "class_id": column(pl.Categorical, "the class"),
        "score": column(
            pl.Float32, "how sure a model is that it is heard, 0 to 1: the highest, where several are said", share()
        ),
    },
)

DETECTIONS = Schema(
    "detections",
    "what models hear from when to when: one row for each window and class of tables that say so, of datasets whose "
    "file has predictions; with the columns of `labels`, which stay what people said",
    {
        "clip_id": column(pl.String, "the clip"),
        "class_id": column(pl.Categorical, "the class"),
        "class_name": column(pl.Categorical, "its name"),
        "onset_s": column(pl.Float64, "where the window starts, seconds from the clip's start", at_least(0)),
        "offset_s": column(pl.Float64, "where it ends, seconds from the clip's start", at_least(0)),
        "strength": column(pl.Categorical, "strong: from onset to offset"),
        "origin": column(
            pl.Categorical,
            "model: and what it is called, as the dataset file says, the row, the tool that wrote the table (birdnet, "
            "raven, perch), or the file's name",
        ),
        "via_class_id": column(pl.Categorical, "null: nothing follows from what a model hears", null=True),
        "value": column(pl.Float64, "how sure the model is, 0 to 1", share()),
    },
)

LABEL_ISSUES = Schema(
    "label_issues",
    "one row for each pair of a clip and a class of which a model is sure of the contrary, by confident learning",
    {
        "clip_id": column(pl.String, "the clip", matches(IDENTIFIER)),
        "class_id": column(pl.String, "the class"),
        "given": column(pl.Boolean, "the clip is labelled so"),
        "score": column(
            pl.Float32,
            "how sure the model is that it is heard; null where its table has no row, as of 0",
            share(),
            null=True,
        ),
        "kind": column(
            pl.String,
            "label_doubted: annotators said it, and the model does not hear it; label_missing: the reverse",
            one_of(["label_doubted", "label_missing"]),
        ),
        "rank": column(pl.Int64, "1 for the most doubtful of the dataset", at_least(1)),
    },
    unique=("clip_id", "class_id"),
)
