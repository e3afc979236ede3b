"""The ledger: the one status of each clip, what serves none, and what that comes to; splits with care; earlier runs."""

import polars as pl

from workflow_scripts.tables.declared import Rule, Schema
from workflow_scripts.tables.schemas.checked import MEDIA_KEY
from workflow_scripts.tables.schemas.columns import FILE_NAME, at_least, column, finite, one_of, share
from workflow_scripts.tables.schemas.ingested import CLIP
from workflow_scripts.tables.schemas.judged import DISPUTED, VERDICTS

STATUSES = (
    "missing",
    "ambiguous",
    "unreadable",
    "truncated",
    "too_short",
    "too_long",
    "resample_failed",
    "feature_failed",
    "outside_media",
    "usable",
)
"""The statuses of a clip in the order in which they are asked: the first that holds is the clip's one status."""

ORPHAN_REASONS = {
    "unclaimed": "no clip is called so",
    "other_span": "its name says another start",
    "superseded": "another copy serves",
    "ambiguous": "it answers to the name of a clip, and so does another sound, or it to several clips'",
    "not_looked_at": "it holds audio of a kind that is not read",
}
"""Why a media serves no clip."""

CLIPS = Schema(
    "clips",
    "one row a clip, one status each",
    {
        **CLIP,
        "status": column(pl.Categorical, "the clip's one status: " + ", ".join(STATUSES), one_of(STATUSES)),
        "usable": column(pl.Boolean, "status is usable"),
        "trainable": column(
            pl.Boolean, "usable, at least train_min_duration_s long, and not dropped by a review (verdict)"
        ),
        "error_kind": column(
            pl.Categorical, "kind of fault in the media that serves the clip, or why it is ambiguous", null=True
        ),
        "error": column(pl.String, "that fault in words; of an ambiguous clip, what answers to its name", null=True),
        "root": column(pl.Categorical, "root of the media that serves the clip, null if none does", null=True),
        "path": column(pl.String, "path of that media below its root", null=True),
        "member": column(pl.String, "member, if it lies in an archive", null=True),
        "media_path": column(pl.String, "absolute path that opens that media, or its archive", null=True),
        "whole_media": column(
            pl.Boolean, "the clip is all of that media; if not, it is the span from start_s to end_s in it", null=True
        ),
        "duration_s": column(pl.Float64, "seconds of sound that the clip has", at_least(0), null=True),
        "sample_rate": column(pl.Int64, "samples a second of that media", null=True),
        "channels": column(pl.Int32, "channels of that media", null=True),
        "peak": column(
            pl.Float64,
            "largest absolute sample of the clip (of a span: of the half seconds that it touches)",
            null=True,
        ),
        "rms_dbfs": column(
            pl.Float64,
            "root mean square of the clip (of a span: of the half seconds that it touches), dB of full scale",
            finite(),
            null=True,
        ),
        "silent_fraction": column(
            pl.Float64,
            "share of the clip below -60 dB of full scale, in frames of 20 ms (of a span: in half seconds)",
            share(),
            null=True,
        ),
        "verdict": column(
            pl.Categorical,
            "what reviews that count say: keep or drop, as more of their reviewers do; disputed: as many say drop as "
            "keep, which changes nothing; null where nobody judged",
            one_of([*VERDICTS, DISPUTED]),
            null=True,
        ),
        "reviewers": column(
            pl.List(pl.String), "who said anything of the clip that counts, by name; null where nobody did", null=True
        ),
        "review_note": column(
            pl.String, "their notes in the order of time, a line each where there are several", null=True
        ),
        "corrected_caption": column(
            pl.String, "the first of the clip's captions that reviews correct, as it should be", null=True
        ),
        "reviewed_class_ids": column(
            pl.List(pl.Categorical),
            "the classes that are right by the last review that says so; class_ids stays what the authors said",
            null=True,
        ),
    },
)

ORPHANS = Schema(
    "orphans",
    "one row for each media of the dataset's roots that serves no clip, and for what is called like one",
    {
        "root": column(pl.String, "the root it lies in"),
        **MEDIA_KEY,
        "reason": column(
            pl.String,
            "; ".join(f"{reason}: {meaning}" for reason, meaning in ORPHAN_REASONS.items()),
            one_of(ORPHAN_REASONS),
        ),
        "clip_id": column(pl.String, "the clip that its name speaks of, if any", null=True),
    },
    unique=("root", "path", "member"),
)

