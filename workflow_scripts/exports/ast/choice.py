"""Which clips the trainers get, with which labels, and whether as the file that they are or as a copy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.copies import copy_bytes
from workflow_scripts.exports.reading import Tables, not_usable
from workflow_scripts.sound.settings import SAMPLE_RATE

MEDIA = ["root", "path", "member"]
"""What a media is known by."""
READ = [
    *("split", "clip_id", "media_key", "start_s", "end_s", "class_ids"),
    *(*MEDIA, "media_path", "whole_media", "duration_s", "sample_rate", "channels"),
]
"""Columns of the ledger that are read, of trainable clips alone."""
OF_CHECKS = ["format", "fbank_frames", "fbank_mean", "fbank_std"]
OPENED = ("WAV", "WAVEX", "FLAC", "OGG", "MP3", "MPEG")
"""Containers that torchaudio opens with whatever it has to open them with, as the checks call them."""
NOT_UTF8 = r"\\x(?:[0-46-9a-f][0-9a-f]|5[0-9abd-f])"
"""In a path as tables hold it: a byte that no JSON can hold."""


@dataclass(frozen=True)
class Choice:
    """The clips of the export.

    Attributes:
        clips: rows of the ledger, in its order, with `labels`, class ids with commas between them; `copied`, whether a
            copy stands for its media; and what its check told of that, OF_CHECKS.
        held_back: how many clips of the dataset are not among them, by reason.
        copies_bytes: what copies would take of those held back as `needs_copy`.
    """

    clips: pl.DataFrame
    held_back: dict[str, int]
    copies_bytes: int

    def without(self, failed: Sequence[str]) -> "Choice":
        """The choice without clips whose copy could not be made."""
        if not failed:
            return self
        kept = self.clips.filter(~pl.col("clip_id").is_in(list(failed)))
        return replace(self, clips=kept, held_back=self.held_back | {"copy_failed": len(self.clips) - len(kept)})


def choose(tables: Tables, options: dict[str, Any]) -> Choice:
    """Choose among all clips of a dataset."""
    ledger = tables.lazy("clips")
    trainable = ledger.filter("trainable").select(READ).collect()
    usable = ledger.select(pl.col("usable").sum()).collect().item()
    classes = trained_classes(tables, options["restricted_classes"])
    labelled = _with_checks(_with_labels(trainable, classes), tables)
    own = _is_own_file(labelled, tables.check["channel"])
    copies = options["copies"]
    is_whole = labelled["whole_media"] & labelled["member"].is_null()
    taken = {"never": own, "as_they_are": is_whole}.get(copies, pl.repeat(True, len(labelled), eager=True))
    copied = {"auto": ~own, "always": taken}.get(copies, pl.repeat(False, len(labelled), eager=True))
    needs_copy = labelled.filter(~taken)
    reasons = not_usable(ledger) | {
        "not_trainable": usable - len(trainable),
        "unlabelled": len(trainable) - len(labelled),
        "needs_copy": len(needs_copy),
    }
    return Choice(
        labelled.with_columns(copied=copied).filter(taken),
        {reason: clips for reason, clips in reasons.items() if clips},
        needs_copy.select(copy_bytes(pl.col("duration_s")).sum()).item(),
    )


def trained_classes(tables: Tables, restricted: bool) -> pl.DataFrame:
    """The classes that have an index, in its order, with `index`: their place among them.

    A model has one output a row of the class list, so a gap in the dataset's own indices is closed.

    Raises:
        SoundledgerError: an id holds a comma, at which trainers would split it.
    """
    trained = tables.read("classes").filter(
        pl.col("class_index").is_not_null() & (pl.lit(restricted) | ~(pl.col("is_abstract") | pl.col("is_blacklisted")))
    )
    split = trained.filter(pl.col("class_id").str.contains(",", literal=True))["class_id"].to_list()
    if split:
        raise SoundledgerError(
            f"export ast: {len(split):,} class ids hold a comma, at which AST and AudioMAE would split them: "
            f"{first_twenty(split)}. Give these classes other ids, or leave this export out"
        )
    return trained.sort("class_index").with_row_index("index")


def _with_labels(clips: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Clips with `labels`, the classes that they are trained on; those that have none are left out.

    Two million clips have fifty thousand sets of classes, so each set is looked at once.
    """
    said = pl.col("class_ids").cast(pl.List(pl.String)).list.join("\n").cast(pl.Categorical)
    clips = clips.with_columns(said=said).drop("class_ids")
    sets = (
        clips.select(pl.col("said").unique())
        .with_columns(class_id=pl.col("said").cast(pl.String).str.split("\n"))
        .explode("class_id")
        .filter(pl.col("class_id").is_in(classes["class_id"].implode()))
        .group_by("said")
        .agg(labels=pl.col("class_id").str.join(","))
        .with_columns(pl.col("labels").cast(pl.Categorical))
    )
    return clips.join(sets, on="said", how="inner", maintain_order="left").drop("said")


def _with_checks(clips: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Clips with what the checks of their media told."""
    checks = tables.checks([*MEDIA, *OF_CHECKS])
    clips = clips.with_columns(pl.col("root").cast(pl.String))
    return clips.join(checks, on=MEDIA, how="left", nulls_equal=True, maintain_order="left")


def _is_own_file(clips: pl.DataFrame, channel: str) -> pl.Series:
    """Whether what a trainer loads of each clip's media is what its check computed the feature from."""
    first_is_taken = pl.lit(channel == "first") | (pl.col("channels") == 1)
    own = (
        pl.col("whole_media")
        & pl.col("member").is_null()
        & (pl.col("sample_rate") == SAMPLE_RATE)
        & pl.col("format").is_in(OPENED)
        & ~pl.col("path").str.contains(NOT_UTF8)
        & first_is_taken
    )
    return clips.select(own.fill_null(False).alias("own"))["own"]
