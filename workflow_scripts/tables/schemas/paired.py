"""Pairs of a sound of a dataset and an image of another."""

import polars as pl

from workflow_scripts.tables.declared import Rule, Schema
from workflow_scripts.tables.schemas.columns import FILE_NAME, IDENTIFIER, at_least, column, in_range, matches, one_of

MATCHED = ("species", "genus", "family", "order", "class", "phylum", "kingdom", "place")
UNPAIRED_BECAUSE = {
    "not_trainable": "it is not `trainable`",
    "no_taxon": "no class of it has a rank",
    "no_place": "where it was recorded is not known",
    "no_image": "no image that decodes, of its split, is of its taxon (up to `highest_rank`), or within `within_km`",
    "class_full": "its class has `pairs_a_class` pairs in its split",
    "images_taken": "every image that it might have has as many sounds as it may",
}
"""Why a sound has no image; the first that holds."""

PAIRS = Schema(
    "pairs",
    "one row for each pair of a clip of the dataset and an image of another, of datasets whose file has `pairs`",
    {
        "pair_id": column(pl.String, "names the pair, by both", matches(IDENTIFIER), unique=True),
        "clip_id": column(pl.String, "the clip that is heard", matches(IDENTIFIER)),
        "ordinal": column(pl.Int32, "which of its images, from 0, in the order in which it got them", at_least(0)),
        "split": column(
            pl.Categorical, "part of both datasets that both are of", Rule("categories_match", {"pattern": FILE_NAME})
        ),
        "matched": column(
            pl.Categorical,
            "what both have in common: the rank of the nearest taxon that has images in the split, or the place",
            one_of(MATCHED),
        ),
        "taxon": column(pl.String, "scientific name of that taxon; null where it is a place", null=True),
        "km": column(
            pl.Float64,
            "great circle distance of the places of both, km; null unless both are known",
            at_least(0),
            null=True,
        ),
        "days": column(
            pl.Float64,
            "days of the year between both, whatever the years, the shorter way round; null unless both are known",
            in_range(0, 183),
            null=True,
        ),
        "class_id": column(pl.String, "class of the clip by which it was matched", null=True),
        "licence": column(pl.String, "licence of the sound, as in `clips`", null=True),
        "recordist": column(pl.String, "who recorded it, as in `origins`", null=True),
        "image_dataset": column(pl.Categorical, "dataset of the clip that is the image"),
        "image_clip_id": column(pl.String, "that clip", matches(IDENTIFIER)),
        "image_class_id": column(pl.String, "class of the image by which it was matched", null=True),
        "image_licence": column(pl.String, "licence of the image, as in `clips`", null=True),
        "image_recordist": column(pl.String, "who took it, as in `origins`", null=True),
        "image_source_url": column(pl.String, "where it comes from, as in `clips`", null=True),
        "image_root": column(pl.Categorical, "root that it lies in"),
        "image_path": column(pl.String, "its path below that"),
        "image_media_path": column(pl.String, "absolute path that opens it"),
        "image_digest": column(pl.String, "XXH3-128 of its bytes when they were decoded"),
        "image_format": column(pl.String, "kind of picture, as Pillow calls it: JPEG, PNG, …"),
    },
    unique=("clip_id", "ordinal"),
)

UNPAIRED = Schema(
    "unpaired",
    "one row for each clip that no image is paired with, of datasets whose file has `pairs`",
    {
        "clip_id": column(pl.String, "the clip", matches(IDENTIFIER), unique=True),
        "split": column(pl.Categorical, "part of the dataset that it belongs to"),
        "reason": column(
            pl.Categorical,
            "the first that holds: " + "; ".join(f"{kind}: {meaning}" for kind, meaning in UNPAIRED_BECAUSE.items()),
            one_of(UNPAIRED_BECAUSE),
        ),
    },
)

PAIRED = {"pairs": PAIRS, "unpaired": UNPAIRED}
"""What a dataset has whose file asks for pairs with images."""
