"""Pairs of clips that are to be mixed."""

import polars as pl

from workflow_scripts.sources.clips.naming import SPAN, in_ms
from workflow_scripts.sources.clips.said import Said
from workflow_scripts.tables import schemas

ADDED = "added_"
"""What the names of columns begin with that are about the second clip of a pair."""


def mixed(pairs: pl.DataFrame, clips: pl.DataFrame) -> Said:
    """Find the clips that pairs are made of.

    Args:
        pairs: source, line, raw, split, reason and detail; media_key, start_s, end_s and offset_s of the first clip,
            and the same of the second, their names behind ADDED.
        clips: rows of clips as `named` gives them.

    Returns:
        The rows, with `clip_id` of the first clip; and the table `mixtures`.
    """
    known = clips.select("clip_id", "media_key", *SPAN).unique(["media_key", *SPAN], keep="first", maintain_order=True)
    spans = [f"{prefix}{name}" for prefix in ("", ADDED) for name in ("start_s", "end_s")]
    pairs = pairs.with_columns(pl.when(pl.col("reason").is_null()).then(name).alias(name) for name in spans)
    rows = _found(_found(pairs, known, ""), known, ADDED)
    nobody = pl.col("clip_id").is_null() | pl.col(f"{ADDED}clip_id").is_null()
    again = pl.struct("clip_id", f"{ADDED}clip_id").is_first_distinct().not_() & ~nobody
    good = pl.col("reason").is_null()
    rows = rows.with_columns(again=(again & good).fill_null(value=False), nobody=nobody & good)
    rows = rows.with_columns(
        reason=pl.when("nobody")
        .then(pl.lit("no_such_clip"))
        .when("again")
        .then(pl.lit("duplicate_id"))
        .otherwise("reason"),
        detail=pl.when("nobody")
        .then(pl.lit("one of its clips is not promised"))
        .when("again")
        .then(pl.format("{} and {} are a pair already", "clip_id", f"{ADDED}clip_id"))
        .otherwise("detail"),
    ).drop("again", "nobody")
    return Said(rows, rows.filter(pl.col("reason").is_null()).select(_typed(name) for name in schemas.MIXTURES.columns))


def _found(pairs: pl.DataFrame, clips: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Pairs with the id of the clip that one half of them is."""
    span = [f"{prefix}{name}" for name in SPAN]
    clips = clips.rename({name: f"{prefix}{name}" for name in clips.columns})
    pairs = pairs.with_columns(in_ms(prefix))
    on = [f"{prefix}media_key", *span]
    return pairs.join(clips, on=on, how="left", maintain_order="left", nulls_equal=True).drop(span)


def _typed(name: str) -> pl.Expr:
    return pl.col(name).cast(schemas.MIXTURES.columns[name].dtype)
