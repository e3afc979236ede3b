"""Which clips become pairs, with which words, in which split."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.form import CONTAINERS, AudioForm
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import Tables, in_ranges, not_usable, refuse_splits
from workflow_scripts.tables.leaves import hashes

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
MEDIA = ["root", "path", "member"]
OF_CHECKS = ["format", "subtype", "bytes_digest"]
READ = [
    *("clip_id", "split", "class_ids", "class_names", "start_s", "end_s", "duration_s", "licence", "source_url"),
    *("media_path", "whole_media", "sample_rate", "channels", *MEDIA),
]
"""Columns of the ledger, of trainable clips alone."""


def named_splits(tables: Tables, options: dict[str, Any]) -> list[str]:
    """What the splits are called in the export."""
    named = [options["splits"].get(split, CALLED.get(split, split)) for split in tables.splits()]
    refuse_splits("webdataset", named, ["{}"], ["class_labels_indices.json", "SHA256SUMS"])
    return list(dict.fromkeys(named))


def choose(tables: Tables, options: dict[str, Any]) -> dict[str, int]:
    """How many clips are held back, by reason."""
    ledger = tables.lazy("clips")
    counts = ledger.select(usable=pl.col("usable").sum(), trainable=pl.col("trainable").sum()).collect().row(0)
    reasons = {"not_trainable": counts[0] - counts[1], "no_text": 0, "longer_than_10_s": 0}
    captions = _captions(tables)
    for clips in in_ranges(ledger.filter("trainable").select(READ)):
        judged = _judged(clips, captions, options)["held_back"].value_counts()
        for reason, count in judged.drop_nulls("held_back").iter_rows():
            reasons[reason] += count
    return not_usable(ledger) | {reason: count for reason, count in reasons.items() if count}


def chosen(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The rows of a plan: all that a pair follows from."""
    named_splits(tables, options)
    captions = _captions(tables)
    checks = Keyed(lambda: tables.each_checks([*MEDIA, *OF_CHECKS]), MEDIA)
    form = AudioForm.of(options["audio"], LONGEST_S if options["longer_than_10_s"] == "cut" else None)
    called = {**CALLED, **options["splits"]}
    for clips in in_ranges(tables.lazy("clips").filter("trainable").select(READ)):
        judged = _judged(clips, captions, options).hstack(checks.of(clips))
        taken = judged.filter(pl.col("held_back").is_null())
        yield taken.select(*_of_media(taken, form, options["seed"]), *_said(called))


def _judged(clips: pl.DataFrame, captions: Keyed, options: dict[str, Any]) -> pl.DataFrame:
    """Clips with `texts`, and why each is `held_back`, null where it is not."""
    told = clips.with_columns(captions.of(clips)["texts"])
    says_nothing = pl.col("texts").is_null() & (pl.col("class_names").list.len() == 0)
    too_long = (pl.col("duration_s") > LONGEST_S) & (options["longer_than_10_s"] == "leave_out")
    held_back = pl.when(says_nothing).then(pl.lit("no_text")).when(too_long).then(pl.lit("longer_than_10_s"))
    return told.with_columns(held_back=held_back)


def _captions(tables: Tables) -> Keyed:
    """The captions of each clip that has any, as `texts`."""
    said = tables.lazy("captions").filter(pl.col("text").str.contains(r"\S")).sort("clip_id", "ordinal")
    texts = said.group_by("clip_id", maintain_order=True).agg(texts="text").collect()
    return Keyed(lambda: [texts], ["clip_id"])


def _of_media(clips: pl.DataFrame, form: AudioForm, seed: int) -> list[pl.Expr | pl.Series]:
    """What the sound of clips is made of, and their `order` in a tar, in which those of a media are neighbours."""
    is_span, below = ~pl.col("whole_media"), pl.col("path").str.replace_all(r"\x5cx", r"\x", literal=True)
    media = pl.concat_str(pl.col("root").cast(pl.String), pl.lit("/"), "path")
    of_seed = clips.select(pl.concat_str(pl.lit(f"{seed} "), media, pl.col("member").fill_null(""))).to_series()
    return [
        media.alias("media"),
        hashes(of_seed, pl.Series([None] * len(clips), dtype=pl.String)).alias("order"),
        pl.col("media_path").str.head(pl.col("media_path").str.len_chars() - below.str.len_chars()).alias("folder"),
        pl.col("path"),
        pl.col("member"),
        pl.col("bytes_digest"),
        pl.when(is_span).then("start_s").alias("start_s"),
        pl.when(is_span).then("end_s").alias("end_s"),
        pl.lit(form.channel).alias("channel"),
        pl.lit(form.made_as).alias("made_as"),
        _as_it_is(form).alias("as_is"),
    ]


def _as_it_is(form: AudioForm) -> pl.Expr:
    """Whether a media is already what its clip would be made."""
    is_so = pl.col("whole_media") & (pl.col("format") == CONTAINERS[form.codec])
    is_so &= (pl.col("subtype") == f"PCM_{form.bits}") & (pl.col("sample_rate") == form.sample_rate)
    if form.channels == "mono":
        is_so &= pl.col("channels") == 1
    if form.longest_s is not None:
        is_so &= pl.col("duration_s") <= form.longest_s
    return is_so.fill_null(value=False)


def _said(called: dict[str, str]) -> list[pl.Expr]:
    split = pl.col("split").cast(pl.String)
    return [
        split.replace(called).alias("group"),
        pl.col("clip_id"),
        split.alias("split"),
        pl.col("texts"),
        pl.col("class_names").cast(pl.List(pl.String)).alias("tags"),
        pl.col("class_ids").cast(pl.List(pl.String)),
        pl.col("start_s").alias("said_start_s"),
        pl.col("end_s").alias("said_end_s"),
        pl.col("duration_s"),
        pl.col("sample_rate").alias("own_rate"),
        pl.col("licence").cast(pl.String),
        pl.col("source_url"),
    ]
