"""What packs tell of fbanks. Imports nothing heavy."""

from typing import Any

import polars as pl

MEL_BINS = 128
"""Of a frame."""
OF_FBANK = {
    "seconds": pl.Float64,
    "overshoot": pl.Boolean,
    "fbank_frames": pl.Int64,
    "fbank_total": pl.Float64,
    "fbank_squares": pl.Float64,
}
"""Of each clip: how long it is, whether it went beyond full scale, how many frames of its own are stored, and the sum
of their values and of the squares of these."""


def statistics(clips: pl.DataFrame) -> dict[str, Any]:
    """Mean and standard deviation over every value of the clips' own frames: what is filled up does not count."""
    frames = int(clips["fbank_frames"].sum())
    told: dict[str, Any] = {"clips": len(clips), "frames": frames, "mean": None, "std": None}
    if values := frames * MEL_BINS:
        mean = float(clips["fbank_total"].sum()) / values
        told |= {"mean": mean, "std": max(float(clips["fbank_squares"].sum()) / values - mean**2, 0.0) ** 0.5}
    return told
