"""Mean and standard deviation of what a trainer will see."""

from typing import Any

import polars as pl

from workflow_scripts.exports.ast.choice import Choice
from workflow_scripts.exports.ast.copies import MEL_BINS
from workflow_scripts.exports.reading import Tables
from workflow_scripts.sound.settings import SAMPLE_RATE


def statistics(choice: Choice, train: list[str], tables: Tables) -> dict[str, Any]:
    """Over every value of every frame of the training clips' fbanks, unpadded; with a note where a trainer sees others.

    Of a copy its own fbank counts, of a file of its own the one that its check computed.
    """
    clips = choice.trainable.filter(pl.col("taken") & pl.col("split").is_in(train)).rechunk()
    total, weighted, squares = _sums(clips)
    stats: dict[str, Any] = {"mean": None, "std": None, "frames": 0, "clips": len(clips), "splits": train}
    if total:
        mean = weighted / total
        stats |= {"mean": mean, "std": max(squares / total - mean**2, 0.0) ** 0.5, "frames": total}
    note = " ".join(_notes(clips, tables))
    return stats | ({"note": note} if note else {})


def _sums(clips: pl.DataFrame) -> tuple[int, float, float]:
    frames, mean, std = pl.col("frames"), pl.col("mean"), pl.col("std")
    row: tuple[int, float, float] = clips.select(
        frames.sum().alias("total"),
        (frames * mean).sum().alias("weighted"),
        (frames * (std.pow(2) + mean.pow(2))).sum().alias("squares"),
    ).row(0)
    return row


def _notes(clips: pl.DataFrame, tables: Tables) -> list[str]:
    """Why a trainer will see something else, in sentences."""
    notes = []
    others = clips.filter(~pl.col("copied") & (pl.col("sample_rate") != SAMPLE_RATE))
    if len(others):
        notes.append(
            f"{len(others):,} of these clips are not at 16 kHz and are taken as they are: AST, SSAST and AudioMAE do "
            "not resample, so they will see other features than those of this mean and std."
        )
    several = clips.filter(~pl.col("copied") & (pl.col("channels") > 1))
    if len(several):
        notes.append(
            f"{len(several):,} of these clips have several channels and are taken as they are: AST, SSAST and AudioMAE "
            "take the first, and fail where they mix two clips (`--mixup`)."
        )
    bins = tables.check["num_mel_bins"]
    if bins != MEL_BINS and not clips["copied"].all():
        notes.append(
            f"The check computed fbanks of {bins} mel bins; these trainers compute {MEL_BINS}, so these are not theirs."
        )
    return notes
