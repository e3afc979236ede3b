"""How loud a span of a recording is, from the envelope that its check left: no audio is read for new spans."""

import numpy as np
import polars as pl

HALF_SECONDS = 2
"""Values of an envelope a second."""
SILENT_RMS = 1e-3
"""-60 dB of full scale."""
LEVELS = ("peak", "rms_dbfs", "silent_fraction")
SPANS_AT_ONCE = 16_384
"""Of so many spans the envelopes are held: 60 kB an hour of each recording that they lie in."""
ENVELOPE = ["envelope_peak", "envelope_rms"]
"""Columns of `checks` that they are told from."""


def span_levels(spans: pl.DataFrame, envelopes: pl.DataFrame) -> pl.DataFrame:
    """Level and silence of each span, taken over the half seconds that it touches.

    Args:
        spans: `clip_row`, `media_row`, `start_s` and `end_s`; null is the media's start or end.
        envelopes: `media_row`, `envelope_peak` and `envelope_rms` of the media that the spans lie in.

    Returns:
        `clip_row` and LEVELS, for the spans that lie in their media at least in part.
    """
    envelopes = envelopes.filter(pl.col("envelope_peak").list.len() > 0)
    places = envelopes.select(
        "media_row",
        last=pl.col("envelope_peak").list.len().cast(pl.Int64).cum_sum(),
        length=pl.col("envelope_peak").list.len().cast(pl.Int64),
    )
    first = (pl.col("start_s").fill_null(0) * HALF_SECONDS).floor().cast(pl.Int64)
    behind = pl.min_horizontal((pl.col("end_s") * HALF_SECONDS).ceil().cast(pl.Int64), "length")
    held = (
        spans.join(places, on="media_row", maintain_order="left")
        .with_columns(first=first, behind=behind)
        .filter(pl.col("first") < pl.col("behind"))
        .with_columns(pl.col("first", "behind") + pl.col("last") - pl.col("length"))
        .sort("first", "clip_row")  # so that what lies between two spans is gone through once
    )
    peak = envelopes["envelope_peak"].explode().to_numpy()
    power = np.square(envelopes["envelope_rms"].explode().to_numpy().astype(np.float64))
    bounds = held.select("first", "behind").to_numpy()
    return held.select("clip_row").with_columns(
        pl.Series("peak", _largest(peak, bounds), dtype=pl.Float64),
        pl.Series("rms_dbfs", _decibels(_mean(power, bounds)), dtype=pl.Float64, nan_to_null=True),
        pl.Series("silent_fraction", _mean(power < SILENT_RMS**2, bounds), dtype=pl.Float64),
    )


def _largest(values: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    if not len(bounds):
        return np.empty(0)
    return np.maximum.reduceat(np.append(values, 0), bounds.reshape(-1))[::2]


def _mean(values: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    if not len(bounds):
        return np.empty(0)
    sums = np.add.reduceat(np.append(values, 0), bounds.reshape(-1), dtype=np.float64)[::2]
    return sums / (bounds[:, 1] - bounds[:, 0])


def _decibels(power: np.ndarray) -> np.ndarray:
    """NaN for digital silence."""
    heard = power > 0
    return np.where(heard, 10 * np.log10(np.where(heard, power, 1)), np.nan)
