"""What copies of clips are, for trainers that neither resample nor cut: their names, their sizes, what they depend on.

One WAV of 16 kHz, 16 bits and one channel a clip; `copying` makes them. Imports nothing heavy.
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
import xxhash

from workflow_scripts.exports.opening import folder
from workflow_scripts.exports.packs import link_files
from workflow_scripts.exports.reading import Pack
from workflow_scripts.sound.settings import RESAMPLER_QUALITY, SAMPLE_RATE

HEADER_BYTES = 44
MADE_AS = f"wav pcm16 {SAMPLE_RATE} soxr-{RESAMPLER_QUALITY} 1"
"""How a copy is made; its last number is raised by hand when the same clip would give other bytes."""
LEDGER = ["clip_id", "root", "path", "member", "media_path", "whole_media", "start_s", "end_s", "duration_s"]
"""Columns of the ledger that a copy follows from."""
IN_ORDER = ("folder", "path", "member", "start_s", "clip_id")
"""How a list of copies is sorted: by media, and there by time."""
FBANKS = {"clip_id": pl.String, "frames": pl.Int64, "mean": pl.Float64, "std": pl.Float64}
"""What packs tell of their copies."""
MEL_BINS = 128
"""Of the fbank of AST, whose statistics are told of each copy."""


def copy_name(clip_id: str) -> str:
    """Where the copy of a clip lies below an export; no folder holds many.

    >>> copy_name("-0RWZT-miFs")
    'audio/a5/-0RWZT-miFs.wav'
    """
    return f"audio/{xxhash.xxh3_64_intdigest(clip_id.encode()) & 0xFF:02x}/{packed_name(clip_id)}"


def packed_name(clip_id: str) -> str:
    """The file of a clip's copy in its pack."""
    return f"{clip_id}.wav"


def link_copies(packs: Iterable[Pack], folder: Path) -> None:
    """Have the copies of all packs in an export's folder too.

    Raises:
        SoundledgerError: one is gone.
    """
    link_files(packs, folder, lambda file: copy_name(file.removesuffix(packed_name(""))))


def copy_bytes(duration_s: pl.Expr) -> pl.Expr:
    """What copies of so many seconds take."""
    return HEADER_BYTES + 2 * (duration_s * SAMPLE_RATE).ceil().cast(pl.Int64)


def copy_plan(clips: pl.DataFrame, channel: str) -> pl.DataFrame:
    """The rows of a plan: all that the bytes of each clip's copy depend on.

    Args:
        clips: LEDGER of clips that have a media, and its `bytes_digest`.
        channel: which signal is taken, as the check takes it.
    """
    is_span = ~pl.col("whole_media")
    return clips.select(
        "clip_id",
        pl.concat_str(pl.col("root").cast(pl.String), pl.lit("/"), "path").alias("media"),
        folder(),
        "path",
        "member",
        "bytes_digest",
        pl.when(is_span).then("start_s").alias("start_s"),
        pl.when(is_span).then("end_s").alias("end_s"),
        "duration_s",
        channel=pl.lit(channel),
        made_as=pl.lit(MADE_AS),
    )
