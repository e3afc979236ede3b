"""The status of a clip in the light of one media: the first that holds."""

import polars as pl

END_TOLERANCE_S = 0.1
"""A recording may end this much before the label says: players and cutters round."""
STOPPED_BY = ("corrupt", "io_error")
"""Faults that end a decoding where they are met, like a cut."""
ENDS_AT = ("truncated", "changes")
"""Faults of which what was decoded is whole, whatever the header declares."""


def judge(limits: dict[str, float]) -> list[pl.Expr]:
    """Expressions for `whole_media`, `duration_s` and `status`.

    They read columns of `checks` (null where there is no media, with the media's own duration as `media_duration_s`),
    `start_s` and `end_s` of the clip, and `in_recording`: whether the media is a whole recording that spans lie in.
    There a clip is the span that it says, judged by its own stretch; one without start and end is all of its media.

    Args:
        limits: min_duration_s and max_duration_s of the dataset.
    """
    is_span = pl.col("in_recording") & (pl.col("start_s").is_not_null() | pl.col("end_s").is_not_null())
    media_end, start = pl.col("media_duration_s"), pl.col("start_s").fill_null(0)
    end = pl.col("end_s").fill_null(media_end)
    held = _microseconds(pl.min_horizontal(end, media_end) - start).clip(0)
    asked = _microseconds(end - start)  # of a span without an end nothing is asked where it begins behind the media
    asked = pl.when(~is_span).then(media_end).when(asked > 0).then(asked)
    return [
        (~is_span).alias("whole_media"),
        pl.when(media_end.is_not_null()).then(pl.when(is_span).then(held).otherwise(media_end)).alias("duration_s"),
        _status(is_span, asked, limits).cast(pl.Categorical).alias("status"),
    ]


def _microseconds(seconds: pl.Expr) -> pl.Expr:
    """Without what a difference of floats adds: 40.2 - 30.2 is more than 10, 32.3 - 31.3 less than 1."""
    return seconds.round(6)


def _status(is_span: pl.Expr, asked: pl.Expr, limits: dict[str, float]) -> pl.Expr:
    is_spared = is_span & _ends_before_the_fault()
    begins_behind = pl.col("end_s").is_null() & (pl.col("start_s") >= pl.col("media_duration_s"))
    is_outside = is_span & ((pl.col("end_s") > pl.col("media_duration_s") + END_TOLERANCE_S) | begins_behind)
    in_order = [
        ("missing", pl.col("load_ok").is_null()),
        ("unreadable", ~pl.col("load_ok") & ~is_spared),
        ("truncated", (pl.col("error_kind") == "truncated") & ~is_spared),
        ("too_short", asked < limits["min_duration_s"]),
        ("too_long", asked > limits["max_duration_s"]),
        ("resample_failed", ~pl.col("resample_ok")),
        ("feature_failed", ~pl.col("feature_ok").fill_null(False)),
        ("outside_media", is_outside),
    ]
    return pl.coalesce(*(pl.when(holds).then(pl.lit(name)) for name, holds in in_order), pl.lit("usable"))


def _ends_before_the_fault() -> pl.Expr:
    """Whether all of the span was decoded before its media is cut, or its decoding stopped.

    Where as much was decoded as the header declares, nobody knows where in it the fault lies.
    """
    decoded, declared = pl.col("media_duration_s"), pl.col("declared_duration_s")
    stopped = pl.col("error_kind").is_in(STOPPED_BY) & (decoded < declared).fill_null(True)
    is_before = (pl.col("error_kind").is_in(ENDS_AT) | stopped) & (pl.col("end_s") <= decoded)
    return is_before.fill_null(False)
