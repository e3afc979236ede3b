"""Which media serves a clip, and where nobody can tell."""

from dataclasses import dataclass

import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia
from workflow_scripts.ledger.copies import choose
from workflow_scripts.ledger.judge import judge

JUDGED = [
    "media_row",
    "root_ordinal",
    "in_recording",
    "load_ok",
    "resample_ok",
    "feature_ok",
    "error_kind",
    "media_duration_s",
    "declared_duration_s",
]
"""What a clip is judged by."""
NAMED = 20
"""So many of the media that answer to an ambiguous clip are named."""
ONE_SOUND = "{} files answer to its name and are not one sound: {}"
ONE_CLIP = (
    "clips of other spans are called so too, and no time stands in the name of: {}. Put the start in seconds behind "
    "the id; if it is the whole recording, say `holds: recordings` of its root"
)


@dataclass(frozen=True)
class Served:
    """What was found for the clips; those in neither table have no media.

    Attributes:
        serving: `clip_row`, `media_row`, and `status`, `whole_media` and `duration_s` in its light.
        ambiguous: `clip_row`, `error_kind` and `error`, which names what answers to the clip's name.
    """

    serving: pl.DataFrame
    ambiguous: pl.DataFrame


def serve(names: pl.DataFrame, clips: pl.DataFrame, media: CheckedMedia, limits: dict[str, float]) -> Served:
    """Find the media that serves each clip.

    Of several the first usable one in the order of the roots, then of paths, is looked at; where its root holds more
    usable ones that are named as literally, they must be copies of one sound. Where none is usable, the first serves.

    Args:
        names: ledger.match.MATCHED; media that hold the clip as far as their names tell.
        clips: `clip_row`, `start_s` and `end_s`; sorted by `clip_row`, their place.
        media: all checked media.
        limits: min_duration_s and max_duration_s of the dataset.
    """
    candidates = _candidates(names, clips, media, limits)
    candidates, of_several = _without_those_of_several_clips(candidates)
    is_alone = ~candidates["clip_row"].is_duplicated()
    alone, rivals = candidates.filter(is_alone), candidates.filter(~is_alone)
    is_usable = pl.col("status") == "usable"
    named_best = pl.col("literalness") == pl.col("literalness").min().over("clip_row", "root_ordinal")
    rivals = rivals.filter(named_best).sort("clip_row", ~is_usable, "media_row")
    first = rivals.unique("clip_row", keep="first", maintain_order=True)
    contested = rivals.filter(is_usable).join(
        first.filter(is_usable), on=["clip_row", "root_ordinal"], how="semi", maintain_order="left"
    )
    contested = contested.filter(pl.col("clip_row").is_duplicated())
    best, apart = choose(contested, media)
    undisputed = first.join(contested, on="clip_row", how="anti", maintain_order="left")
    serving = pl.concat([alone, undisputed, best]).select(
        "clip_row", "media_row", "status", "whole_media", "duration_s"
    )
    several_sounds = _named(apart, media).with_columns(
        error_kind=pl.lit("several_sounds"), error=pl.format(ONE_SOUND, "files", "names")
    )
    several_clips = _named(of_several, media).with_columns(
        error_kind=pl.lit("several_clips"), error=pl.format(ONE_CLIP, "names")
    )
    ambiguous = pl.concat([several_sounds, several_clips]).select("clip_row", "error_kind", "error")
    return Served(serving, ambiguous)


def _candidates(
    names: pl.DataFrame, clips: pl.DataFrame, media: CheckedMedia, limits: dict[str, float]
) -> pl.DataFrame:
    """Every media that may hold a clip, with the clip's status in its light."""
    of_media = media.table.select(JUDGED)[names["media_row"]]
    of_clips = clips.select("start_s", "end_s")[names["clip_row"]]
    return (
        pl.concat([names.select("clip_row", "literalness", "is_cut"), of_media, of_clips], how="horizontal")
        .with_columns(pl.col("in_recording") & ~pl.col("is_cut"))
        .with_columns(judge(limits))
        .drop(JUDGED[3:])
    )


def _without_those_of_several_clips(candidates: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set apart media that are one clip, and whose name fits several with other spans.

    Returns:
        The candidates of clips that can be told, and of the others those media. A clip can be told that has a usable
        media of its own.
    """
    is_shared = pl.col("media_row").is_duplicated() & ~pl.col("in_recording")
    spans = candidates.filter(is_shared).group_by("media_row").agg(spans=pl.struct("start_s", "end_s").n_unique())
    several = spans.filter(pl.col("spans") > 1)
    if several.is_empty():
        return candidates, candidates.clear()
    unsure = candidates.join(several, on="media_row", how="semi", maintain_order="left")
    sure = candidates.join(several, on="media_row", how="anti", maintain_order="left")
    untold = unsure.join(sure.filter(pl.col("status") == "usable"), on="clip_row", how="anti", maintain_order="left")
    return sure.join(untold, on="clip_row", how="anti", maintain_order="left"), untold


def _named(candidates: pl.DataFrame, media: CheckedMedia) -> pl.DataFrame:
    """For each clip the number of its candidates, and the first names of them."""
    named = media.table.select(name=pl.concat_str("path", "member", separator="/", ignore_nulls=True))
    more = (
        pl.when(pl.col("files") > NAMED)
        .then(pl.format(" … and {} more", pl.col("files") - NAMED))
        .otherwise(pl.lit(""))
    )
    return (
        pl.concat([candidates.select("clip_row", "media_row"), named[candidates["media_row"]]], how="horizontal")
        .sort("clip_row", "media_row")
        .group_by("clip_row", maintain_order=True)
        .agg(files=pl.len(), names=pl.col("name").head(NAMED).str.join(", "))
        .with_columns(names=pl.col("names") + more)
    )
