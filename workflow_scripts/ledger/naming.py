"""What a media file is called after.

Known forms are `<id>`, `Y<id>`, `<id>_<start>` and `<id>_<start>_<end>`, the latter two with a `Y` before them too. An
id may itself begin with `Y` or hold `_`, so a name has several readings; the labels tell which one is promised.
"""

import polars as pl

TIME = r"\d+(?:\.\d+)?"
PREFIXES = ("", "Y")
FORMS = (r"^{prefix}(?P<id>.+)$", rf"^{{prefix}}(?P<id>.+?)_(?P<start>{TIME})(?:_(?P<end>{TIME}))?$")
READINGS = [form.format(prefix=prefix) for form in FORMS for prefix in PREFIXES]
"""Regular expressions for the readings of a stem, the most literal first."""

START_TOLERANCE_S = 0.011
"""Names give starts in whole hundredths at best."""


def match_names(media: pl.DataFrame, clips: pl.DataFrame) -> pl.DataFrame:
    """Read each stem the most literal way that the labels promise.

    Args:
        media: `media_row` and `stem`.
        clips: `clip_row`, `media_id` and `start_s`.

    Returns:
        One row a media and clip that its name speaks of: `media_row`, `clip_row`, `other_span` (the name carries the
        start of another span, so the media does not hold this clip).
    """
    promised = clips.select("clip_row", "media_id", "start_s")
    unread, found = media, []
    for reading in READINGS:
        if unread.is_empty():
            break
        read = (
            unread.with_columns(pl.col("stem").str.extract_groups(reading).alias("parts"))
            .with_columns(
                pl.col("parts").struct.field("id").alias("media_id"),
                (pl.col("parts").struct.field("start") if "start" in reading else pl.lit(None, dtype=pl.String)).alias(
                    "named_start"
                ),
            )
            .join(promised, on="media_id", how="inner", maintain_order="left_right")
        )
        found.append(read.select("media_row", "clip_row", other_span=~_is_same_start()))
        unread = unread.join(read, on="media_row", how="anti", maintain_order="left")
    empty = pl.DataFrame(schema={"media_row": pl.UInt32, "clip_row": pl.UInt32, "other_span": pl.Boolean})
    return pl.concat([empty, *found])


def _is_same_start() -> pl.Expr:
    """A start in a name is in seconds, or in whole milliseconds; either may agree with the label. None always does."""
    named = pl.col("named_start").cast(pl.Float64, strict=False)
    seconds = (named - pl.col("start_s")).abs() <= START_TOLERANCE_S
    milliseconds = (named / 1000 - pl.col("start_s")).abs() <= START_TOLERANCE_S
    return (seconds | milliseconds).fill_null(True)
