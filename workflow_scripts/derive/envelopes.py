"""What the envelope of a check tells of the stretch that may be taken of a clip: where it is loud, if anywhere."""

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
    levels = pl.col("envelope_rms").cast(pl.List(pl.Float64))
    is_loud = levels.list.eval(pl.element() >= LOUD * pl.element().max()).cast(pl.List(pl.UInt8))
    places = {  # in windows, and what they are where nothing is known
        "loud_from_s": (is_loud.list.arg_max(), pl.col("start_s")),
        "loud_to_s": (is_loud.list.len() - is_loud.list.reverse().list.arg_max(), pl.col("end_s")),
        "loudest_s": (levels.list.arg_max() + 0.5, (pl.col("start_s") + pl.col("end_s")) / 2),
    }
    sounds = (levels.list.max() > 0).fill_null(value=False)
    return pool.with_columns(
        pl.when(sounds)
        .then((pl.col("envelope_from_s") + place * WINDOW_S).clip("start_s", "end_s"))
        .otherwise(unknown)
        .alias(name)
        for name, (place, unknown) in places.items()
    ).drop("envelope_rms", "envelope_from_s")
