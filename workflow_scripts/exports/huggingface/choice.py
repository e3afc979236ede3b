"""Which clips become rows, with which words, in which split."""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import (
    OF_LEDGER,
    checked,
    is_heard_as_it_lies,
    is_so_already,
    sound_of,
    sound_stored,
)
from workflow_scripts.exports.cards import names_of_splits
from workflow_scripts.exports.classes import indexed_classes, label_numbers
from workflow_scripts.exports.counting import taken
from workflow_scripts.exports.reading import Tables, in_ranges
from workflow_scripts.exports.words import captions

PARQUET = "pack.parquet"
"""The file of a pack."""
OF_FFMPEG = ("MP4", "MOV", "WEBM", "MATROSKA")
"""Containers that libsndfile knows nothing of, and whose length FFmpeg does not guess."""
READ = ["clip_id", "split", "class_ids", "licence", "source_url", *OF_LEDGER]
"""Columns of the ledger, of trainable clips alone."""


def features(tables: Tables) -> dict[str, Any]:
    """The columns as `datasets` knows them; labels are numbers of names, in the order of the classes' indices."""
    classes = _classes(tables)
    text, number = {"dtype": "string", "_type": "Value"}, {"dtype": "float64", "_type": "Value"}
    names = {"names": classes["name"].to_list(), "_type": "ClassLabel"}
    labels = {"labels": {"feature": names, "_type": "List"}} if len(classes) else {}
    return {
        "audio": {"_type": "Audio"},
        "clip_id": text,
        **labels,
        "captions": {"feature": text, "_type": "List"},
        **dict.fromkeys(("start_s", "end_s", "duration_s"), number),
        **dict.fromkeys(("licence", "source_url"), text),
    }


def chosen(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The rows of a plan: all that a row of the export follows from.

    Raises:
        SoundledgerError: two splits would be called the same.
    """
    called = names_of_splits("huggingface", tables.splits())
    said, checks, classes = captions(tables), checked(tables), _classes(tables)
    columns = json.dumps(features(tables), sort_keys=True)
    stored = options["sound"] == "stored"
    form = AudioForm.of(options["audio"])
    keeps = pl.col("whole_media") & (is_heard_as_it_lies() | _is_torchcodec_s())
    as_is = keeps if stored else is_so_already(form)
    for part in in_ranges(taken(tables.lazy("clips")).select(READ)):
        clips = part.hstack(checks.of(part)).with_columns(said.of(part)["texts"])
        seed = options["seed"]
        sound = sound_stored(clips, seed, as_is) if stored else sound_of(clips, form, seed, as_is)
        yield sound.hstack(
            clips.select(
                pl.col("split").cast(pl.String).replace(called).alias("group"),
                "clip_id",
                pl.col("texts").fill_null(pl.lit([], pl.List(pl.String))),
                label_numbers(clips["class_ids"], classes).alias("labels"),
                pl.col("start_s").alias("said_start_s"),
                pl.col("end_s").alias("said_end_s"),
                pl.col("licence").cast(pl.String),
                "source_url",
                pl.lit(columns).alias("features"),
            )
        )


def _is_torchcodec_s() -> pl.Expr:
    """Whether torchcodec, which `datasets` decodes by, hears of a media what the check does: both are FFmpeg.

    FLAC of 32 bits is decoded since FFmpeg 6, and torchcodec takes earlier ones.
    """
    return pl.col("format").is_in(OF_FFMPEG) & (pl.col("subtype") != "FLAC_S32")


def _classes(tables: Tables) -> pl.DataFrame:
    """Those that have an index, in its order; a name that two have is said with its id."""
    classes = indexed_classes(tables)
    both = pl.format("{} ({})", "name", "class_id")
    return classes.with_columns(name=pl.when(pl.col("name").is_duplicated()).then(both).otherwise("name"))
