"""Every table of the results, column by column: type, rule, unit and meaning.

These descriptions are also the column comments of the catalogue.
"""

from collections.abc import Iterable
from typing import Any

import polars as pl

from workflow_scripts.tables.declared import Column, Rule, Schema

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
DECODERS = ("libsndfile", "libsndfile_mended", "ffmpeg")
"""Of the first alone whoever opens a file with libsndfile gets what its check told of."""
CHANNEL_LAYOUTS = ("mono", "dual_mono", "one_sided", "stereo", "multichannel")
IDENTIFIER = r"^[A-Za-z0-9_-]+$"
FILE_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
"""What a file may be called after: it names no other folder, and is neither hidden nor an option of a command."""


def _column(dtype: Any, description: str, *rules: Rule, null: bool = False, unique: bool = False) -> Column:
    return Column(dtype, description, rules, null, unique)


def _in_range(least: float, most: float) -> Rule:
    return Rule("in_range", {"min_value": least, "max_value": most})


def _at_least(bound: float) -> Rule:
    return _in_range(bound, float("inf"))


def _finite() -> Rule:
    bounds = {"min_value": float("-inf"), "max_value": float("inf")}
    return Rule("in_range", bounds | {"include_min": False, "include_max": False})


def _share() -> Rule:
    return _in_range(0.0, 1.0)


def _one_of(values: Iterable[str]) -> Rule:
    return Rule("isin", {"allowed_values": list(values)})


def _matches(pattern: str) -> Rule:
    return Rule("str_matches", {"pattern": pattern})


_CLIP = {
    "clip_id": _column(pl.String, "names the clip, unique in its dataset", _matches(IDENTIFIER), Rule("unique")),
    "media_key": _column(pl.String, "names the media that the clip is a span of, as the dataset's match reads it"),
    "split": _column(
        pl.Categorical,
        "part of the dataset, as its authors named it; exports call files after it",
        Rule("categories_match", {"pattern": FILE_NAME}),
    ),
    "start_s": _column(pl.Float64, "where the label row says the clip starts, seconds", _at_least(0), null=True),
    "end_s": _column(pl.Float64, "where the label row says the clip ends, seconds", _at_least(0), null=True),
    "class_ids": _column(pl.List(pl.Categorical), "classes that annotators said of the whole clip"),
    "class_names": _column(pl.List(pl.Categorical), "their names, in the same order"),
    "licence": _column(pl.Categorical, "licence of the clip's audio, where known", null=True),
    "source_url": _column(pl.String, "where the clip was published", null=True),
    "source": _column(pl.Categorical, "file of the label row that promises the clip, or folder that it lies in"),
    "line": _column(pl.Int64, "its line there, or the number of its file in a folder, from 1", _at_least(1)),
}

PROMISED = Schema(
    "promised",
    "what the label rows promise: one row a clip",
    _CLIP,
    rules={"end_s > start_s": pl.col("end_s") > pl.col("start_s")},
)

LABELS = Schema(
    "labels",
    "one row for each class said of a clip, by annotators or because the ontology makes it follow",
    {
        "clip_id": _column(pl.String, "the clip"),
        "class_id": _column(pl.Categorical, "the class, as the ontology names it"),
        "class_name": _column(pl.Categorical, "its name"),
        "onset_s": _column(
            pl.Float64, "where the sound starts, seconds from the clip's start; null if weak", _at_least(0), null=True
        ),
        "offset_s": _column(pl.Float64, "where it ends, seconds from the clip's start; null if weak", null=True),
        "strength": _column(pl.Categorical, "weak: of the whole clip; strong: from onset to offset"),
        "origin": _column(
            pl.Categorical,
            "annotated: said by annotators; ontology: follows from an annotated class; background: heard behind what "
            "the clip is of, as its source says; no class of the clip, and nothing follows from it",
        ),
        "via_class_id": _column(
            pl.Categorical, "for origin ontology: the annotated class that it follows from", null=True
        ),
        "value": _column(
            pl.Float64, "how sure or how strong, where annotators said that of an event", _finite(), null=True
        ),
    },
)

_CAPTION = {
    "clip_id": _column(pl.String, "the clip"),
    "ordinal": _column(pl.Int32, "which of the clip's captions, from 0", _at_least(0)),
}

FOUND_CAPTIONS = Schema(
    "found_captions",
    "one row for each sentence that the sources say of a clip",
    {**_CAPTION, "text": _column(pl.String, "the sentence, as found")},
    unique=("clip_id", "ordinal"),
)

CAPTIONS = Schema(
    "captions",
    "one row for each sentence said of a clip",
    {
        **_CAPTION,
        "text": _column(pl.String, "the sentence: as a review corrected it, or else as found"),
        "found_text": _column(
            pl.String, "the sentence as found, where a review corrected it; null where it did not", null=True
        ),
    },
    unique=("clip_id", "ordinal"),
)

