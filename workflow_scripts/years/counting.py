"""What was recorded and detected at each site on each day."""

import polars as pl


def counted(
    clips: pl.DataFrame, origins: pl.DataFrame, predictions: pl.DataFrame, least_score: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Effort and detections, of usable clips of which day and site are said.

    Args:
        clips: that table, or some of it.
        origins: that table.
        predictions: likewise.
        least_score: a clip in which a model is at least so sure counts.

    Returns:
        site, day (Date) and hours recorded, a row for each day that anything was; site, day, class_id and detections, a
        row for each class of such a day that has any.
    """
    day = pl.col("recorded_at").str.head(10).str.to_date("%Y-%m-%d", strict=False)
    said = origins.select("clip_id", "site", day=day).drop_nulls()
    usable = clips.filter(pl.col("usable") & (pl.col("duration_s") > 0))
    of_day = usable.select("clip_id", hours=pl.col("duration_s") / 3600).join(said, on="clip_id")
    effort = of_day.sort("clip_id").group_by("site", "day").agg(pl.col("hours").sum()).sort("site", "day")
    sure = predictions.filter(pl.col("score") >= least_score).select("clip_id", pl.col("class_id").cast(pl.String))
    detections = sure.join(of_day, on="clip_id").group_by("site", "day", "class_id").agg(detections=pl.len())
    return effort, detections.sort("class_id", "site", "day")
