"""Which clips the trainers get, with which labels, and whether as the file that they are or as a copy."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workflow_scripts.exports.ast.copies import FBANKS, copy_bytes
from workflow_scripts.exports.audio.plan import is_heard_as_it_lies
from workflow_scripts.exports.classes import indexed_classes, joined_labels, refuse_commas
from workflow_scripts.exports.counting import not_made, not_usable
from workflow_scripts.exports.files.clips import NOT_UTF8, OPENED
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.opening import lies_here
from workflow_scripts.exports.reading import MEDIA, Pack, Tables, in_ranges
from workflow_scripts.sound.settings import SAMPLE_RATE
from workflow_scripts.tables.store import read_table

READ = ["split", "clip_id", "class_ids", *MEDIA, "media_path", "whole_media", "duration_s", "sample_rate", "channels"]
"""Columns of the ledger that a choice is made by, of trainable clips alone."""
OF_CHECKS = ["format", "decoder", "fbank_frames", "fbank_mean", "fbank_std"]
KEPT = [
    *("split", "labels", "taken", "copied", "needed_bytes", "sample_rate", "channels", "duration_s"),
    *("frames", "mean", "std"),
]
"""Columns of a choice: no texts, of which every clip has its own."""


@dataclass(frozen=True)
class Choice:
    """The clips of the export.

    Attributes:
        trainable: a row for each trainable clip of the ledger, in its order: `split`; `labels`, class ids with commas
            between them, null where none is trained on; whether it is `taken`, and whether a copy stands for its media
            (`copied`); its `duration_s`; `sample_rate` and `channels` of that media; `frames`, `mean` and `std` of the
            fbank that a trainer will see.
        held_back: how many clips of the dataset are not taken, by reason.
        copies_bytes: what copies would take of those held back as `needs_copy`.
    """

    trainable: pl.DataFrame
    held_back: dict[str, int]
    copies_bytes: int

    def taken(self, tables: Tables, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The clips that are taken, with columns of the ledger beside `trainable`, part by part."""
        first = 0
        for clips in in_ranges(tables.lazy("clips").filter("trainable").select(columns)):
            chosen = self.trainable[first : first + len(clips)]
            yield clips.hstack(chosen.select(pl.exclude(columns))).filter("taken")
            first += len(clips)


def choose(tables: Tables, options: dict[str, Any]) -> Choice:
    """Choose among all clips of a dataset, without those whose copy could not be made."""
    ledger = tables.lazy("clips")
    usable = ledger.select(pl.col("usable").sum()).collect().item()
    classes = trained_classes(tables, options)
    checks = Keyed(lambda: tables.each_checks([*MEDIA, *OF_CHECKS]), MEDIA)
    copies = Keyed(lambda: _copies(tables.packs), ["clip_id"])
    failed = [clip_id for made in tables.packs for clip_id in made.account.failed]
    judged = []
    for clips in in_ranges(ledger.filter("trainable").select(READ)):
        of_clips = clips.with_columns(labels=joined_labels(clips["class_ids"], classes)).hstack(checks.of(clips))
        ways = _ways(of_clips, options["copies"], failed)
        judged.append(_with_fbank(ways, copies).select(KEPT))
    trainable = pl.concat(judged, rechunk=True)
    reasons = not_usable(ledger) | {
        "not_trainable": usable - len(trainable),
        "unlabelled": trainable["labels"].null_count(),
        "needs_copy": trainable["needed_bytes"].count(),
    }
    held_back = {reason: clips for reason, clips in reasons.items() if clips} | not_made(tables.packs)
    return Choice(trainable.drop("needed_bytes"), held_back, int(trainable["needed_bytes"].sum()))


def _ways(clips: pl.DataFrame, copies: str, failed: Sequence[str]) -> pl.DataFrame:
    """Clips with whether each is `taken`, which it is not where its copy `failed`; `copied`; or else `needed_bytes`."""
    own, is_whole = _is_own_file(), pl.col("whole_media") & pl.col("member").is_null() & lies_here()
    each, none = pl.lit(value=True), pl.lit(value=False)
    clips = clips.with_columns(
        pl.col("labels").is_not_null().alias("labelled"),
        {"never": own, "as_they_are": is_whole.fill_null(False)}.get(copies, each).alias("loads"),
        {"auto": ~own, "always": each}.get(copies, none).alias("copied"),
        (pl.col("clip_id").is_in(failed) if failed else none).alias("failed"),
    )
    labelled, loads = pl.col("labelled"), pl.col("loads")
    return clips.with_columns(
        copied=labelled & pl.col("copied"),
        taken=labelled & loads & ~pl.col("failed"),
        needed_bytes=pl.when(labelled & ~loads).then(copy_bytes(pl.col("duration_s"))),
    )


def _copies(packs: Iterable[Pack]) -> Iterator[pl.DataFrame]:
    """What packs tell of the fbanks of their copies."""
    yield pl.DataFrame(schema={"clip_id": pl.String, **FBANKS})
    for pack in packs:
        yield read_table(pack.told).select("clip_id", *FBANKS)


def _with_fbank(clips: pl.DataFrame, copies: Keyed) -> pl.DataFrame:
    """Clips with `frames`, `mean` and `std` of what a trainer will see: a copy, or a file as it was checked."""
    told = copies.of(clips)
    return clips.with_columns(
        pl.when("copied").then(told[name]).otherwise(name).alias(name.removeprefix("fbank_")) for name in FBANKS
    )


def trained_classes(tables: Tables, options: dict[str, Any]) -> pl.DataFrame:
    """The classes that there are to be trained on.

    Raises:
        SoundledgerError: an id holds a comma, at which trainers would split it.
    """
    classes = indexed_classes(tables, options["restricted_classes"])
    refuse_commas("ast", classes)
    return classes


def _is_own_file() -> pl.Expr:
    """Whether what a trainer loads of a clip's media is what its check computed the feature from.

    Of several channels AST and AudioMAE take the first, but where they mix two clips they add all channels, and fail.
    """
    own = (
        pl.col("whole_media")
        & pl.col("member").is_null()
        & (pl.col("sample_rate") == SAMPLE_RATE)
        & pl.col("format").is_in(OPENED)
        & is_heard_as_it_lies()
        & lies_here()
        & ~pl.col("path").str.contains(NOT_UTF8)
        & (pl.col("channels") == 1)
    )
    return own.fill_null(False)