VERDICTS = ("keep", "drop")
"""What somebody who reviews a clip may say of it."""
DISPUTED = "disputed"
"""The verdict on a clip that as many say to keep as say to drop."""
_REVIEW = {
    "clip_id": _column(pl.String, "the clip", _matches(IDENTIFIER)),
    "ordinal": _column(pl.Int32, "which of the clip's captions `caption` is of, from 0", _at_least(0)),
    "verdict": _column(
        pl.Categorical,
        "keep, or drop: not to be trained on; null where the row says neither",
        _one_of(VERDICTS),
        null=True,
    ),
    "reviewer": _column(pl.String, "who says so; rows without a name are one person's", null=True),
    "reviewed_at": _column(pl.String, "when, ISO 8601; without a zone it is UTC", null=True),
    "caption": _column(pl.String, "the caption as it should be; null where it is not corrected", null=True),
    "class_ids": _column(
        pl.List(pl.String), "the classes that are right, all of them; null where the clip is not relabelled", null=True
    ),
    "note": _column(pl.String, "what else the reviewer says", null=True),
    "pcm_digest": _column(
        pl.String,
        "that of the media (`pcm_digest` of `checks`) that was listened to; null where the row does not tell",
        _matches("^[0-9a-f]{32}$"),
        null=True,
    ),
    "source": _column(pl.String, "file of the review"),
    "line": _column(pl.Int64, "its line there, from 1", _at_least(1)),
}

FOUND_REVIEWS = Schema(
    "found_reviews",
    "one row for each row of a file of reviews that speaks of a clip",
    _REVIEW,
    unique=("source", "line"),
)

REVIEWS = Schema(
    "reviews",
    "one row for each row of a file of reviews that speaks of a clip, and whether it counts",
    {
        **_REVIEW,
        "stale": _column(
            pl.Boolean,
            "the media that serves the clip now holds another sound than was listened to; null where that cannot be "
            "told: the row has no digest, or no sound serves",
            null=True,
        ),
        "superseded": _column(
            pl.Boolean, "its reviewer has said something later of this clip and caption, of the sound that serves now"
        ),
        "counts": _column(
            pl.Boolean,
            "neither stale nor superseded, and not without verdict, caption, classes and note: this is what its "
            "reviewer says of the clip",
        ),
    },
    unique=("source", "line"),
)

CLASSES = Schema(
    "classes",
    "one row for each thing that can be heard",
    {
        "class_id": _column(pl.String, "names the class, as the ontology does", unique=True),
        "class_index": _column(
            pl.Int32, "number of the class in training, null if it has none", _at_least(0), null=True
        ),
        "name": _column(pl.String, "display name"),
        "parent_ids": _column(pl.List(pl.String), "classes directly above"),
        "ancestor_ids": _column(pl.List(pl.String), "all classes above, sorted"),
        "depth": _column(
            pl.Int32, "shortest way from a root, 0 for a root, null outside the ontology", _at_least(0), null=True
        ),
        "is_abstract": _column(pl.Boolean, "only groups other classes; nobody labels it"),
        "is_blacklisted": _column(pl.Boolean, "the ontology's authors withdrew it"),
        "description": _column(pl.String, "what the ontology says of it", null=True),
        "scientific_name": _column(pl.String, "that of the species that it is, where its source says it", null=True),
        "rank": _column(pl.String, "rank of the taxon that it is: kingdom … genus, species", null=True),
        "extra": _column(pl.String, "whatever else its source said of it, a JSON object", null=True),
    },
)

ORIGINS = Schema(
    "origins",
    "where, when, by whom and with what a clip was recorded, as far as its source says: one row a clip that it says "
    "anything of",
    {
        "clip_id": _column(pl.String, "the clip", unique=True),
        "recorded_at": _column(pl.String, "when, ISO 8601 as precise as the source is", null=True),
        "latitude": _column(pl.Float64, "degrees north", _in_range(-90.0, 90.0), null=True),
        "longitude": _column(pl.Float64, "degrees east", _in_range(-180.0, 180.0), null=True),
        "location_uncertainty_m": _column(pl.Float64, "how far off the place may be, metres", _at_least(0), null=True),
        "country": _column(pl.String, "country, as the source spells it", null=True),
        "locality": _column(pl.String, "place in words", null=True),
        "site": _column(pl.String, "the authors' name of a place where they record", null=True),
        "recordist": _column(pl.String, "who recorded it", null=True),
        "quality": _column(pl.String, "quality, as the source grades it", null=True),
        "device": _column(pl.String, "recorder", null=True),
        "microphone": _column(pl.String, "microphone", null=True),
        "declared_duration_s": _column(pl.Float64, "seconds, as the source says", _at_least(0), null=True),
        "declared_sample_rate": _column(pl.Int64, "samples a second, as the source says", _at_least(1), null=True),
        "extra": _column(pl.String, "whatever else the source said, a JSON object", null=True),
    },
)

MIXTURES = Schema(
    "mixtures",
    "one row for each pair of clips that are to be mixed: the picture is the first's, the sound that of both",
    {
        "clip_id": _column(pl.String, "the clip that is seen, and heard"),
        "added_clip_id": _column(pl.String, "the clip whose sound is added to it"),
        "split": _column(pl.Categorical, "part of the dataset that the pair belongs to"),
        "offset_s": _column(
            pl.Float64,
            "where the first begins in the mixture, seconds; null where the source does not say",
            _at_least(0),
            null=True,
        ),
        "added_offset_s": _column(pl.Float64, "where the other begins there, seconds", _at_least(0), null=True),
        "source": _column(pl.Categorical, "file that the pair stands in"),
        "line": _column(pl.Int64, "its line there, from 1", _at_least(1)),
    },
    unique=("clip_id", "added_clip_id"),
)

_SCENE = {
    "clip_id": _column(pl.String, "the clip that is made", _matches(IDENTIFIER)),
    "split": _column(
        pl.Categorical,
        "part of the dataset that it belongs to; all that it is made of is of that split too",
        Rule("categories_match", {"pattern": FILE_NAME}),
    ),
    "duration_s": _column(pl.Float64, "seconds that it has", _at_least(0)),
    "sample_rate": _column(pl.Int64, "samples a second", _at_least(1)),
    "channels": _column(pl.Int32, "channels", _at_least(1)),
    "caption": _column(pl.String, "what its parts say together, null where nothing is to be said", null=True),
    "picture_dataset": _column(pl.Categorical, "dataset of the clip whose picture it has", null=True),
    "picture_clip_id": _column(pl.String, "that clip", null=True),
}

