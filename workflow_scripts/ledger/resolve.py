"""Clips and checks put together: the ledger, the orphans, and how many of each."""

import logging
import os
from collections.abc import Sequence

import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia, RootChecks
from workflow_scripts.ledger.links import media_paths
from workflow_scripts.ledger.match import match_names
from workflow_scripts.ledger.serve import Served, serve
from workflow_scripts.ledger.spans import ENVELOPE, LEVELS, span_levels
from workflow_scripts.media.names import to_text
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table

OF_MEDIA = ["root_ordinal", "root", "path", "member", "error_kind", "error", "sample_rate", "channels", *LEVELS]
"""What a clip says of the media that serves it."""

_log = logging.getLogger(__name__)


def resolve(
    clips: pl.DataFrame, roots: list[RootChecks], limits: dict[str, float], match: str, splits: Sequence[str] = ()
) -> dict[str, pl.DataFrame]:
    """Give each clip its media and its status.

    Args:
        clips: the `promised` table.
        roots: in the order of the dataset file.
        limits: min_duration_s, max_duration_s and train_min_duration_s.
        match: how media are matched to clips: youtube, stem or path.
        splits: those that there should be, as far as it is known before a row is read.

    Returns:
        The tables of tables.schemas.RESOLVED.
    """
    media = CheckedMedia(roots)
    clips = clips.with_row_index("clip_row")
    names = match_names(media.table.select("media_row", "path", "member"), clips, match)
    served = serve(names.filter(~pl.col("other_span")), clips, media, limits)
    ledger = _ledger(clips, served, media, roots, limits)
    orphans = pl.concat([_orphans(media.table, names, served, clips), _not_looked_at(roots)])
    tables = {
        "clips": ledger,
        "orphans": orphans,
        "summary": _summary(ledger, splits),
        "roots": _root_counts(roots, media.table, ledger, orphans),
    }
    _log.info(
        "%d clips, %d media, %d usable, %d ambiguous, %d orphans",
        len(clips),
        len(media.table),
        ledger["usable"].sum(),
        len(served.ambiguous),
        len(orphans),
    )
    return tables


def _ledger(
    clips: pl.DataFrame, served: Served, media: CheckedMedia, roots: list[RootChecks], limits: dict[str, float]
) -> pl.DataFrame:
    told = media.table.select(OF_MEDIA)[served.serving["media_row"]]
    serving = pl.concat([served.serving, told], how="horizontal").with_columns(media_path=media_paths(told, roots))
    serving = _with_own_levels(serving, clips, media)
    ambiguous = served.ambiguous.with_columns(status=pl.lit("ambiguous").cast(serving.schema["status"]))
    usable = pl.col("status") == "usable"
    return (
        clips.join(pl.concat([serving, ambiguous], how="diagonal"), on="clip_row", how="left", maintain_order="left")
        .with_columns(pl.col("status").fill_null("missing"), pl.col("root", "error_kind").cast(pl.Categorical))
        .with_columns(
            usable=usable,
            trainable=usable & (pl.col("duration_s") >= limits["train_min_duration_s"]).fill_null(False),
        )
        .select(*schemas.CLIPS.columns)
    )


def _with_own_levels(serving: pl.DataFrame, clips: pl.DataFrame, media: CheckedMedia) -> pl.DataFrame:
    """The levels of its own stretch for each clip that is a span; those of the media for one that is all of it."""
    spans = serving.filter(~pl.col("whole_media")).select("clip_row", "media_row")
    if spans.is_empty():
        return serving
    spans = spans.join(clips.select("clip_row", "start_s", "end_s"), on="clip_row", maintain_order="left")
    own = span_levels(spans, media.more(spans["media_row"], ENVELOPE))
    levels = [pl.when("whole_media").then(name).otherwise(f"{name}_own").alias(name) for name in LEVELS]
    return serving.join(own, on="clip_row", how="left", maintain_order="left", suffix="_own").with_columns(levels)


