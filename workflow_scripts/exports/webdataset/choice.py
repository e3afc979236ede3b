"""Which clips become pairs, with which words, in which split."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import OF_LEDGER, checked, is_so_already, sound_of
from workflow_scripts.exports.counting import not_usable
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import Tables, in_ranges, refuse_splits
from workflow_scripts.exports.sums import SUMS
from workflow_scripts.exports.words import captions, sentences

CLASSES = "class_labels_indices.json"
TAR = "pack.tar"
"""The file of a pack."""
CLAP_RATE = 48_000
LONGEST_S = 10.0
"""What LAION-CLAP takes: 480,000 samples of 48 kHz."""
FOUND_BY_CLAP = ("train", "unbalanced_train", "balanced_train", "valid", "test", "eval")
CALLED = {
    **dict.fromkeys(("val", "validation", "dev"), "valid"),
    "evaluation": "eval",
    "training": "train",
    "testing": "test",
}
"""Splits that it would not find, and what it calls them."""
READ = ["clip_id", "split", "class_ids", "class_names", "licence", "source_url", *OF_LEDGER]
"""Columns of the ledger, of trainable clips alone."""


def called(tables: Tables, options: dict[str, Any]) -> dict[str, str]:
    """What each split is called in the export.

    Raises:
        SoundledgerError: the options name a split that there is not, or what CLAP finds would make one of two splits
            that nobody asked to be one; or files cannot be called so.
    """
    splits, asked = tables.splits(), options["splits"]
    if unknown := sorted(asked.keys() - set(splits)):
        raise SoundledgerError(
            f"export webdataset: splits: there is no split {', '.join(unknown)}; there are {', '.join(splits)}"
        )
    named = {split: asked.get(split, CALLED.get(split, split)) for split in splits}
    for split in splits:
        same = [other for other in splits if named[other] == named[split] and other not in asked]
        if len(same) > 1:
            raise SoundledgerError(
                f"export webdataset: the splits {' and '.join(same)} would both be called {named[split]}, as CLAP "
                f"finds them. Say what they are called: splits: {{{same[0]}: …}}"
            )
    refuse_splits("webdataset", named.values(), ["{}"], [CLASSES, SUMS])
    return named


def choose(tables: Tables, options: dict[str, Any]) -> dict[str, int]:
    """How many clips are held back, by reason."""
    ledger = tables.lazy("clips")
    counts = ledger.select(usable=pl.col("usable").sum(), trainable=pl.col("trainable").sum()).collect().row(0)
    reasons = {"not_trainable": counts[0] - counts[1], "no_text": 0, "longer_than_10_s": 0}
    said = captions(tables)
    for clips in in_ranges(ledger.filter("trainable").select(READ)):
        judged = _judged(clips, said, options)["held_back"].value_counts()
        for reason, count in judged.drop_nulls("held_back").iter_rows():
            reasons[reason] += count
    return not_usable(ledger) | {reason: count for reason, count in reasons.items() if count}


def chosen(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The rows of a plan: all that a pair follows from."""
    names = called(tables, options)
    said, checks = captions(tables), checked(tables)
    form = AudioForm.of(options["audio"], LONGEST_S if options["longer_than_10_s"] == "cut" else None)
    for clips in in_ranges(tables.lazy("clips").filter("trainable").select(READ)):
        judged = _judged(clips, said, options).hstack(checks.of(clips))
        taken = judged.filter(pl.col("held_back").is_null())
        yield sound_of(taken, form, options["seed"], is_so_already(form)).hstack(taken.select(_said(names)))


def _judged(clips: pl.DataFrame, said: Keyed, options: dict[str, Any]) -> pl.DataFrame:
    """Clips with `texts`, and why each is `held_back`, null where it is not."""
    told = clips.with_columns(said.of(clips)["texts"])
    says_nothing = pl.col("texts").is_null() & (pl.col("class_names").list.len() == 0)
    too_long = (pl.col("duration_s") > LONGEST_S) & (options["longer_than_10_s"] == "leave_out")
    held_back = pl.when(says_nothing).then(pl.lit("no_text")).when(too_long).then(pl.lit("longer_than_10_s"))
    return told.with_columns(held_back=held_back)


def _said(names: dict[str, str]) -> list[pl.Expr]:
    split = pl.col("split").cast(pl.String)
    return [
        split.replace(names).alias("group"),
        pl.col("clip_id"),
        split.alias("split"),
        pl.coalesce("texts", pl.concat_list(sentences())),
        pl.col("class_names").cast(pl.List(pl.String)).alias("tags"),
        pl.col("class_ids").cast(pl.List(pl.String)),
        pl.col("start_s").alias("said_start_s"),
        pl.col("end_s").alias("said_end_s"),
        pl.col("licence").cast(pl.String),
        pl.col("source_url"),
    ]