SUMMARY = Schema(
    "summary",
    "how many clips of each split have each status; usable stands there for every split",
    {
        "split": column(pl.String, "part of the dataset"),
        "status": column(pl.String, "status", one_of(STATUSES)),
        "clips": column(pl.Int64, "number of clips", at_least(0)),
    },
    unique=("split", "status"),
)

ROOTS = Schema(
    "roots",
    "how many clips each audio root serves",
    {
        "root": column(pl.String, "the root", unique=True),
        "ordinal": column(pl.Int32, "its place in the dataset file, from 0", at_least(0)),
        "path": column(pl.String, "absolute path"),
        "holds": column(
            pl.String, "clips: files are cut out already; recordings: clips are spans inside; images: pictures"
        ),
        "media": column(pl.Int64, "audio files found, or pictures", at_least(0)),
        "served": column(pl.Int64, "clips that a file of it serves, usable or not", at_least(0)),
        "usable": column(pl.Int64, "usable clips among them", at_least(0)),
        "orphans": column(pl.Int64, "files that serve no clip", at_least(0)),
    },
)

SPLITS = Schema(
    "splits",
    "one row a clip, of datasets whose file has augment_splits, folds or subsets: its split with care, and its fold",
    {
        "clip_id": column(pl.String, "the clip", Rule("unique")),
        "split": column(pl.Categorical, "part of the dataset, as its authors named it"),
        "assigned_split": column(
            pl.Categorical,
            "part of the dataset after augment_splits; that of its authors where the dataset file has none",
            Rule("categories_match", {"pattern": FILE_NAME}),
        ),
        "split_reason": column(
            pl.String, "why that is another than its authors named, in words; null where it is the same", null=True
        ),
        "group_id": column(
            pl.String,
            "the clips that are of one video, recording, publication or file, or whose files hold the same samples, "
            "directly or through others, and which no split parts: the clip of them whose id comes first",
        ),
        "session": column(
            pl.String,
            "the recording session: day, recordist and place (site, locality or degrees), where the day is known and "
            "one of the others; no fold parts it",
            null=True,
        ),
        "fold": column(pl.Int32, "the fold, from 0; null where the dataset file asks for none", at_least(0), null=True),
    },
    rules={
        "split_reason where assigned_split is not split": (
            pl.col("assigned_split").cast(pl.String) != pl.col("split").cast(pl.String)
        )
        == pl.col("split_reason").is_not_null()
    },
)

SUBSETS = Schema(
    "subsets",
    "one row for each clip of each subset that the dataset file asks for",
    {
        "subset": column(pl.Categorical, "its name", Rule("categories_match", {"pattern": FILE_NAME})),
        "clip_id": column(pl.String, "the clip"),
        "class_id": column(pl.Categorical, "the class that it was taken for"),
    },
    unique=("subset", "clip_id"),
)

RUNS = Schema(
    "runs",
    "what came of each run so far that left other clips or labels than the one before it: a row for each split and "
    "status",
    {
        "run": column(pl.Int32, "which run, from 1; the last is that of this catalogue", at_least(1)),
        "dataset": column(pl.String, "the dataset"),
        "split": column(pl.String, "part of the dataset"),
        "status": column(pl.String, "status", one_of(STATUSES)),
        "clips": column(pl.Int64, "clips of that status", at_least(0)),
        "trainable": column(pl.Int64, "trainable clips among them", at_least(0)),
        "hours": column(pl.Float64, "hours of sound that they have", at_least(0)),
        "labels": column(pl.Int64, "labels, weak and strong, that annotators said of them", at_least(0)),
    },
    unique=("run", "dataset", "split", "status"),
)

CLIPS_BEFORE = Schema(
    "clips_before",
    "the clips as the run before left them, in what the view changes compares; empty where there was none",
    {name: CLIPS.columns[name] for name in ("clip_id", "split", "class_ids", "status", "trainable", "duration_s")},
)
