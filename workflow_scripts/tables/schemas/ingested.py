"""What sources say: clips that are promised, labels, captions, classes, origins; and what could not be taken."""

import polars as pl

from workflow_scripts.tables.declared import Rule, Schema
from workflow_scripts.tables.schemas.columns import (
    FILE_NAME,
    IDENTIFIER,
    at_least,
    column,
    finite,
    in_range,
    matches,
    one_of,
)

CLIP = {
    "clip_id": column(pl.String, "names the clip, unique in its dataset", matches(IDENTIFIER), Rule("unique")),
    "media_key": column(pl.String, "names the media that the clip is a span of, as the dataset's match reads it"),
    "split": column(
        pl.Categorical,
        "part of the dataset, as its authors named it; exports call files after it",
        Rule("categories_match", {"pattern": FILE_NAME}),
    ),
    "start_s": column(pl.Float64, "where the label row says the clip starts, seconds", at_least(0), null=True),
    "end_s": column(pl.Float64, "where the label row says the clip ends, seconds", at_least(0), null=True),
    "class_ids": column(pl.List(pl.Categorical), "classes that annotators said of the whole clip"),
    "class_names": column(pl.List(pl.Categorical), "their names, in the same order"),
    "licence": column(pl.Categorical, "licence of the clip's audio, where known", null=True),
    "source_url": column(pl.String, "where the clip was published", null=True),
    "source": column(pl.Categorical, "file of the label row that promises the clip, or folder that it lies in"),
    "line": column(pl.Int64, "its line there, or the number of its file in a folder, from 1", at_least(1)),
}

PROMISED = Schema(
    "promised",
    "what the label rows promise: one row a clip",
    CLIP,
    rules={"end_s > start_s": pl.col("end_s") > pl.col("start_s")},
)

LABELS = Schema(
    "labels",
    "one row for each class said of a clip, by annotators or because the ontology makes it follow",
    {
        "clip_id": column(pl.String, "the clip"),
        "class_id": column(pl.Categorical, "the class, as the ontology names it"),
        "class_name": column(pl.Categorical, "its name"),
        "onset_s": column(
            pl.Float64, "where the sound starts, seconds from the clip's start; null if weak", at_least(0), null=True
        ),
        "offset_s": column(pl.Float64, "where it ends, seconds from the clip's start; null if weak", null=True),
        "strength": column(pl.Categorical, "weak: of the whole clip; strong: from onset to offset"),
        "origin": column(
            pl.Categorical,
            "annotated: said by annotators; ontology: follows from an annotated class; background: heard behind what "
            "the clip is of, as its source says; no class of the clip, and nothing follows from it",
        ),
        "via_class_id": column(
            pl.Categorical, "for origin ontology: the annotated class that it follows from", null=True
        ),
        "value": column(
            pl.Float64, "how sure or how strong, where annotators said that of an event", finite(), null=True
        ),
    },
)

CAPTION = {
    "clip_id": column(pl.String, "the clip"),
    "ordinal": column(pl.Int32, "which of the clip's captions, from 0", at_least(0)),
}

FOUND_CAPTIONS = Schema(
    "found_captions",
    "one row for each sentence that the sources say of a clip",
    {**CAPTION, "text": column(pl.String, "the sentence, as found")},
    unique=("clip_id", "ordinal"),
)

CAPTIONS = Schema(
    "captions",
    "one row for each sentence said of a clip",
    {
        **CAPTION,
        "text": column(pl.String, "the sentence: as a review corrected it, or else as found"),
        "found_text": column(
            pl.String, "the sentence as found, where a review corrected it; null where it did not", null=True
        ),
    },
    unique=("clip_id", "ordinal"),
)

CLASSES = Schema(
    "classes",
    "one row for each thing that can be heard",
    {
        "class_id": column(pl.String, "names the class, as the ontology does", unique=True),
        "class_index": column(pl.Int32, "number of the class in training, null if it has none", at_least(0), null=True),
        "name": column(pl.String, "display name"),
        "parent_ids": column(pl.List(pl.String), "classes directly above"),
        "ancestor_ids": column(pl.List(pl.String), "all classes above, sorted"),
        "depth": column(
            pl.Int32, "shortest way from a root, 0 for a root, null outside the ontology", at_least(0), null=True
        ),
        "is_abstract": column(pl.Boolean, "only groups other classes; nobody labels it"),
        "is_blacklisted": column(pl.Boolean, "the ontology's authors withdrew it"),
        "description": column(pl.String, "what the ontology says of it", null=True),
        "scientific_name": column(pl.String, "that of the species that it is, where its source says it", null=True),
        "rank": column(pl.String, "rank of the taxon that it is: kingdom … genus, species", null=True),
        "extra": column(pl.String, "whatever else its source said of it, a JSON object", null=True),
    },
)

