"""Which pairs an export takes, and what is said of each."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import OF_LEDGER, checked, is_so_already, sound_of
from workflow_scripts.exports.cards import names_of_splits
from workflow_scripts.exports.counting import not_usable
from workflow_scripts.exports.opening import folder
from workflow_scripts.exports.reading import Tables, in_ranges
from workflow_scripts.exports.split_by import AUTHORS
from workflow_scripts.exports.words import captions, text_of_each

OF_CLIPS = ["clip_id", "class_names", "source_url", *OF_LEDGER]
"""Columns of the ledger."""
SUFFIXES = {"JPEG": "jpg", "MPO": "jpg", "TIFF": "tif", "JPEG2000": "jp2"}
"""Of kinds of pictures, where it is not their name."""
TEXTS = ("pair_id", "clip_id", "split", "matched", "taxon", "licence", "recordist", "source_url", "text")
OF_IMAGE = tuple(f"image_{name}" for name in ("dataset", "clip_id", "licence", "recordist", "source_url"))
NUMBERS = ("km", "days", "start_s", "end_s", "duration_s")
SAID = (*TEXTS, "class_names", *NUMBERS, *OF_IMAGE)
"""What every form says of a pair besides its files."""


def pairs_of(tables: Tables) -> Iterator[pl.DataFrame]:
    """The pairs that are taken, some at a time, with OF_CLIPS and `text` of the sound.

    Raises:
        SoundledgerError: the export asks for other splits than those in which they are pairs.
    """
    if tables.split_by != AUTHORS:
        raise SoundledgerError(
            f"export pairs: split_by: {tables.split_by}: clip and image are of one split as their authors have it, and "
            "of the image no other is known. Leave `split_by` out"
        )
    clips = tables.lazy("clips").filter("trainable").select(OF_CLIPS)
    said = captions(tables)
    for some in in_ranges(_licensed(tables)):
        known = clips.filter(pl.col("clip_id").is_in(some["clip_id"].unique().implode())).collect()
        rows = some.join(known, on="clip_id", how="inner", maintain_order="left")
        texts = pl.col("class_names").cast(pl.List(pl.String))
        yield rows.with_columns(said.of(rows)["texts"]).with_columns(texts, text=text_of_each()).drop("texts")


def _licensed(tables: Tables) -> pl.LazyFrame:
    """Pairs whose image has a licence that is taken; those of sounds are asked for by the tables themselves."""
    pairs = tables.lazy("pairs")
    licences = pairs.select(pl.col("image_licence").unique()).collect()["image_licence"]
    kept = [licence for licence in licences if tables.licences.allow(licence)]
    none = tables.licences.allow(None)
    return pairs.filter(pl.col("image_licence").is_in([one for one in kept if one]).fill_null(value=none))


def left_out(tables: Tables, made: pl.DataFrame) -> dict[str, int]:
    """How many clips are in no pair of the export, by reason.

    Args:
        tables: of the export.
        made: `clip_id` of the pairs that are in it.
    """
    ledger = tables.lazy("clips")
    unpaired = tables.lazy("unpaired").join(ledger.filter("usable").select("clip_id"), on="clip_id", how="semi")
    reasons = dict(unpaired.group_by(pl.col("reason").cast(pl.String)).len().sort("reason").collect().iter_rows())
    taken = _licensed(tables).select("clip_id").unique().collect()
    all_paired = tables.lazy("pairs").select(pl.col("clip_id").n_unique()).collect().item()
    reasons["image_licence"] = all_paired - len(taken)
    reasons["not_made"] = len(taken.join(made, on="clip_id", how="anti"))
    return not_usable(ledger) | {reason: count for reason, count in reasons.items() if count}


def planned(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The rows of a plan: all that a pair follows from."""
    checks, form = checked(tables), AudioForm.of(options["audio"])
    splits = tables.splits()
    called = names_of_splits("pairs", splits) if options["form"] == "huggingface" else {}
    for rows in pairs_of(tables):
        both = rows.hstack(checks.of(rows))
        opened = rows.select(*image_columns()).select(folder().alias("image_folder"))
        yield (
            sound_of(both, form, options["seed"], is_so_already(form))
            .hstack(
                both.select(
                    pl.col("split").cast(pl.String).replace(called).alias("group"),
                    pl.col("pair_id").alias("clip_id"),
                    pl.col("clip_id").alias("of_clip"),
                    pl.col("split", "matched", "image_dataset").cast(pl.String),
                    *(name for name in TEXTS if name not in ("pair_id", "clip_id", "split", "matched", "licence")),
                    pl.col("licence").cast(pl.String),
                    "class_names",
                    "km",
                    "days",
                    pl.col("start_s").alias("said_start_s"),
                    pl.col("end_s").alias("said_end_s"),
                    *(name for name in OF_IMAGE if name != "image_dataset"),
                    "image_path",
                    "image_digest",
                    suffix().alias("image_suffix"),
                    pl.lit(options["form"]).alias("form"),
                )
            )
            .hstack(opened)
        )


def image_columns() -> list[pl.Expr]:
    """Of an image what `opening.folder` asks of a media."""
    return [pl.col(f"image_{name}").alias(name) for name in ("media_path", "path")]


def suffix() -> pl.Expr:
    """What the file of an image is called behind its dot."""
    return pl.col("image_format").replace(SUFFIXES).str.to_lowercase()
