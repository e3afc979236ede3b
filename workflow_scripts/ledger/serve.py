"""Which media serves a clip, and where nobody can tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.ledger.checked import NAME, CheckedMedia
from workflow_scripts.ledger.copies import COMPARED, choose, put_compared, stretch
from workflow_scripts.ledger.judge import judge
from workflow_scripts.ledger.sheaves import Sheaves

SERVING = ["clip_row", "media_row", "status", "whole_media", "duration_s"]
CANDIDATE: dict[str, Any] = {
    "clip_row": pl.UInt32,
    "media_row": pl.UInt32,
    "status": pl.Categorical,
    "whole_media": pl.Boolean,
    "duration_s": pl.Float64,
    "root_ordinal": pl.Int32,
    "in_recording": pl.Boolean,
    "literalness": pl.UInt8,
    "start_s": pl.Float64,
    "end_s": pl.Float64,
}
NAMED = 20
"""So many of the media that answer to an ambiguous clip are named."""
SOUNDS = "several_sounds"
CLIPS = "several_clips"
WORDS = {
    SOUNDS: pl.format("{} files answer to its name and are not one sound: {}", "files", "names"),
    CLIPS: pl.format(
        "clips of other spans are called so too, and no time stands in the name of: {}. Put the start in seconds "
        "behind the id; if it is the whole recording, say `holds: recordings` of its root",
        "names",
    ),
}
"""Why nobody can tell which media serves a clip, by kind."""
AMBIGUOUS: dict[str, Any] = {"clip_row": pl.UInt32, "error_kind": pl.String, "error": pl.String}


@dataclass(frozen=True)
class Served:
    """What was found for the clips; those in neither table have no media.

    Attributes:
        serving: `clip_row`, `media_row`, and `status`, `whole_media` and `duration_s` in its light.
        ambiguous: `clip_row`.
        errors: AMBIGUOUS, of these; names what answers to the clip's name.
    """

    serving: pl.DataFrame
    ambiguous: pl.DataFrame
    errors: Sheaves


def serve(
    names: pl.DataFrame,
    clips: pl.DataFrame,
    media: CheckedMedia,
    limits: dict[str, float],
    clips_at_once: int,
    aside: Path | None = None,
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
        aside: a folder for what is compared; needed where clips come in several parts.
    """
    names = names.sort("clip_row")
    several = _of_several_clips(names, clips, media)

    def sheaves(name: str, schema: dict[str, Any]) -> Sheaves:
        return Sheaves(aside and aside / name, schema, len(clips), clips_at_once)

    rivals, of_several = sheaves("rivals", CANDIDATE), sheaves("of_several", CANDIDATE)
    compared, errors = sheaves("compared", COMPARED), sheaves("errors", AMBIGUOUS)
    alone, asked = [], []
    for some in _by_clips(names, len(clips), clips_at_once):
        candidates, untold = _without(several, _candidates(some, clips, media, limits))
        is_alone = ~candidates["clip_row"].is_duplicated()
        alone.append(candidates.filter(is_alone).select(SERVING))
        rivals.put(others := candidates.filter(~is_alone))
        of_several.put(untold)
        together = others.filter(pl.struct("clip_row", "root_ordinal").is_duplicated())
        asked += [stretch(one) for one in (together, untold)]
    put_compared(pl.concat(asked), media, compared)
    serving, ambiguous = alone, []
    for part in range(len(compared.parts)):
        told = compared.take(part)
        chosen, apart = _chosen(_with_names(rivals.take(part), told))
        serving.append(chosen)
        untold = _with_names(of_several.take(part), told)
        for kind, candidates in ((SOUNDS, apart), (CLIPS, untold)):
            errors.put(named := _named(candidates, kind))
            ambiguous.append(named.select("clip_row"))
    return Served(pl.concat(serving), pl.concat(ambiguous), errors)


def _with_names(candidates: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Candidates with what was asked of some of them, by clip and root, in the order of paths."""
    candidates = candidates.join(told, on=["clip_row", "media_row"], how="left")
    return candidates.sort("clip_row", "root_ordinal", *NAME).with_row_index("place")


def _chosen(rivals: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of rivals in order those that serve, and those of clips whose media are different sounds."""
    first, contested = _first_usable(rivals)
    best, apart = choose(contested)
    undisputed = first.join(contested, on="clip_row", how="anti", maintain_order="left")
    return pl.concat([undisputed.select(SERVING), best.select(SERVING)]), apart


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
        .select(*CANDIDATE)
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


def _named(candidates: pl.DataFrame, kind: str) -> pl.DataFrame:
    """AMBIGUOUS of each clip: how many candidates it has, and the first names of them."""
    more = (
        pl.when(pl.col("files") > NAMED)
        .then(pl.format(" … and {} more", pl.col("files") - NAMED))
        .otherwise(pl.lit(""))
    )
    return (
        candidates.sort("place")
        .select("clip_row", name=pl.concat_str(*NAME, separator="/", ignore_nulls=True))
        .group_by("clip_row", maintain_order=True)
        .agg(files=pl.len(), names=pl.col("name").head(NAMED).str.join(", "))
        .with_columns(names=pl.col("names") + more)
        .select("clip_row", error_kind=pl.lit(kind), error=WORDS[kind])
    )