PLANNED_SCENES = Schema(
    "planned_scenes", "what is to be made of other datasets: one row a clip", _SCENE, unique=("clip_id",)
)

SCENES = Schema(
    "scenes",
    "what was made of other datasets: one row a clip",
    {
        **_SCENE,
        "scale_db": _column(
            pl.Float64,
            "what all of it was scaled by, dB: 0, or less where it or a part of it went beyond full scale; null where "
            "it was not made",
            _finite(),
            null=True,
        ),
        "error_kind": _column(pl.String, "kind of the fault for which it was not made", null=True),
        "error": _column(pl.String, "that fault in words", null=True),
    },
    unique=("clip_id",),
)

_PART = {
    "clip_id": _column(pl.String, "the clip that is made", _matches(IDENTIFIER)),
    "ordinal": _column(pl.Int32, "which of its parts, from 0", _at_least(0)),
    "role": _column(pl.Categorical, "background, foreground, or mixed: one of several of equal rank"),
    "from_dataset": _column(pl.Categorical, "dataset of the clip that it is of"),
    "from_clip_id": _column(pl.String, "that clip"),
    "from_s": _column(pl.Float64, "where in that clip it begins, seconds", _at_least(0)),
    "taken_s": _column(pl.Float64, "seconds that are taken of it there", _at_least(0)),
    "onset_s": _column(pl.Float64, "where it begins in the clip that is made, seconds", _at_least(0)),
    "offset_s": _column(pl.Float64, "where it ends there", _at_least(0)),
    "fade_s": _column(pl.Float64, "seconds that it is faded in and out for", _at_least(0)),
    "pitch_semitones": _column(pl.Float64, "semitones that it is raised by", _finite()),
    "stretch": _column(pl.Float64, "times as long as it was", _at_least(0)),
    "snr_db": _column(
        pl.Float64,
        "asked for: its root mean square over that of the background, dB; null where its gain is given",
        _finite(),
        null=True,
    ),
}

PLANNED_PARTS = Schema(
    "planned_parts",
    "what the clips that are to be made consist of: one row a part",
    {**_PART, "gain_db": _column(pl.Float64, "gain that is given, dB", _finite(), null=True)},
    unique=("clip_id", "ordinal"),
)

PARTS = Schema(
    "parts",
    "what the clips that were made of other datasets consist of: one row a part",
    {
        **_PART,
        "gain_db": _column(
            pl.Float64,
            "what its samples were multiplied by, dB, besides `scale_db` of its scene; null where that was not made, "
            "and of a part that is silent",
            _finite(),
            null=True,
        ),
    },
    unique=("clip_id", "ordinal"),
)

REJECTS = Schema(
    "rejects",
    "one row for each raw row, label in a row, or part of an archive that could not be taken",
    {
        "source": _column(pl.String, "file it stands in, or folder that is listed"),
        "line": _column(
            pl.Int64,
            "line, or number of the member of an archive or of the file in a folder, from 1",
            _at_least(1),
            null=True,
        ),
        "scope": _column(
            pl.String,
            "row: nothing of the row was kept; label: one label was not; media: audio in an archive was not; dataset: "
            "nothing could be read anew, and all tables of labels are as they were before, empty if there were none",
            _one_of(["row", "label", "media", "dataset"]),
        ),
        "reason": _column(pl.String, "kind of fault", _matches(r"^[a-z_]+$")),
        "detail": _column(pl.String, "the fault in words"),
        "raw": _column(pl.String, "the line as found; the name of the member, empty if it is none's"),
    },
)

SOURCES = Schema(
    "sources",
    "one row for each file of labels or classes that was read, and for each folder whose files were listed",
    {
        "source": _column(pl.String, "path of the file or folder", unique=True),
        "sha256": _column(
            pl.String, "SHA-256 of its bytes; of a folder, of what was read of it", _matches("^[0-9a-f]{64}$")
        ),
        "bytes": _column(pl.Int64, "its size, or that of what was read of it", _at_least(0)),
        "rows_declared": _column(
            pl.Int64, "rows that it says it has, null if it does not say", _at_least(0), null=True
        ),
        "rows_read": _column(pl.Int64, "rows that it has", _at_least(0)),
        "rows_kept": _column(pl.Int64, "rows that became a clip, a label or a class", _at_least(0)),
        "rows_rejected": _column(pl.Int64, "rows that did not; each is in rejects", _at_least(0)),
        "rows_not_in_subset": _column(
            pl.Int64, "rows that tell of clips alone that the run does not ask for (`subset`)", _at_least(0)
        ),
    },
    rules={
        "rows_read = rows_kept + rows_rejected + rows_not_in_subset": (
            pl.col("rows_read") == pl.sum_horizontal("rows_kept", "rows_rejected", "rows_not_in_subset")
        )
    },
)


_MEDIA_KEY = {
    "path": _column(pl.String, "path below the root; bytes that are not UTF-8 stand as \\xNN"),
    "member": _column(pl.String, "member of an archive, null for a file", null=True),
}

