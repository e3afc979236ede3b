"""The status of a clip in the light of one media: the first that holds."""

import polars as pl

END_TOLERANCE_S = 0.1
"""A recording may end this much before the label says: players and cutters round."""


def judge(limits: dict[str, float]) -> list[pl.Expr]:
    """Expressions for `whole_media`, `duration_s` and `status`.

    They read columns of `checks` (null where there is no media, with the media's own duration as `media_duration_s`),
    `start_s` and `end_s` of the clip, and `in_recording`: whether the media is a whole recording that the span lies in.

    Args:
        limits: min_duration_s and max_duration_s of the dataset.
    """
    in_recording = pl.col("in_recording")
    span_end = pl.min_horizontal("end_s", "media_duration_s")
    held = pl.when(in_recording).then((span_end - pl.col("start_s")).clip(0)).otherwise("media_duration_s")
    asked = pl.when(in_recording).then(pl.col("end_s") - pl.col("start_s")).otherwise("media_duration_s")
    return [
        (~in_recording).alias("whole_media"),
        held.alias("duration_s"),
        _status(asked, limits).cast(pl.Categorical).alias("status"),
    ]


def _status(asked: pl.Expr, limits: dict[str, float]) -> pl.Expr:
    is_outside = pl.col("in_recording") & (pl.col("end_s") > pl.col("media_duration_s") + END_TOLERANCE_S)
    in_order = [
        ("missing", pl.col("load_ok").is_null()),
        ("unreadable", ~pl.col("load_ok")),
        ("truncated", pl.col("error_kind") == "truncated"),
        ("too_short", asked < limits["min_duration_s"]),
        ("too_long", asked > limits["max_duration_s"]),
        ("resample_failed", ~pl.col("resample_ok")),
        ("feature_failed", ~pl.col("feature_ok").fill_null(False)),
        ("outside_media", is_outside),
    ]
    return pl.coalesce(*(pl.when(holds).then(pl.lit(name)) for name, holds in in_order), pl.lit("usable"))
