"""Which media serves a clip, and where nobody can tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia
from workflow_scripts.ledger.copies import choose
from workflow_scripts.ledger.judge import judge

SERVING = ["clip_row", "media_row", "status", "whole_media", "duration_s"]
CANDIDATE = [*SERVING, "root_ordinal", "in_recording", "literalness", "start_s", "end_s"]
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


def serve(
    names: pl.DataFrame, clips: pl.DataFrame, media: CheckedMedia, limits: dict[str, float], clips_at_once: int
) -> Served:
    """Find the media that serves each clip.

    Of several the first usable one in the order of the roots, then of paths, is looked at; where its root holds more
    usable ones that are named as literally, they must be copies of one sound. Where none is usable, the first serves.

    Args:
        names: ledger.match.MATCHED; media that hold the clip as far as their names tell.
        clips: `start_s` and `end_s` of all.
        media: all checked media.
        limits: min_duration_s and max_duration_s of the dataset.
        clips_at_once: so many are judged at a time.
    """
    names = names.sort("clip_row")
    several = _of_several_clips(names, clips, media)
    alone, rivals, of_several = [], [], []
    for some in _by_clips(names, len(clips), clips_at_once):
        candidates, untold = _without(several, _candidates(some, clips, media, limits))
        is_alone = ~candidates["clip_row"].is_duplicated()
        alone.append(candidates.filter(is_alone).select(SERVING))
        rivals.append(candidates.filter(~is_alone))
        of_several.append(untold)
    first, contested = _first_usable(_in_order(pl.concat(rivals), media))
    best, apart = choose(contested, media)
    undisputed = first.join(contested, on="clip_row", how="anti", maintain_order="left")
    several_sounds = _named(apart, media).select(
        "clip_row", error_kind=pl.lit("several_sounds"), error=pl.format(ONE_SOUND, "files", "names")
    )
    several_clips = _named(pl.concat(of_several), media).select(
        "clip_row", error_kind=pl.lit("several_clips"), error=pl.format(ONE_CLIP, "names")
    )
    serving = pl.concat([*alone, undisputed.select(SERVING), best.select(SERVING)])
    return Served(serving, pl.concat([several_sounds, several_clips]))


def _by_clips(names: pl.DataFrame, clips: int, at_once: int) -> Iterator[pl.DataFrame]:
    """What is sorted by `clip_row` in parts of so many clips; one part at least."""
    firsts = np.arange(0, max(clips, 1) + at_once, at_once)
    bounds = np.searchsorted(names["clip_row"].to_numpy(), firsts).tolist()
    return (names[first:behind] for first, behind in pairwise(bounds))


def _candidates(
    names: pl.DataFrame, clips: pl.DataFrame, media: CheckedMedia, limits: dict[str, float]
) -> pl.DataFrame:
    """Every media that may hold a clip, with the clip's status in its light."""
    of_media = media.table[names["media_row"]]
    of_clips = clips.select("start_s", "end_s")[names["clip_row"]]
    return (
        pl.concat([names.select("clip_row", "literalness", "is_cut"), of_media, of_clips], how="horizontal")
        .with_columns(pl.col("in_recording") & ~pl.col("is_cut"))
        .with_columns(judge(limits))
        .select(CANDIDATE)
    )


def _of_several_clips(names: pl.DataFrame, clips: pl.DataFrame, media: CheckedMedia) -> pl.DataFrame:
    """Media that are one clip, and whose name fits several with other spans."""
    is_shared = names["media_row"].is_duplicated()
    shared = names.filter(is_shared).select("clip_row", "media_row", "is_cut")
    in_recording = media.table["in_recording"].gather(shared["media_row"]) & ~shared["is_cut"]
    shared = shared.filter(~in_recording)
    spans = clips.select(span=pl.struct("start_s", "end_s"))[shared["clip_row"]]
    counts = pl.concat([shared, spans], how="horizontal").group_by("media_row").agg(pl.col("span").n_unique())
    return counts.filter(pl.col("span") > 1).select("media_row")


def _without(several: pl.DataFrame, candidates: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set apart media that fit several clips.

    Returns:
        The candidates of clips that can be told, and of the others those media. A clip can be told that has a usable
        media of its own.
    """
    if several.is_empty():
        return candidates, candidates.clear()
    unsure = candidates.join(several, on="media_row", how="semi", maintain_order="left")
    sure = candidates.join(several, on="media_row", how="anti", maintain_order="left")
    untold = unsure.join(sure.filter(pl.col("status") == "usable"), on="clip_row", how="anti", maintain_order="left")
    return sure.join(untold, on="clip_row", how="anti", maintain_order="left"), untold


def _in_order(rivals: pl.DataFrame, media: CheckedMedia) -> pl.DataFrame:
    """Rivals by clip and root, and by their `place` among those of one root; only these are asked for their names."""
    together = pl.struct("clip_row", "root_ordinal").is_duplicated()
    places = media.in_order(rivals.filter(together)["media_row"]).select("media_row").with_row_index("place")
    rivals = rivals.join(places, on="media_row", how="left").with_columns(pl.col("place").fill_null(0))
    return rivals.sort("clip_row", "root_ordinal", "place")


def _first_usable(rivals: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first media of each clip, a usable one if there is, and those usable ones of its root that contest it."""
    is_usable = pl.col("status") == "usable"
    named_best = pl.col("literalness") == pl.col("literalness").min().over("clip_row", "root_ordinal")
    rivals = rivals.filter(named_best).sort("clip_row", ~is_usable, maintain_order=True)
    first = rivals.unique("clip_row", keep="first", maintain_order=True)
    contested = rivals.filter(is_usable).join(
        first.filter(is_usable), on=["clip_row", "root_ordinal"], how="semi", maintain_order="left"
    )
    return first, contested.filter(pl.col("clip_row").is_duplicated())


def _named(candidates: pl.DataFrame, media: CheckedMedia) -> pl.DataFrame:
    """For each clip the number of its candidates, and the first names of them."""
    named = media.in_order(candidates["media_row"]).with_row_index("place")
    more = (
        pl.when(pl.col("files") > NAMED)
        .then(pl.format(" … and {} more", pl.col("files") - NAMED))
        .otherwise(pl.lit(""))
    )
    return (
        candidates.select("clip_row", "media_row")
        .join(named, on="media_row")
        .sort("clip_row", "place")
        .with_columns(name=pl.concat_str("path", "member", separator="/", ignore_nulls=True))
        .group_by("clip_row", maintain_order=True)
        .agg(files=pl.len(), names=pl.col("name").head(NAMED).str.join(", "))
        .with_columns(names=pl.col("names") + more)
    )
