"""Clips in windows."""

import math

import polars as pl

LEAST_REST = 0.5
"""What is left at the end is a window of its own if it is at least this share of one."""


def windows_of(duration_s: float, length_s: float, hop_s: float) -> list[tuple[float, float]]:
    """Onset and offset of each window of a clip, seconds from its start; a clip shorter than a window is one.

    >>> windows_of(25.0, 10.0, 10.0), windows_of(24.0, 10.0, 10.0), windows_of(3.0, 10.0, 10.0)
    ([(0.0, 10.0), (10.0, 20.0), (20.0, 25.0)], [(0.0, 10.0), (10.0, 20.0)], [(0.0, 3.0)])
    >>> windows_of(4.0, 2.0, 1.5)
    [(0.0, 2.0), (1.5, 3.5), (3.0, 4.0)]
    """
    count = 1 + max(0, math.floor((duration_s - LEAST_REST * length_s) / hop_s + 1e-9))
    onsets = (round(number * hop_s, 9) for number in range(count))
    return [(onset, min(round(onset + length_s, 9), duration_s)) for onset in onsets]


def in_windows(rows: pl.DataFrame, length_s: float, hop_s: float) -> pl.DataFrame:
    """Rows of a list, one a clip, as one a window: its span of the media, and `onset_s` and `offset_s` in the clip."""
    windows = [
        [{"onset_s": onset, "offset_s": offset} for onset, offset in windows_of(duration_s, length_s, hop_s)]
        for duration_s in rows["duration_s"]
    ]
    types = pl.List(pl.Struct({"onset_s": pl.Float64, "offset_s": pl.Float64}))
    start = pl.col("start_s").fill_null(0.0)
    each = rows.with_columns(pl.Series("window", windows, types)).explode("window").unnest("window")
    return each.with_columns(
        start_s=start + pl.col("onset_s"),
        end_s=start + pl.col("offset_s"),
        duration_s=pl.col("offset_s") - pl.col("onset_s"),
    )