def _orphans(media: pl.DataFrame, names: pl.DataFrame, served: Served, clips: pl.DataFrame) -> pl.DataFrame:
    """Media that serve no clip, with the clip that their name speaks of; an ambiguous one before others."""
    left_over = media.select("media_row", "root", "path", "member").join(
        served.serving.select("media_row"), on="media_row", how="anti", maintain_order="left"
    )
    untold = served.ambiguous.select("clip_row", is_ambiguous=True)
    spoken_of = (
        names.join(left_over, on="media_row", how="semi", maintain_order="left")
        .join(untold, on="clip_row", how="left", maintain_order="left")
        .sort("other_span", pl.col("is_ambiguous").is_null(), "clip_row", maintain_order=True)
        .unique("media_row", keep="first", maintain_order=True)
    )
    reason = (
        pl.when(pl.col("clip_row").is_null())
        .then(pl.lit("unclaimed"))
        .when("other_span")
        .then(pl.lit("other_span"))
        .when("is_ambiguous")
        .then(pl.lit("ambiguous"))
        .otherwise(pl.lit("superseded"))
    )
    return (
        left_over.join(spoken_of, on="media_row", how="left", maintain_order="left")
        .join(clips.select("clip_row", "clip_id"), on="clip_row", how="left", maintain_order="left")
        .with_columns(reason=reason)
        .select(*schemas.ORPHANS.columns)
    )


def _not_looked_at(roots: list[RootChecks]) -> pl.DataFrame:
    """What the scans left aside: it holds audio of kinds that are not read, so nobody asks whether it could serve."""
    parts = [
        read_table(root.not_looked_at).with_columns(
            root=pl.lit(root.slug), reason=pl.lit("not_looked_at"), clip_id=pl.lit(None, dtype=pl.String)
        )
        for root in roots
        if root.not_looked_at is not None
    ]
    columns = list(schemas.ORPHANS.columns)
    return pl.concat([schemas.ORPHANS.empty(), *(part.select(columns) for part in parts)])


def _summary(ledger: pl.DataFrame, splits: Sequence[str]) -> pl.DataFrame:
    """Clips by split and status; a split that has no usable clip says so, and one that lost every row has no other."""
    counts = (
        ledger.group_by("split", "status", maintain_order=True)
        .agg(clips=pl.len().cast(pl.Int64))
        .with_columns(pl.col("split", "status").cast(pl.String))
    )
    usable = counts.filter(pl.col("status") == "usable")
    lost = (
        pl.concat([counts.select("split"), pl.DataFrame({"split": splits}, schema={"split": pl.String})])
        .unique(maintain_order=True)
        .join(usable, on="split", how="anti", maintain_order="left")
        .with_columns(status=pl.lit("usable"), clips=pl.lit(0, dtype=pl.Int64))
    )
    return pl.concat([counts, lost])


def _root_counts(
    roots: list[RootChecks], media: pl.DataFrame, ledger: pl.DataFrame, orphans: pl.DataFrame
) -> pl.DataFrame:
    served = ledger.group_by(pl.col("root").cast(pl.String)).agg(served=pl.len(), usable=pl.col("usable").sum())
    return (
        pl.DataFrame(
            {
                "root": [root.slug for root in roots],
                "ordinal": range(len(roots)),
                "path": [to_text(os.path.abspath(root.path)) for root in roots],
                "holds": [root.holds for root in roots],
            },
            schema={"root": pl.String, "ordinal": pl.Int32, "path": pl.String, "holds": pl.String},
        )
        .join(media.group_by("root").agg(media=pl.len()), on="root", how="left", maintain_order="left")
        .join(served, on="root", how="left", maintain_order="left")
        .join(orphans.group_by("root").agg(orphans=pl.len()), on="root", how="left", maintain_order="left")
        .with_columns(pl.col("media", "served", "usable", "orphans").fill_null(0).cast(pl.Int64))
        .select(*schemas.ROOTS.columns)
    )
