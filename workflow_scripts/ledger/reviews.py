"""What reviews make of clips: which of them count, what they say together, and captions as they correct them.

A word about another sound than serves the clip now says nothing of it. Of what one reviewer says of one caption of a
clip (its first, where nothing is said of captions) the last word counts, and of their words on a clip the last verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia
from workflow_scripts.ledger.serve import Served
from workflow_scripts.sources.moments import instant
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import ROW_GROUP

OF_CLIPS = ("verdict", "reviewers", "review_note", "corrected_caption", "reviewed_class_ids")
"""Columns of `clips` that reviews fill."""
_SAYS = ("verdict", "caption", "class_ids", "note")
"""A row without any of these takes back what its reviewer said before, and is no word itself."""
_IN_ORDER = (pl.col("said_at").is_not_null(), "said_at", "source", "line")
"""One reviewer's words: what is without a time comes first."""


@dataclass(frozen=True)
class Reviewed:
    """The reviews of a dataset.

    Attributes:
        table: the `reviews` table.
        of_clips: `clip_id` and OF_CLIPS, of clips of which anything is said that counts.
        captions: `clip_id`, `ordinal` and `caption`, of those that are corrected.
    """

    table: pl.DataFrame
    of_clips: pl.DataFrame
    captions: pl.DataFrame


def reviewed(found: pl.LazyFrame, promised: pl.LazyFrame, served: Served, media: CheckedMedia) -> Reviewed:
    """Judge the reviews of a dataset by the media that serve its clips.

    Args:
        found: `found_reviews`, of clips that are promised.
        promised: that table.
        served: which media serves which clip.
        media: all checked media.
    """
    said = found.collect()
    if said.is_empty():
        return judged(said, pl.DataFrame(schema={"clip_id": pl.String, "digest_now": pl.String}))
    rows = promised.select("clip_id").with_row_index("clip_row")
    asked = said.lazy().select(pl.col("clip_id").unique())
    clips = rows.join(asked, on="clip_id", how="semi").collect(engine="streaming")
    serving = clips.join(served.serving.select("clip_row", "media_row"), on="clip_row")
    digests = media.more(serving["media_row"], ["pcm_digest"]).rename({"pcm_digest": "digest_now"})
    return judged(said, serving.join(digests, on="media_row", how="left").select("clip_id", "digest_now"))


def judged(found: pl.DataFrame, digests: pl.DataFrame) -> Reviewed:
    """The same by the digests of the media that serve clips: `clip_id` and `digest_now`, as far as there are any."""
    told = found.join(digests, on="clip_id", how="left").with_columns(said_at=instant(pl.col("reviewed_at")))
    stale = pl.col("pcm_digest") != pl.col("digest_now")
    told = told.with_columns(stale=stale, is_fresh=~stale.fill_null(value=False)).sort(*_IN_ORDER)
    one_thing = ("clip_id", "ordinal", "reviewer", "is_fresh")
    is_last = pl.int_range(pl.len()).reverse().over(one_thing) == 0
    says = pl.any_horizontal(pl.col(*_SAYS).is_not_null())
    told = told.with_columns(superseded=pl.col("is_fresh") & ~is_last, counts=pl.col("is_fresh") & is_last & says)
    counting = told.filter("counts")
    captions = counting.filter(pl.col("caption").is_not_null()).unique(
        ["clip_id", "ordinal"], keep="last", maintain_order=True
    )
    return Reviewed(
        told.sort("source", "line").select(*schemas.REVIEWS.columns),
        _of_clips(counting, captions),
        captions.select("clip_id", "ordinal", "caption"),
    )


def _of_clips(counting: pl.DataFrame, captions: pl.DataFrame) -> pl.DataFrame:
    """What reviews that count, in the order of time, say of each clip together."""
    said = counting.group_by("clip_id", maintain_order=True).agg(
        reviewers=pl.col("reviewer").drop_nulls().unique().sort(),
        review_note=pl.col("note").drop_nulls().unique(maintain_order=True).str.join("\n"),
        reviewed_class_ids=pl.col("class_ids").drop_nulls().last(),
    )
    corrected = captions.sort("ordinal").unique("clip_id", keep="first", maintain_order=True)
    return (
        said.join(_verdicts(counting), on="clip_id", how="left")
        .join(corrected.select("clip_id", corrected_caption="caption"), on="clip_id", how="left")
        .with_columns(
            pl.when(pl.col("review_note") != "").then("review_note").alias("review_note"),
            pl.col("reviewed_class_ids").cast(pl.List(pl.Categorical)),
        )
        .select("clip_id", *OF_CLIPS)
    )


def _verdicts(counting: pl.DataFrame) -> pl.DataFrame:
    """One verdict a clip, of one of each reviewer: that of which there are more, or that it is disputed."""
    of_each = counting.filter(pl.col("verdict").is_not_null()).unique(["clip_id", "reviewer"], keep="last")
    drops = (pl.col("verdict") == "drop").sum().cast(pl.Int64)
    balance = of_each.group_by("clip_id").agg(balance=2 * drops - pl.len().cast(pl.Int64))
    keep, drop = schemas.VERDICTS
    verdict = pl.when(pl.col("balance") > 0).then(pl.lit(drop)).when(pl.col("balance") < 0).then(pl.lit(keep))
    return balance.select("clip_id", verdict=verdict.otherwise(pl.lit(schemas.DISPUTED)).cast(pl.Categorical))


def with_reviews(clips: pl.DataFrame, of_clips: pl.DataFrame) -> pl.DataFrame:
    """Clips with OF_CLIPS, in their order."""
    if of_clips.is_empty():
        types = {name: schemas.CLIPS.columns[name].dtype for name in OF_CLIPS}
        return clips.with_columns(pl.lit(None, kind).alias(name) for name, kind in types.items())
    return clips.join(of_clips, on="clip_id", how="left", maintain_order="left")


def corrected(found: pl.LazyFrame, corrections: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The `captions` table, some row groups at a time.

    Args:
        found: `found_captions`.
        corrections: `clip_id`, `ordinal` and `caption`.
    """
    for part in found.collect_batches(chunk_size=ROW_GROUP, maintain_order=True, engine="streaming"):
        told = part.join(corrections, on=["clip_id", "ordinal"], how="left", maintain_order="left")
        is_other = (pl.col("caption") != pl.col("text")).fill_null(value=False)
        yield told.select(
            "clip_id",
            "ordinal",
            text=pl.when(is_other).then("caption").otherwise("text"),
            found_text=pl.when(is_other).then("text"),
        )
    yield schemas.CAPTIONS.empty()
