"""Clips and checks put together: the ledger, the orphans, and how many of each."""

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.ledger.judge import judge
from workflow_scripts.ledger.match import match_names
from workflow_scripts.ledger.spans import LEVELS, span_levels
from workflow_scripts.media.archives import is_archive
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table

CHECKED = [
    "path",
    "member",
    "load_ok",
    "resample_ok",
    "feature_ok",
    "error_kind",
    "error",
    "duration_s",
    "sample_rate",
    "channels",
    *LEVELS,
]
"""What resolve needs to know of a check."""
ENVELOPE = ["envelope_peak", "envelope_rms"]
"""And, where clips are spans of a recording, this."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RootChecks:
    """A root of the dataset: its name and path, whether it holds clips or recordings, and its checks."""

    slug: str
    path: str
    holds: str
    checks: list[Path]


def resolve(
    clips: pl.DataFrame, roots: list[RootChecks], limits: dict[str, float], match: str
) -> dict[str, pl.DataFrame]:
    """Give each clip its media and its status.

    Of several media for one clip the first usable one serves it, in the order of the roots, then of paths; where none
    is usable, the first.

    Args:
        clips: the `clips` table.
        roots: in the order of the dataset file.
        limits: min_duration_s, max_duration_s and train_min_duration_s.
        match: how media are matched to clips: youtube, stem or path.

    Returns:
        The tables of tables.schemas.RESOLVED.
    """
    media = _read_media(roots)
    envelopes, media = media.select("media_row", "in_recording", *ENVELOPE), media.drop(ENVELOPE)
    clips = clips.with_row_index("clip_row")
    names = match_names(media.select("media_row", "path", "member"), clips, match)
    candidates = _candidates(names.filter(~pl.col("other_span")), clips, media, limits)
    serving = candidates.group_by("clip_row", maintain_order=True).first()
    serving = _with_own_levels(serving, clips, envelopes.filter("in_recording"))
    ledger = _ledger(clips, serving, limits)
    orphans = _orphans(media, names, serving, clips)
    tables = {
        "clips": ledger,
        "orphans": orphans,
        "summary": ledger.group_by("split", "status", maintain_order=True)
        .agg(clips=pl.len().cast(pl.Int64))
        .with_columns(pl.col("split", "status").cast(pl.String)),
        "roots": _root_counts(roots, media, ledger, orphans),
    }
    _log.info("%d clips, %d media, %d usable, %d orphans", len(clips), len(media), ledger["usable"].sum(), len(orphans))
    return tables


def _read_media(roots: list[RootChecks]) -> pl.DataFrame:
    """The checks of all roots in one frame, sorted by root and path, with `root_ordinal` and `media_row`."""
    empty = schemas.empty(schemas.CHECKS).select(*CHECKED, *ENVELOPE)
    empty = empty.with_columns(root_ordinal=pl.lit(0, dtype=pl.Int32))
    parts = [
        read_table(root.checks, [*CHECKED, *ENVELOPE] if root.holds == "recordings" else CHECKED).with_columns(
            root_ordinal=pl.lit(ordinal, dtype=pl.Int32)
        )
        for ordinal, root in enumerate(roots)
        if root.checks
    ]
    return (
        pl.concat([empty, *parts], how="diagonal")
        .rename({"duration_s": "media_duration_s"})
        .sort("root_ordinal", "path", "member")
        .with_columns(
            _by_root("root", [root.slug for root in roots], pl.String),
            _by_root("in_recording", [root.holds == "recordings" for root in roots], pl.Boolean),
        )
        .with_row_index("media_row")
        .with_columns(media_path=_media_paths(roots))
    )


def _by_root(name: str, values: list[Any], dtype: type[pl.DataType]) -> pl.Expr:
    """A column with the value of each media's root."""
    ordinals = list(range(len(values)))
    if not values:
        return pl.lit(None, dtype=dtype).alias(name)
    return pl.col("root_ordinal").replace_strict(ordinals, values, return_dtype=dtype).alias(name)


