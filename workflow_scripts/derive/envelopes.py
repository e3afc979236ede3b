"""What the envelope of a check tells of the stretch that may be taken of a clip: where it is loud, if anywhere."""

import numpy as np
import polars as pl

WINDOW_S = 0.5
"""Of the envelope that a check gives."""
LOUD = 0.1
"""What is within 20 dB of a clip's loudest half second is loud."""


def with_envelope(pool: pl.DataFrame) -> pl.DataFrame:
    """A pool whose `envelope_rms` is that of what may be taken, from `envelope_from_s` in the clip on.

    Args:
        pool: columns of pool.sql.
    """
    begins, ends = (pl.col("clip_from_s") + pl.col(name) for name in ("start_s", "end_s"))
    first = (begins / WINDOW_S).floor().cast(pl.Int64)
    count = (ends / WINDOW_S).ceil().cast(pl.Int64) - first
    return pool.with_columns(
        envelope_rms=pl.col("envelope_rms").list.slice(first, count),
        envelope_from_s=first * WINDOW_S - pl.col("clip_from_s"),
    )


def is_silent() -> pl.Expr:
    """Whether an envelope is 0 throughout; where there is none it is not known, so it is not."""
    return (pl.col("envelope_rms").list.max() == 0).fill_null(value=False)


def with_loud(pool: pl.DataFrame) -> pl.DataFrame:
    """A pool with the stretch of each clip in which it is loud, and its loudest half second, seconds in the clip.

    Loud is what is within 20 dB of the loudest half second of what may be taken.

    Args:
        pool: of `with_envelope`.

    Returns:
        `loud_from_s`, `loud_to_s` and `loudest_s` in place of the envelope.
    """
    found = [_loud(*row) for row in pool.select("envelope_rms", "envelope_from_s", "start_s", "end_s").iter_rows()]
    loud = pl.DataFrame(found, schema=["loud_from_s", "loud_to_s", "loudest_s"], orient="row")
    return pool.hstack(loud.cast(pl.Float64)).drop("envelope_rms", "envelope_from_s")


def _loud(envelope: list[float] | None, from_s: float, start_s: float, end_s: float) -> tuple[float, float, float]:
    levels = np.asarray(envelope or [], np.float64)
    if not len(levels) or not levels.max() > 0:
        return start_s, end_s, (start_s + end_s) / 2
    loud = np.flatnonzero(levels >= LOUD * levels.max())
    begins = from_s + np.array([loud[0], loud[-1] + 1, levels.argmax() + 0.5]) * WINDOW_S
    least, most, loudest = np.clip(begins, start_s, end_s)
    return float(least), float(most), float(loudest)
