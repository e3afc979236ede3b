"""The rows of the ledger: what is promised of each clip, and what the media that serves it says."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia, RootChecks, by_root
from workflow_scripts.ledger.links import media_paths
from workflow_scripts.ledger.reviews import with_reviews
from workflow_scripts.ledger.serve import Served
from workflow_scripts.ledger.sheaves import Sheaves
from workflow_scripts.ledger.spans import ENVELOPE, LEVELS, SPANS_AT_ONCE, span_levels
from workflow_scripts.tables import schemas

OF_MEDIA = ["path", "member", "error_kind", "error", "sample_rate", "channels", *LEVELS]
"""What a clip says of the media that serves it."""
TOLD: dict[str, Any] = {
    "clip_row": pl.UInt32,
    "status": pl.Categorical,
    "whole_media": pl.Boolean,
    "duration_s": pl.Float64,
    "root": pl.String,
    "media_path": pl.String,
    **{name: schemas.CHECKS.columns[name].dtype for name in OF_MEDIA},
}


def put_told(served: Served, spans: pl.DataFrame, media: CheckedMedia, roots: list[RootChecks], told: Sheaves) -> None:
    """Put aside what the media that serve clips say of them, in the order of their files.

    Args:
        served: which media serves which clip.
        spans: `start_s` and `end_s` of all clips.
        media: all checked media.
        roots: in the order of the dataset file.
        told: where it is put.
    """
    slugs = [root.slug for root in roots]
    for serving in served.serving.sort("media_row").iter_slices(told.clips_at_once):
        of_media = media.more(serving["media_row"], OF_MEDIA)
        said = serving.join(of_media, on="media_row", how="left", maintain_order="left")
        said = said.with_columns(media.table["root_ordinal"].gather(said["media_row"]))
        said = said.with_columns(by_root("root", slugs, pl.String), media_path=media_paths(said, roots))
        told.put(_with_own_levels(said, spans, media))


def rows(
    promised: pl.LazyFrame, served: Served, told: Sheaves, limits: dict[str, float], reviews: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """The `clips` table, part by part; `reviews` is what they say of clips, as `ledger.reviews` has it."""
    for part, (first, behind) in enumerate(told.parts):
        clips = promised.slice(first, behind - first).collect().with_row_index("clip_row", first)
        ambiguous = served.errors.take(part).with_columns(status=pl.lit("ambiguous").cast(pl.Categorical))
        known = pl.concat([told.take(part), ambiguous], how="diagonal")
        clips = clips.join(known, on="clip_row", how="left", maintain_order="left")
        yield _judged(with_reviews(clips, reviews), limits)


def _judged(clips: pl.DataFrame, limits: dict[str, float]) -> pl.DataFrame:
    usable, is_dropped = pl.col("status") == "usable", (pl.col("verdict") == "drop").fill_null(value=False)
    is_long = (pl.col("duration_s") >= limits["train_min_duration_s"]).fill_null(value=False)
    return (
        clips.with_columns(pl.col("status").fill_null("missing"), pl.col("root", "error_kind").cast(pl.Categorical))
        .with_columns(
            usable=usable,
            trainable=usable & is_long & ~is_dropped,
        )
        .select(*schemas.CLIPS.columns)
    )


def _with_own_levels(serving: pl.DataFrame, spans: pl.DataFrame, media: CheckedMedia) -> pl.DataFrame:
    """The levels of its own stretch for each clip that is a span; those of the media for one that is all of it."""
    parts = serving.filter(~pl.col("whole_media")).select("clip_row", "media_row")
    if parts.is_empty():
        return serving
    parts = pl.concat([parts, spans[parts["clip_row"]]], how="horizontal")
    own = pl.concat(
        span_levels(some, media.more(some["media_row"], ENVELOPE)) for some in parts.iter_slices(SPANS_AT_ONCE)
    )
    levels = [pl.when("whole_media").then(name).otherwise(f"{name}_own").alias(name) for name in LEVELS]
    return serving.join(own, on="clip_row", how="left", maintain_order="left", suffix="_own").with_columns(levels)
