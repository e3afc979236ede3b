"""What a media file is called after.

Known forms are `<id>`, `Y<id>`, `<id>_<start>` and `<id>_<start>_<end>`, the latter two with a `Y` before them too. An
id may itself begin with `Y` or hold `_`, so a name has several readings; the labels tell which one is promised.
"""

import polars as pl

TIME = r"\d+(?:\.\d+)?"
TIMED_FORMS = (rf"(?P<id>.+)_(?P<start>{TIME})", rf"(?P<id>.+)_(?P<start>{TIME})_{TIME}")
PREFIXES = ("", "Y")
START_TOLERANCE_S = 0.011
"""Names give starts in whole hundredths of a second at best, or in milliseconds."""
MILLISECOND_TOLERANCE_S = 0.0005


def match_names(media: pl.DataFrame, clips: pl.DataFrame) -> pl.DataFrame:
    """Read each stem the most literal way that the labels promise.

    Args:
        media: `media_row` and `stem`.
        clips: `clip_row`, `media_key` and `start_s`.

    Returns:
        One row a media and clip that its name speaks of: `media_row`, `clip_row`, `other_span` (no reading names the
        start of a promised clip, only another start of it; so the media does not hold this clip).
    """
    promised = clips.select("clip_row", "media_key", "start_s")
    unread = media.select("media_row", "stem")
    found, doubtful = [], []
    for reading in _readings():
        if unread.is_empty():
            break
        read = (
            unread.with_columns(reading)
            .drop_nulls("media_key")
            .join(promised, on="media_key", maintain_order="left_right")
        )
        is_same = _is_same_start()
        found.append(read.filter(is_same).select("media_row", "clip_row"))
        doubtful.append(read.filter(~is_same).select("media_row", "clip_row"))
        unread = unread.join(found[-1], on="media_row", how="anti", maintain_order="left")
    empty = pl.DataFrame(schema={"media_row": pl.UInt32, "clip_row": pl.UInt32})
    sure = pl.concat([empty, *found])
    other = pl.concat([empty, *doubtful]).join(unread, on="media_row", how="semi", maintain_order="left")
    return pl.concat(
        [
            sure.with_columns(other_span=pl.lit(False)),
            other.unique(maintain_order=True).with_columns(other_span=pl.lit(True)),
        ]
    )


def _readings() -> list[list[pl.Expr]]:
    """Expressions for `media_key` and `named_start` of each reading of a stem, the most literal first."""
    nowhere = pl.lit(None, dtype=pl.String).alias("named_start")
    stem = pl.col("stem")
    plain = [stem.alias("media_key"), nowhere]
    after_y = [pl.when(stem.str.starts_with("Y")).then(stem.str.slice(1)).alias("media_key"), nowhere]
    timed = [
        [stem.str.extract(pattern, 1).alias("media_key"), stem.str.extract(pattern, 2).alias("named_start")]
        for pattern in (f"^{prefix}{form}$" for form in TIMED_FORMS for prefix in PREFIXES)
    ]
    return [plain, after_y, *timed]


def _is_same_start() -> pl.Expr:
    """A start in a name is in seconds, or in whole milliseconds; either may agree with the label. None always does."""
    named = pl.col("named_start").cast(pl.Float64, strict=False)
    seconds = (named - pl.col("start_s")).abs() <= START_TOLERANCE_S
    milliseconds = (named / 1000 - pl.col("start_s")).abs() <= MILLISECOND_TOLERANCE_S
    return (seconds | milliseconds).fill_null(True)