ORIGINS = Schema(
    "origins",
    "where, when, by whom and with what a clip was recorded, as far as its source says: one row a clip that it says "
    "anything of",
    {
        "clip_id": column(pl.String, "the clip", unique=True),
        "recorded_at": column(pl.String, "when, ISO 8601 as precise as the source is", null=True),
        "latitude": column(pl.Float64, "degrees north", in_range(-90.0, 90.0), null=True),
        "longitude": column(pl.Float64, "degrees east", in_range(-180.0, 180.0), null=True),
        "location_uncertainty_m": column(pl.Float64, "how far off the place may be, metres", at_least(0), null=True),
        "country": column(pl.String, "country, as the source spells it", null=True),
        "locality": column(pl.String, "place in words", null=True),
        "site": column(pl.String, "the authors' name of a place where they record", null=True),
        "recordist": column(pl.String, "who recorded it", null=True),
        "quality": column(pl.String, "quality, as the source grades it", null=True),
        "device": column(pl.String, "recorder", null=True),
        "microphone": column(pl.String, "microphone", null=True),
        "declared_duration_s": column(pl.Float64, "seconds, as the source says", at_least(0), null=True),
        "declared_sample_rate": column(pl.Int64, "samples a second, as the source says", at_least(1), null=True),
        "extra": column(pl.String, "whatever else the source said, a JSON object", null=True),
    },
)

MIXTURES = Schema(
    "mixtures",
    "one row for each pair of clips that are to be mixed: the picture is the first's, the sound that of both",
    {
        "clip_id": column(pl.String, "the clip that is seen, and heard"),
        "added_clip_id": column(pl.String, "the clip whose sound is added to it"),
        "split": column(pl.Categorical, "part of the dataset that the pair belongs to"),
        "offset_s": column(
            pl.Float64,
            "where the first begins in the mixture, seconds; null where the source does not say",
            at_least(0),
            null=True,
        ),
        "added_offset_s": column(pl.Float64, "where the other begins there, seconds", at_least(0), null=True),
        "source": column(pl.Categorical, "file that the pair stands in"),
        "line": column(pl.Int64, "its line there, from 1", at_least(1)),
    },
    unique=("clip_id", "added_clip_id"),
)

REJECTS = Schema(
    "rejects",
    "one row for each raw row, label in a row, or part of an archive that could not be taken",
    {
        "source": column(pl.String, "file it stands in, or folder that is listed"),
        "line": column(
            pl.Int64,
            "line, or number of the member of an archive or of the file in a folder, from 1",
            at_least(1),
            null=True,
        ),
        "scope": column(
            pl.String,
            "row: nothing of the row was kept; label: one label was not; media: audio in an archive was not; dataset: "
            "nothing could be read anew, and all tables of labels are as they were before, empty if there were none",
            one_of(["row", "label", "media", "dataset"]),
        ),
        "reason": column(pl.String, "kind of fault", matches(r"^[a-z_]+$")),
        "detail": column(pl.String, "the fault in words"),
        "raw": column(pl.String, "the line as found; the name of the member, empty if it is none's"),
    },
)

SOURCES = Schema(
    "sources",
    "one row for each file of labels or classes that was read, and for each folder whose files were listed",
    {
        "source": column(pl.String, "path of the file or folder", unique=True),
        "sha256": column(
            pl.String, "SHA-256 of its bytes; of a folder, of what was read of it", matches("^[0-9a-f]{64}$")
        ),
        "bytes": column(pl.Int64, "its size, or that of what was read of it", at_least(0)),
        "rows_declared": column(pl.Int64, "rows that it says it has, null if it does not say", at_least(0), null=True),
        "rows_read": column(pl.Int64, "rows that it has", at_least(0)),
        "rows_kept": column(pl.Int64, "rows that became a clip, a label or a class", at_least(0)),
        "rows_rejected": column(pl.Int64, "rows that did not; each is in rejects", at_least(0)),
        "rows_not_in_subset": column(
            pl.Int64, "rows that tell of clips alone that the run does not ask for (`subset`)", at_least(0)
        ),
    },
    rules={
        "rows_read = rows_kept + rows_rejected + rows_not_in_subset": (
            pl.col("rows_read") == pl.sum_horizontal("rows_kept", "rows_rejected", "rows_not_in_subset")
        )
    },
)