def _media_paths(roots: list[RootChecks]) -> pl.Expr:
    """Absolute paths, a literal backslash given back; bytes that are no UTF-8 stay written as in the tables."""
    paths = [os.path.abspath(root.path) for root in roots]
    folders = [os.path.dirname(path) if is_archive(path) and not os.path.isdir(path) else path for path in paths]
    return pl.concat_str(
        _by_root("folder", folders, pl.String),
        pl.lit("/"),
        pl.col("path").str.replace_all(r"\x5cx", r"\x", literal=True),
    )


def _candidates(
    names: pl.DataFrame, clips: pl.DataFrame, media: pl.DataFrame, limits: dict[str, float]
) -> pl.DataFrame:
    """Every media that could serve a clip with the clip's status in its light, the best first for each clip."""
    return (
        names.select("media_row", "clip_row")
        .join(media, on="media_row", how="left", maintain_order="left")
        .join(clips.select("clip_row", "start_s", "end_s"), on="clip_row", how="left", maintain_order="left")
        .with_columns(judge(limits))
        .sort(pl.col("status") != "usable", "media_row")
        .drop("start_s", "end_s")
    )


def _with_own_levels(serving: pl.DataFrame, clips: pl.DataFrame, envelopes: pl.DataFrame) -> pl.DataFrame:
    """The levels of its own stretch for each clip that is a span; those of the media for one that is all of it."""
    spans = serving.filter(~pl.col("whole_media")).select("clip_row", "media_row")
    if spans.is_empty():
        return serving
    spans = spans.join(clips.select("clip_row", "start_s", "end_s"), on="clip_row", maintain_order="left")
    own = span_levels(spans, envelopes)
    levels = [pl.when("whole_media").then(name).otherwise(f"{name}_own").alias(name) for name in LEVELS]
    return serving.join(own, on="clip_row", how="left", maintain_order="left", suffix="_own").with_columns(levels)


def _ledger(clips: pl.DataFrame, serving: pl.DataFrame, limits: dict[str, float]) -> pl.DataFrame:
    usable = pl.col("status") == "usable"
    return (
        clips.join(serving, on="clip_row", how="left", maintain_order="left")
        .with_columns(
            pl.col("status").fill_null("missing"),
            pl.col("root", "error_kind").cast(pl.Categorical),
        )
        .with_columns(
            usable=usable,
            trainable=usable & (pl.col("duration_s") >= limits["train_min_duration_s"]).fill_null(False),
        )
        .select(*schemas.CLIPS.columns)
    )


def _orphans(media: pl.DataFrame, names: pl.DataFrame, serving: pl.DataFrame, clips: pl.DataFrame) -> pl.DataFrame:
    """Media that serve no clip. One that could have served is superseded by the one that does."""
    spoken_of = (
        names.sort("other_span", "clip_row", maintain_order=True).group_by("media_row", maintain_order=True).first()
    )
    reason = (
        pl.when(pl.col("clip_row").is_null())
        .then(pl.lit("unclaimed"))
        .when("other_span")
        .then(pl.lit("other_span"))
        .otherwise(pl.lit("superseded"))
    )
    return (
        media.select("media_row", "root", "path", "member")
        .join(serving.select("media_row"), on="media_row", how="anti", maintain_order="left")
        .join(spoken_of, on="media_row", how="left", maintain_order="left")
        .join(clips.select("clip_row", "clip_id"), on="clip_row", how="left", maintain_order="left")
        .with_columns(reason=reason)
        .select(*schemas.ORPHANS.columns)
    )


def _root_counts(
    roots: list[RootChecks], media: pl.DataFrame, ledger: pl.DataFrame, orphans: pl.DataFrame
) -> pl.DataFrame:
    served = ledger.group_by(pl.col("root").cast(pl.String)).agg(served=pl.len(), usable=pl.col("usable").sum())
    return (
        pl.DataFrame(
            {
                "root": [root.slug for root in roots],
                "ordinal": range(len(roots)),
                "path": [os.path.abspath(root.path) for root in roots],
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
