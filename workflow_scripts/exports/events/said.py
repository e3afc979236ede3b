"""What people said of clips, as stretches of their media, and of which clips they said nothing."""

import polars as pl

from workflow_scripts.exports.events.rows import in_media_time

NOTHING_SAID = ("unlabelled", "labels_outside")
"""Why clips are held back of which nothing is to be said."""


def said_in_media(
    labels: pl.DataFrame, clips: pl.DataFrame, called: pl.DataFrame, with_weak: bool = False
) -> pl.DataFrame:
    """All labels that people gave, as `in_media_time` has them, with why any is `left_out`.

    Where a clip has events, its labels of the whole clip are left out: as stretches they would be heard from its start
    to its end.

    Args:
        labels: of some clips, also what is heard behind.
        clips: these.
        called: class_id, label.
        with_weak: labels of whole clips are taken beside events too.
    """
    rows = in_media_time(labels.filter(pl.col("origin") == "annotated"), clips, called)
    is_strong = pl.col("strength") == "strong"
    beside = ~is_strong & is_strong.any().over("clip_id") & pl.lit(not with_weak)
    left_out = pl.when("is_outside").then(pl.lit("outside_clip")).when(beside).then(pl.lit("weak_beside_events"))
    return rows.with_columns(left_out=left_out)


def nothing_said(clips: pl.DataFrame, labels: pl.DataFrame, rows: pl.DataFrame, unlabelled: str) -> pl.Series:
    """Why clips are held back, null where they are not.

    Args:
        clips: in question.
        labels: theirs, as `said_in_media` takes them.
        rows: what it made of them.
        unlabelled: what becomes of clips without a label: `leave_out`, or `negative`, as clips in which nothing is
            heard; one in which something is heard behind is none of these.
    """
    is_annotated = pl.col("origin") == "annotated"
    of_labels = labels.group_by("clip_id").agg(said=pl.len(), annotated=is_annotated.sum())
    of_rows = rows.filter(pl.col("left_out").is_null()).group_by("clip_id").agg(rows=pl.len())
    counts = clips.select("clip_id")
    for counted in (of_labels, of_rows):
        counts = counts.join(counted, on="clip_id", how="left", maintain_order="left")
    said, annotated, written = (pl.col(name).fill_null(0) for name in ("said", "annotated", "rows"))
    is_unlabelled = (annotated == 0) & ((said > 0) | pl.lit(unlabelled == "leave_out"))
    why = (
        pl.when(is_unlabelled)
        .then(pl.lit("unlabelled"))
        .when((annotated > 0) & (written == 0))
        .then(pl.lit("labels_outside"))
    )
    return counts.select(held_back=why).to_series()