MEDIA = Schema(
    "media",
    "one row for each audio file, or audio member of an archive, found in a root; for each picture in a root of images",
    {
        **_MEDIA_KEY,
        "stem": _column(pl.String, "name of the file or member without its suffix"),
        "bytes": _column(pl.Int64, "its size; null where its archive does not tell (Parquet)", _at_least(0), null=True),
        "mtime_ns": _column(pl.Int64, "time of the last change of the file or archive, nanoseconds since 1970"),
        "offset": _column(
            pl.Int64,
            "where its archive holds it: byte of its data (tar), byte of its header (zip), row from 0 (Parquet)",
            _at_least(0),
            null=True,
        ),
        "packed_bytes": _column(
            pl.Int64, "its size as packed in a zip, or without its holes in a tar", _at_least(0), null=True
        ),
        "crc32": _column(pl.Int64, "CRC-32 of its bytes, as a zip says", _at_least(0), null=True),
        "shard": _column(
            pl.String,
            "its shard: the first bits of its path's hash (its member's, in a root that is one archive), or `all`",
            _matches("^([01]+|all)$"),
        ),
    },
    unique=("path", "member"),
)

NOT_LOOKED_AT = Schema(
    "not_looked_at",
    "one row for each file or member of a root that holds audio of a kind that is not read",
    _MEDIA_KEY,
    unique=("path", "member"),
)

