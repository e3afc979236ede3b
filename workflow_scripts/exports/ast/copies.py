"""Copies for trainers that neither resample nor cut: one WAV of 16 kHz, 16 bits and one channel a clip.

Of each is told what its fbank is like as a trainer will see it. Imports nothing heavy.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.sound.settings import SAMPLE_RATE

if TYPE_CHECKING:
    from workflow_scripts.exports.audio.encoding import Encoded

HEADER_BYTES = 44
FBANKS = {"fbank_frames": pl.Int64, "fbank_mean": pl.Float64, "fbank_std": pl.Float64}
"""What packs tell of their copies besides."""
MEL_BINS = 128
"""Of the fbank of AST."""
SUFFIX = "wav"
OVERSHOOT = "clip"
"""What is done with samples beyond full scale."""


def form_of(check: Mapping[str, Any]) -> AudioForm:
    """Of copies: the signal that the check takes."""
    channels = {"first": "first", "mean": "mono"}[check["channel"]]
    return AudioForm(SUFFIX, SAMPLE_RATE, channels, 16, OVERSHOOT)


def copy_bytes(duration_s: pl.Expr) -> pl.Expr:
    """What copies of so many seconds take."""
    return HEADER_BYTES + 2 * (duration_s * SAMPLE_RATE).ceil().cast(pl.Int64)


def fbank_of(copy: "Encoded") -> dict[str, Any]:
    """FBANKS of a copy."""
    import numpy as np

    from workflow_scripts.sound.feature import Feature

    assert copy.steps is not None  # no copy is a media as it is, whose samples nobody sees
    feature = Feature(MEL_BINS)
    feature.add(copy.steps.astype(np.float32), 2**15)
    fbank = feature.statistics()
    return {"fbank_frames": fbank.frames, "fbank_mean": fbank.mean, "fbank_std": fbank.std}
