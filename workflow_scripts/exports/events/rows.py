"""What is heard from when to when in a media, in the media's own time."""

import polars as pl

from workflow_scripts.exports.reading import MEDIA
from workflow_scripts.exports.text import CONTROL

DECIMALS = 9
"""Of seconds: finer than any sample, coarser than what sums of floats add."""


def begins_in_media() -> pl.Expr:
    """Where a clip begins in its media, seconds; by `whole_media` and `start_s`."""
    return pl.when("whole_media").then(0.0).otherwise(pl.col("start_s").fill_null(0.0))


def in_media_time(labels: pl.DataFrame, clips: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    """Labels as stretches of their media, media in the order of the clips, of one in order of time.

    An event is told in seconds from its clip's start: in a clip that is a span of its media it is heard so much later
    there. A label of a whole clip is all of the clip. An event that goes on beyond its clip, of which alone it speaks,
    or beyond the media, ends there; one that begins there is heard in neither. One of no length stays so.

    Args:
        labels: clip_id, class_id, onset_s, offset_s (both null where it is of the whole clip), and whatever else is
            said of each.
        clips: clip_id, MEDIA, whole_media, start_s, duration_s, and whatever else is wanted of each; those of a media
            side by side. Labels of other clips are left out.
        called: class_id, label.

    Returns:
        The columns of all three, with `begin_s` and `end_s`, and whether a label `is_outside`, or `is_cut`.
    """
    placed = clips.with_columns(begins_s=begins_in_media(), place=pl.struct(MEDIA).rle_id()).with_row_index(
        "clip_place"
    )
    onset, offset = pl.col("onset_s").fill_null(0.0), pl.col("offset_s").fill_null(pl.col("duration_s"))
    end = pl.min_horizontal(offset, "duration_s")
    told = placed.join(labels, on="clip_id").join(called, on="class_id", how="left")
    return (
        told.with_columns(
            begin_s=(pl.col("begins_s") + onset).round(DECIMALS),
            end_s=(pl.col("begins_s") + end).round(DECIMALS),
            is_outside=onset >= pl.col("duration_s"),
            is_cut=(end < offset) & (onset < pl.col("duration_s")),
        )
        .sort("place", "begin_s", "end_s", "label", "class_id", "clip_place")
        .drop("place", "clip_place", "begins_s")
    )


def seconds(column: str, decimals: int) -> pl.Expr:
    """Seconds as text with so many decimals, of up to three months.

    A number is else written with an exponent where it is small, which not every reader of such texts takes.
    """
    steps = (pl.col(column) * 10**decimals).round().cast(pl.Int64)
    fraction = (steps % 10**decimals).cast(pl.String).str.zfill(decimals)
    return pl.concat_str((steps // 10**decimals).cast(pl.String), pl.lit("."), fraction)


def cell(column: str) -> pl.Expr:
    """A text as a cell between tabs, quoted where a quotation mark begins it: there alone readers look for one.

    Where it holds ends of lines or of cells a blank stands for them.
    """
    text = pl.col(column).str.replace_all(CONTROL, " ")
    quoted = pl.concat_str(pl.lit('"'), text.str.replace_all('"', '""', literal=True), pl.lit('"'))
    return pl.when(text.str.starts_with('"')).then(quoted).otherwise(text)