CHECKS = Schema(
    "checks",
    "one row for each media: what one decoding of it told",
    {
        **_MEDIA_KEY,
        "bytes": _column(
            pl.Int64,
            "its size when it was checked; null where it is not known and was not read",
            _at_least(0),
            null=True,
        ),
        "mtime_ns": _column(pl.Int64, "time of the last change of its file then, nanoseconds since 1970"),
        "bytes_digest": _column(pl.String, "XXH3-128 of its bytes", null=True),
        "load_ok": _column(pl.Boolean, "it decodes to the end of what it holds"),
        "resample_ok": _column(pl.Boolean, "it resamples to 16 kHz; null if it did not come so far", null=True),
        "feature_ok": _column(
            pl.Boolean, "its fbank can be computed and is finite; null if it did not come so far", null=True
        ),
        "error_kind": _column(pl.String, "kind of the first fault", _matches(r"^[a-z_]+$"), null=True),
        "error": _column(pl.String, "the first fault in words", null=True),
        "decoder": _column(
            pl.String,
            "which decoder spoke: libsndfile; libsndfile_mended where it makes something else of the file as that is, "
            "and was given its bytes put right; ffmpeg of what libsndfile refuses or does not read to its end",
            _one_of(DECODERS),
            null=True,
        ),
        "undecoded_bytes": _column(
            pl.Int64,
            "size in bytes of what is neither tags nor headers and no decoder made sound of, at least; null where "
            "nobody knows",
            _at_least(0),
            null=True,
        ),
        "format": _column(
            pl.String,
            "container, as libsndfile or FFmpeg names it; ID3_WAV and ID3_AIFF where an ID3 tag is in front, "
            "CHAINED_OGG of several links",
            null=True,
        ),
        "subtype": _column(
            pl.String,
            "encoding, as libsndfile or FFmpeg names it; of a codec for any bits, as ALAC, with _S32 behind it where "
            "samples have more than 16",
            null=True,
        ),
        "sample_rate": _column(pl.Int64, "samples a second", _at_least(1), null=True),
        "channels": _column(pl.Int32, "number of channels", _at_least(1), null=True),
        "frames": _column(pl.Int64, "samples a channel that were decoded", _at_least(0), null=True),
        "duration_s": _column(pl.Float64, "seconds of sound that were decoded", _at_least(0), null=True),
        "declared_duration_s": _column(pl.Float64, "seconds that the header declares", _at_least(0), null=True),
        "peak": _column(
            pl.Float64, "largest absolute sample over all channels, full scale is 1", _at_least(0), null=True
        ),
        "rms_dbfs": _column(
            pl.Float64,
            "root mean square over all channels, dB of full scale (a square wave at full scale is 0); "
            "null for digital silence",
            _finite(),
            null=True,
        ),
        "loudness_lufs": _column(
            pl.Float64,
            "integrated loudness by EBU R 128, LUFS, as FFmpeg's ebur128 tells it (channels at the side and behind "
            "count 1.41 times, those for effects not at all, where the layout of more than two is known; else all do "
            "once); null unless the setting check.loudness asks for it, below 0.4 s or 8,000 samples a second, and "
            "where no block of 400 ms is louder than -70 LUFS",
            _finite(),
            null=True,
        ),
        "true_peak_dbtp": _column(
            pl.Float64,
            "largest absolute value over all channels of four times as many samples (of twice as many from 96,000 a "
            "second, of those that there are from 192,000), dB of full scale; null where check.loudness is not "
            "with_true_peak, and for digital silence",
            _finite(),
            null=True,
        ),
        "dc_offset": _column(pl.Float64, "mean sample over all channels, full scale is 1", _finite(), null=True),
        "clipped_fraction": _column(
            pl.Float64,
            "share of samples, over all channels, at full scale (32767/32768 or more) in runs of 3 or more in their "
            "channel (counted anew where a block of 16 s or less begins)",
            _share(),
            null=True,
        ),
        "silent_fraction": _column(
            pl.Float64,
            "share of 20 ms frames whose root mean square over all channels is below -60 dB of full scale",
            _share(),
            null=True,
        ),
        "bandwidth_hz": _column(
            pl.Float64,
            "frequency at which the spectrum of the first channel ends: the top of the highest band of some 150 Hz "
            "that is 10 dB above rounding to 16 bits and within 90 dB of the loudest band, over the whole sound but "
            "the eight of each ten seconds' 510 windows in which it is loudest; or that of a step, where it is "
            "solid for 1 kHz, then falls by 30 dB within 500 Hz and stays there; null if no band is, or below 0.1 s",
            _at_least(0),
            null=True,
        ),
        "channel_layout": _column(
            pl.String,
            "mono; dual_mono: two channels that differ by less than -60 dB; one_sided: one of two is 60 dB below "
            "the other; stereo; multichannel: more than two",
            _one_of(CHANNEL_LAYOUTS),
            null=True,
        ),
        "channel_correlation": _column(
            pl.Float64,
            "Pearson correlation of the first two channels, -1 to 1; null if there is one, or one varies by less than "
            "-50 dB",
            _in_range(-1.0, 1.0),
            null=True,
        ),
        "channel_level_difference_db": _column(
            pl.Float64,
            "root mean square of the first channel over that of the second, dB; null if there is one, or one is silent",
            _finite(),
            null=True,
        ),
        "envelope_peak": _column(
            pl.List(pl.Float32),
            "largest absolute sample of each half second over all channels, full scale is 1",
            null=True,
        ),
        "envelope_rms": _column(
            pl.List(pl.Float32), "root mean square of each half second over all channels, full scale is 1", null=True
        ),
        "fbank_frames": _column(pl.Int64, "frames of the fbank, 10 ms each", _at_least(1), null=True),
        "fbank_mean": _column(pl.Float64, "mean over all frames and mel bins of the fbank", _finite(), null=True),
        "fbank_std": _column(
            pl.Float64, "standard deviation over all frames and mel bins of the fbank", _at_least(0), null=True
        ),
        "pcm_digest": _column(pl.String, "XXH3-128 of the decoded samples, their rate and channels", null=True),
        "fingerprint": _column(pl.String, "names the settings and version of the check"),
    },
    unique=("path", "member"),
    rules={
        "an envelope value for each half second": pl.all_horizontal(
            length.is_null() | (length == -(-2 * pl.col("frames") // pl.col("sample_rate")))
            for length in (pl.col(f"envelope_{kind}").list.len().cast(pl.Int64) for kind in ("peak", "rms"))
        )
    },
)

CLIPS = Schema(
    "clips",
    "one row a clip, one status each",
    {
        **_CLIP,
        "status": _column(pl.Categorical, "the clip's one status: " + ", ".join(STATUSES), _one_of(STATUSES)),
        "usable": _column(pl.Boolean, "status is usable"),
        "trainable": _column(
            pl.Boolean, "usable, at least train_min_duration_s long, and not dropped by a review (verdict)"
        ),
        "error_kind": _column(
            pl.Categorical, "kind of fault in the media that serves the clip, or why it is ambiguous", null=True
        ),
        "error": _column(pl.String, "that fault in words; of an ambiguous clip, what answers to its name", null=True),
        "root": _column(pl.Categorical, "root of the media that serves the clip, null if none does", null=True),
        "path": _column(pl.String, "path of that media below its root", null=True),
        "member": _column(pl.String, "member, if it lies in an archive", null=True),
        "media_path": _column(pl.String, "absolute path that opens that media, or its archive", null=True),
        "whole_media": _column(
            pl.Boolean, "the clip is all of that media; if not, it is the span from start_s to end_s in it", null=True
        ),
        "duration_s": _column(pl.Float64, "seconds of sound that the clip has", _at_least(0), null=True),
        "sample_rate": _column(pl.Int64, "samples a second of that media", null=True),
        "channels": _column(pl.Int32, "channels of that media", null=True),
        "peak": _column(
            pl.Float64,
            "largest absolute sample of the clip (of a span: of the half seconds that it touches)",
            null=True,
        ),
        "rms_dbfs": _column(
            pl.Float64,
            "root mean square of the clip (of a span: of the half seconds that it touches), dB of full scale",
            _finite(),
            null=True,
        ),
        "silent_fraction": _column(
            pl.Float64,
            "share of the clip below -60 dB of full scale, in frames of 20 ms (of a span: in half seconds)",
            _share(),
            null=True,
        ),
        "verdict": _column(
            pl.Categorical,
            "what reviews that count say: keep or drop, as more of their reviewers do; disputed: as many say drop as "
            "keep, which changes nothing; null where nobody judged",
            _one_of([*VERDICTS, DISPUTED]),
            null=True,
        ),
        "reviewers": _column(
            pl.List(pl.String), "who said anything of the clip that counts, by name; null where nobody did", null=True
        ),
        "review_note": _column(
            pl.String, "their notes in the order of time, a line each where there are several", null=True
        ),
        "corrected_caption": _column(
            pl.String, "the first of the clip's captions that reviews correct, as it should be", null=True
        ),
        "reviewed_class_ids": _column(
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
        "root": _column(pl.String, "the root it lies in"),
        **_MEDIA_KEY,
        "reason": _column(
            pl.String,
            "; ".join(f"{reason}: {meaning}" for reason, meaning in ORPHAN_REASONS.items()),
            _one_of(ORPHAN_REASONS),
        ),
        "clip_id": _column(pl.String, "the clip that its name speaks of, if any", null=True),
    },
    unique=("root", "path", "member"),
)

SUMMARY = Schema(
    "summary",
    "how many clips of each split have each status; usable stands there for every split",
    {
        "split": _column(pl.String, "part of the dataset"),
        "status": _column(pl.String, "status", _one_of(STATUSES)),
        "clips": _column(pl.Int64, "number of clips", _at_least(0)),
    },
    unique=("split", "status"),
)

ROOTS = Schema(
    "roots",
    "how many clips each audio root serves",
    {
        "root": _column(pl.String, "the root", unique=True),
        "ordinal": _column(pl.Int32, "its place in the dataset file, from 0", _at_least(0)),
        "path": _column(pl.String, "absolute path"),
        "holds": _column(
            pl.String, "clips: files are cut out already; recordings: clips are spans inside; images: pictures"
        ),
        "media": _column(pl.Int64, "audio files found, or pictures", _at_least(0)),
        "served": _column(pl.Int64, "clips that a file of it serves, usable or not", _at_least(0)),
        "usable": _column(pl.Int64, "usable clips among them", _at_least(0)),
        "orphans": _column(pl.Int64, "files that serve no clip", _at_least(0)),
    },
)

SPLITS = Schema(
    "splits",
    "one row a clip, of datasets whose file has augment_splits, folds or subsets: its split with care, and its fold",
    {
        "clip_id": _column(pl.String, "the clip", Rule("unique")),
        "split": _column(pl.Categorical, "part of the dataset, as its authors named it"),
        "assigned_split": _column(
            pl.Categorical,
            "part of the dataset after augment_splits; that of its authors where the dataset file has none",
            Rule("categories_match", {"pattern": FILE_NAME}),
        ),
        "split_reason": _column(
            pl.String, "why that is another than its authors named, in words; null where it is the same", null=True
        ),
        "group_id": _column(
            pl.String,
            "the clips that are of one video, recording, publication or file, or whose files hold the same samples, "
            "directly or through others, and which no split parts: the clip of them whose id comes first",
        ),
        "session": _column(
            pl.String,
            "the recording session: day, recordist and place (site, locality or degrees), where the day is known and "
            "one of the others; no fold parts it",
            null=True,
        ),
        "fold": _column(
            pl.Int32, "the fold, from 0; null where the dataset file asks for none", _at_least(0), null=True
        ),
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
        "subset": _column(pl.Categorical, "its name", Rule("categories_match", {"pattern": FILE_NAME})),
        "clip_id": _column(pl.String, "the clip"),
        "class_id": _column(pl.Categorical, "the class that it was taken for"),
    },
    unique=("subset", "clip_id"),
)

RUNS = Schema(
    "runs",
    "what came of each run so far that left other clips or labels than the one before it: a row for each split and "
    "status",
    {
        "run": _column(pl.Int32, "which run, from 1; the last is that of this catalogue", _at_least(1)),
        "dataset": _column(pl.String, "the dataset"),
        "split": _column(pl.String, "part of the dataset"),
        "status": _column(pl.String, "status", _one_of(STATUSES)),
        "clips": _column(pl.Int64, "clips of that status", _at_least(0)),
        "trainable": _column(pl.Int64, "trainable clips among them", _at_least(0)),
        "hours": _column(pl.Float64, "hours of sound that they have", _at_least(0)),
        "labels": _column(pl.Int64, "labels, weak and strong, that annotators said of them", _at_least(0)),
    },
    unique=("run", "dataset", "split", "status"),
)

CLIPS_BEFORE = Schema(
    "clips_before",
    "the clips as the run before left them, in what the view changes compares; empty where there was none",
    {name: CLIPS.columns[name] for name in ("clip_id", "split", "class_ids", "status", "trainable", "duration_s")},
)

AGREEMENT = Schema(
    "agreement",
    "how far reviewers agree on which clips to keep and which to drop: one row for each pair of them, and two for all "
    "together",
    {
        "measure": _column(
            pl.String,
            "cohen_kappa: of two reviewers; fleiss_kappa: of the clips that have as many verdicts as most with several "
            "have; krippendorff_alpha: of all clips with several. 1 is agreement, 0 what chance would give",
            _one_of(["cohen_kappa", "fleiss_kappa", "krippendorff_alpha"]),
        ),
        "reviewers": _column(pl.List(pl.String), "whose verdicts these are, by name; empty for who gave none"),
        "clips": _column(pl.Int64, "clips that several of them judged, as far as the measure takes them", _at_least(0)),
        "verdicts": _column(pl.Int64, "verdicts on these", _at_least(0)),
        "observed": _column(
            pl.Float64, "share of pairs of verdicts on one clip that are the same", _share(), null=True
        ),
        "value": _column(pl.Float64, "the measure; null where it is not defined", _in_range(-1.0, 1.0), null=True),
        "reason": _column(pl.String, "why it is not", null=True),
    },
)

PREDICTIONS = Schema(
    "predictions",
    "one row for each clip and class that models gave a score, of datasets whose file has predictions",
    {
        "clip_id": _column(pl.String, "the clip"),
        "class_id": _column(pl.Categorical, "the class"),
        "score": _column(
            pl.Float32, "how sure a model is that it is heard, 0 to 1: the highest, where several are said", _share()
        ),
    },
)

LABEL_ISSUES = Schema(
    "label_issues",
    "one row for each pair of a clip and a class of which a model is sure of the contrary, by confident learning",
    {
        "clip_id": _column(pl.String, "the clip", _matches(IDENTIFIER)),
        "class_id": _column(pl.String, "the class"),
        "given": _column(pl.Boolean, "the clip is labelled so"),
        "score": _column(
            pl.Float32,
            "how sure the model is that it is heard; null where its table has no row, as of 0",
            _share(),
            null=True,
        ),
        "kind": _column(
            pl.String,
            "label_doubted: annotators said it, and the model does not hear it; label_missing: the reverse",
            _one_of(["label_doubted", "label_missing"]),
        ),
        "rank": _column(pl.Int64, "1 for the most doubtful of the dataset", _at_least(1)),
    },
    unique=("clip_id", "class_id"),
)

_WINDOW = {
    "clip_id": _column(pl.String, "the clip", _matches(IDENTIFIER)),
    "onset_s": _column(pl.Float64, "where the window starts, seconds from the clip's start", _at_least(0)),
    "offset_s": _column(pl.Float64, "where it ends, seconds from the clip's start", _at_least(0)),
}

ACOUSTIC_INDICES = ("aci", "ndsi", "adi", "aei", "bi")
DIRECTIONS_ARE = {
    "measured": "they are in `directions`",
    "mono": "its media has one channel",
    "dual_mono": "both hold the same sound",
    "one_sided": "one is 60 dB below the other",
    "multichannel": "there are more than two",
    "unsynchronised": "two clocks recorded them: the time between them drifts along a line, or is longer than any way "
    "between the microphones",
}
"""What is told of the directions in a clip."""

WINDOWED = Schema(
    "windowed",
    "one row for each clip that is measured in windows, of datasets whose file has `measure`, and what came of it",
    {
        "clip_id": _column(pl.String, "the clip", _matches(IDENTIFIER), unique=True),
        "windows": _column(pl.Int64, "how many were measured; 0 where it could not be read", _at_least(0)),
        "directions": _column(
            pl.String,
            "; ".join(f"{kind}: {meaning}" for kind, meaning in DIRECTIONS_ARE.items()) + "; null if not asked for",
            _one_of(DIRECTIONS_ARE),
            null=True,
        ),
        "lag_s": _column(
            pl.Float64,
            "the median time by which the second channel is behind the first, looked for up to 1 s; null if none "
            "stands out",
            _finite(),
            null=True,
        ),
        "drift_ppm": _column(
            pl.Float64,
            "by how much it grows, microseconds a second: the median slope between the lags of windows; null of fewer "
            "than 4",
            _finite(),
            null=True,
        ),
        "error_kind": _column(
            pl.String, "why it could not be measured, in a word; null if it was", _matches(r"^[a-z_]+$"), null=True
        ),
        "error": _column(pl.String, "the same in words", null=True),
    },
)

DIRECTIONS = Schema(
    "directions",
    "one row for each direction from which something is heard in a window of a stereo recording, by the time between "
    "its channels (generalised cross-correlation with the phase transform, Knapp and Carter 1976); one without a delay "
    "where none stands out",
    {
        **_WINDOW,
        "ordinal": _column(
            pl.Int32,
            "which of the window's directions, from 0, the clearest first; null if there is none",
            _at_least(0),
            null=True,
        ),
        "delay_s": _column(
            pl.Float64,
            "by how much the second channel (right) is behind the first (left), seconds: above 0 if it is nearer to "
            "the left",
            _finite(),
            null=True,
        ),
        "delay_samples": _column(pl.Float64, "the same in samples of its media, in fractions", _finite(), null=True),
        "height": _column(
            pl.Float64,
            "height of the peak: 1 if all that the channels have in common, above chance, has this delay",
            _finite(),
            null=True,
        ),
        "side": _column(
            pl.String,
            "nearer to which microphone: left, right, or middle, within half a sample",
            _one_of(["left", "middle", "right"]),
            null=True,
        ),
        "angle_deg": _column(
            pl.Float64,
            "degrees to the left of straight ahead, or behind: two microphones cannot tell; of sound that is far away, "
            "at 343.2 m/s; null if `distance_m` is not known, or too small for this delay",
            _in_range(-90.0, 90.0),
            null=True,
        ),
        "level_difference_db": _column(
            pl.Float64,
            "power of the first channel over the second in the band, dB; null if one is silent there",
            _finite(),
            null=True,
        ),
        "coherence": _column(
            pl.Float64,
            "magnitude-squared coherence of the channels, weighted by power; null of one segment, or of silence",
            _share(),
            null=True,
        ),
        "coherent_share": _column(
            pl.Float64, "share of the frequencies in the band at which it is above what chance gives", _share()
        ),
    },
    unique=("clip_id", "onset_s", "ordinal"),
    rules={"offset_s > onset_s": pl.col("offset_s") > pl.col("onset_s")},
)

INDICES = Schema(
    "indices",
    "one row for each acoustic index of each window of a recording, of its first channel, by scikit-maad",
    {
        **_WINDOW,
        "index": _column(
            pl.String,
            "aci (Pieretti and others 2011; of the whole window, so it grows with it), ndsi (Kasten and others 2012), "
            "adi and aei (Villanueva-Rivera and others 2011), bi (Boelman and others 2007)",
            _one_of(ACOUSTIC_INDICES),
        ),
        "value": _column(
            pl.Float64,
            "the index; null where the recording does not reach up to highest_hz, and of silence or less than 0.2 s",
            _finite(),
            null=True,
        ),
        "lowest_hz": _column(pl.Float64, "where the band begins that it speaks of, hertz", _at_least(0)),
        "highest_hz": _column(pl.Float64, "where that ends: of what is above it says nothing", _at_least(0)),
    },
    unique=("clip_id", "onset_s", "index"),
)

BY_WINDOW = {"directions": DIRECTIONS, "indices": INDICES}
"""What is told of each window."""
WINDOWS = {"windowed": WINDOWED} | BY_WINDOW
"""What is measured in windows, of a dataset whose file asks for it."""

DAYLIGHT = Schema(
    "daylight",
    "where the sun stood: one row for each clip of which place, day and hour are known, of datasets whose file has "
    "`over_years`",
    {
        "clip_id": _column(pl.String, "the clip", _matches(IDENTIFIER), unique=True),
        "sunrise_at": _column(
            pl.String, "the nearest sunrise at its place, UTC, ISO 8601; null where the sun does not rise", null=True
        ),
        "hours_from_sunrise": _column(
            pl.Float64,
            "hours from it to the start of the recording, below 0 before it; null likewise",
            _in_range(-12.0, 12.0),
            null=True,
        ),
    },
)

TRENDS = Schema(
    "trends",
    "how the rate changes at which models detect each class, over the years: one row a class for all sites together, "
    "and one for each site where there are several, of datasets whose file has `over_years`",
    {
        "class_id": _column(pl.String, "the class"),
        "site": _column(pl.String, "the site; null for all together", null=True),
        "first_day": _column(pl.String, "the first day on which anything was recorded there"),
        "last_day": _column(pl.String, "the last"),
        "days": _column(pl.Int64, "days on which anything was", _at_least(1)),
        "hours": _column(pl.Float64, "hours recorded on them", _at_least(0)),
        "detections": _column(pl.Int64, "clips in which models are sure enough of the class", _at_least(0)),
        "change": _column(
            pl.Float64,
            "factor by which detections an hour change from one year to the next: 0.9 is a tenth less; null if that "
            "cannot be told",
            _at_least(0),
            null=True,
        ),
        "low": _column(pl.Float64, "lower end of its interval of 95 %", _at_least(0), null=True),
        "high": _column(pl.Float64, "upper end", _at_least(0), null=True),
        "reason": _column(pl.String, "why it cannot be told", null=True),
    },
    unique=("class_id", "site"),
)

OF_YEARS = {"daylight": DAYLIGHT, "trends": TRENDS}
"""What is made of a dataset whose file asks for change over the years."""

INGESTED = {
    "promised": PROMISED,
    "labels": LABELS,
    "found_captions": FOUND_CAPTIONS,
    "classes": CLASSES,
    "origins": ORIGINS,
    "mixtures": MIXTURES,
    "rejects": REJECTS,
    "sources": SOURCES,
}
"""What every adapter makes."""

SCANNED = {"rejects": REJECTS, "not_looked_at": NOT_LOOKED_AT}
"""What a scan makes beside the media lists."""

RESOLVED = {
    "clips": CLIPS,
    "orphans": ORPHANS,
    "summary": SUMMARY,
    "roots": ROOTS,
    "captions": CAPTIONS,
    "reviews": REVIEWS,
}
"""What resolve makes."""

IN_OTHERS = ("promised", "found_captions")
"""Tables of ingest that are no views: what they hold stands in `clips` and `captions` too."""

JUDGED = {
    "reviews": {"found_reviews": FOUND_REVIEWS, "rejects": REJECTS, "sources": SOURCES},
    "predictions": {"predictions": PREDICTIONS, "rejects": REJECTS, "sources": SOURCES},
}
"""What is made, of datasets whose file has that key, of files that speak of clips others promise."""

DERIVED = {"scenes": SCENES, "parts": PARTS}
"""What is made, of datasets that are derived from others, beside their tables."""

WEIGHED = {"reviews": {"agreement": AGREEMENT}, "predictions": {"label_issues": LABEL_ISSUES}}
"""What is made of the same by holding it against each other, and against labels."""

ASSIGNED = {"splits": SPLITS, "subsets": SUBSETS}
"""What a dataset has whose file asks for splits with care."""

FETCH_STATUSES = {
    "there": "it is where it belongs",
    "failed": "it could not be had yet: the next run tries again",
    "refused": "its server gives it to nobody, or not to this user",
    "gone": "its server has it no more",
}
"""What became of a file that was to be fetched; the most hopeful first, which is what is told of a media that has
several addresses."""

_FETCHED = {
    "entry": _column(pl.Categorical, "the entry of the dataset file that names it: `acquire[3]`"),
    "address": _column(pl.String, "where it comes from"),
    "path": _column(pl.String, "where it goes, as the run knows paths; empty if no file can be called so"),
    "media_key": _column(pl.String, "the media that it is, where a row of the dataset says its address", null=True),
}

_OF_MEMBERS = ("offset", "crc32", "packed_bytes", "bytes")

TO_FETCH = Schema(
    "to_fetch",
    "what one job fetches: one row a file",
    {
        **_FETCHED,
        "mirrors": _column(pl.List(pl.String), "other addresses of the same file"),
        "sha256": _column(pl.String, "the digest that is published of it", _matches(r"^[0-9a-f]{64}$"), null=True),
        "md5": _column(pl.String, "likewise", _matches(r"^[0-9a-f]{32}$"), null=True),
        "bytes": _column(pl.Int64, "the size that is published of it", _at_least(0), null=True),
        "refused": _column(pl.String, "why nobody is asked for it, in a word", null=True),
        "members": _column(
            pl.List(pl.Struct({"name": pl.String, **dict.fromkeys(_OF_MEMBERS, pl.Int64)})),
            "of a zip those members that are to be had; null for all of a file",
            null=True,
        ),
    },
)

FETCHES = Schema(
    "fetches",
    "what became of each file that the dataset file says an address of: one row a file",
    {
        **_FETCHED,
        "status": _column(
            pl.Categorical,
            "; ".join(f"{status}: {meaning}" for status, meaning in FETCH_STATUSES.items()),
            _one_of(FETCH_STATUSES),
        ),
        "reason": _column(
            pl.Categorical, "why it is not there, in a word; the log of its job has a sentence", null=True
        ),
        "bytes": _column(pl.Int64, "its size", _at_least(0), null=True),
        "sha256": _column(pl.String, "its digest", _matches(r"^[0-9a-f]{64}$"), null=True),
    },
)
