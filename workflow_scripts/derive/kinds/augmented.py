"""Clips with noise, filters, masks and the like, as a recipe says: more to train on, with the labels that there are."""

from typing import Any

import duckdb
import numpy as np
import polars as pl

from workflow_scripts.derive import draws
from workflow_scripts.derive.labels import heard_in
from workflow_scripts.derive.planned import OF_MEDIA, ScenePlan
from workflow_scripts.derive.pools import pool_of, sounding
from workflow_scripts.derive.recipes import RecipeClips, drawn_steps, keys_of_step, refuse_recipe, steps_in
from workflow_scripts.derive.rooms import nowhere
from workflow_scripts.errors import SoundledgerError, first_twenty

Array = np.ndarray[Any, Any]

REPEATED_FADE_S = 0.01
"""A background that is repeated is faded in and out each time for so long, so that it does not click."""
_CAPTIONS = """
SELECT c.dataset, c.clip_id, c.duration_s AS clip_s, t.text AS caption
FROM clips AS c JOIN captions AS t ON t.dataset = c.dataset AND t.clip_id = c.clip_id AND t.ordinal = 0
"""
_CLIP = ["dataset", "clip_id"]
_STRETCH = [*_CLIP, "start_s", "end_s"]


def plan(connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], where: str) -> ScenePlan:
    """The augmented clips of a dataset. See `kinds.Kind`.

    Raises:
        SoundledgerError: a query chooses nothing, or no background for some split; a clip has no split, or what is made
            of it the id of another; a recipe asks for what cannot be.
    """
    options = asked["augmented"]
    recipe = options["recipe"]
    pool = pool_of(connection, options["clips"], asked["from"], f"{where}.clips")
    scenes = _scenes(pool, asked, f"{where}.clips")
    refuse_recipe(recipe, int(scenes["rate"].to_numpy().min()), f"{where}.recipe")
    keys, rates = scenes["key"].to_numpy(), scenes["rate"].to_numpy()
    steps = drawn_steps(recipe, RecipeClips(keys, scenes["duration_s"].to_numpy(), rates))
    parts, pools = [_parts(scenes, "clip", 0)], [pool]
    for number, (name, step) in enumerate(steps_in(recipe)):
        if name == "background":
            key = f"{where}.recipe[{number}].background.query"
            pools.append(sounding(pool_of(connection, step["query"], asked["from"], key), key))
            mine = steps.filter(pl.col("step") == number)["applied"]
            behind = _behind(scenes.filter(mine), keys_of_step(recipe, number, keys)[mine.to_numpy()], pools[-1], key)
            parts.append(_parts(behind, "background", number + 1))
    placed = pl.concat(parts).sort("clip_id", "ordinal")
    steps = steps.with_columns(clip_id=scenes["scene_id"].gather(steps["row"])).sort("clip_id", "step")
    heard = heard_in(connection, placed)
    return ScenePlan(_with_captions(connection, scenes), placed.drop("class_id"), heard, pools, steps)


def _scenes(pool: pl.DataFrame, asked: dict[str, Any], where: str) -> pl.DataFrame:
    """Rows of a pool, each so often as is asked for, with what is made of each.

    Returns:
        Columns of the pool, and `scene_id`; `rate`, hertz; `duration_s`; `key`, of its draws; and as parts of scenes
        have it `from_s`, `taken_s`, `fade_s` and `gain_db`.
    """
    if pool["meant_class_id"].null_count() < len(pool):
        raise SoundledgerError(
            f"{where}: `class_id` has no meaning here: all that is said of a clip stays; leave it out"
        )
    without = pool.filter(pl.col("split").is_null())
    if len(without):
        raise SoundledgerError(
            f"{where}: {len(without):,} clips have no split: {first_twenty(_named(without))}. Have the query give a "
            "column `split`: what is made of a clip is of its split"
        )
    times, rate = asked["augmented"]["times"], asked["render"]["sample_rate"]
    pool = pool.with_columns(hash=pl.Series(draws.hashes_of(pool, *_STRETCH)), stem=_stem(len(asked["from"]) > 1))
    every = pool.join(pl.DataFrame({"nth": range(times)}), how="cross")
    own = draws.of_choice(draws.keys(asked["seed"], every["nth"].to_numpy(), "augmented"), every["hash"].to_numpy())
    taken = pl.col("end_s") - pl.col("start_s")
    every = every.with_columns(
        key=pl.Series(own),
        scene_id=pl.format("{}_{}", "stem", "nth"),
        duration_s=taken,
        rate=pl.col("own_rate").cast(pl.Int64) if rate is None else pl.lit(rate, pl.Int64),
        from_s="start_s",
        taken_s=taken,
        fade_s=pl.lit(0.0),
        gain_db=pl.lit(0.0),
    ).sort("scene_id")
    alike = every.filter(pl.col("scene_id").is_duplicated())
    if len(alike):
        raise SoundledgerError(
            f"{where}: clips of which what is made would have one id: {first_twenty(_named(alike))}. Have the query "
            "give each once, or leave one out"
        )
    return every


def _stem(of_several: bool) -> pl.Expr:
    """What ids of what is made of a clip begin with: its own, and its dataset and its stretch where there are more."""
    own = pl.concat_str("dataset", pl.lit("_"), "clip_id") if of_several else pl.col("clip_id")
    ends = [(pl.col(name) * 1000).round().cast(pl.Int64).cast(pl.String) for name in ("start_s", "end_s")]
    is_one_of_several = pl.struct(_CLIP).is_duplicated()
    return pl.when(is_one_of_several).then(pl.concat_str(own, *ends, separator="_")).otherwise(own)


def _behind(scenes: pl.DataFrame, keys: Array, pool: pl.DataFrame, where: str) -> pl.DataFrame:
    """A background for each of some scenes: of its split, of another media, beginning anywhere that it is long enough.

    Returns:
        Columns of the pool in place of those of the clips; see `_scenes`.
    """
    chosen = np.zeros(len(scenes), np.int64)
    hashes, splits, media = draws.hashes_of(pool, *_STRETCH), pool["split"], pool["media"].to_numpy()
    own_media = scenes["media"].to_numpy()
    for split in scenes["split"].unique().sort():
        mine = np.flatnonzero((scenes["split"] == split).to_numpy())
        there = np.flatnonzero((splits == split).fill_null(value=False).to_numpy())
        if not there.size or (len({*media[there]}) == 1 and (own_media[mine] == media[there[0]]).any()):
            raise SoundledgerError(
                f"{where}: of the split {split!r} it chooses {there.size} clips, none of which may be behind some clip "
                "of that split: a background is another recording, of the same split. Have the query choose more"
            )
        again, own = 0, keys[mine]
        chosen[mine] = there[draws.chosen(draws.below(own, "of"), hashes[there])]
        while (same := np.flatnonzero(media[chosen[mine]] == own_media[mine])).size:
            again += 1
            chosen[mine[same]] = there[draws.chosen(draws.below(own[same], f"of {again}"), hashes[there])]
    rows = pool[chosen]
    length, wanted = (rows["end_s"] - rows["start_s"]).to_numpy(), scenes["duration_s"].to_numpy()
    begins = draws.shares(draws.of_choice(keys, hashes[chosen]), "from") * np.maximum(length - wanted, 0.0)
    return rows.with_columns(
        scene_id=scenes["scene_id"],
        duration_s=pl.Series(wanted),
        from_s=pl.col("start_s") + pl.Series(begins),
        taken_s=pl.Series(np.minimum(length, wanted)),
        fade_s=pl.Series(np.where(length < wanted, np.minimum(REPEATED_FADE_S, length / 2), 0.0)),
        gain_db=pl.lit(None, pl.Float64),
    )


def _parts(rows: pl.DataFrame, role: str, ordinal: int) -> pl.DataFrame:
    """Rows of parts, each as long as its scene."""
    parts = rows.select(
        pl.col("scene_id").alias("clip_id"),
        pl.lit(ordinal, pl.Int32).alias("ordinal"),
        pl.lit(role).alias("role"),
        pl.col("dataset").alias("from_dataset"),
        pl.col("clip_id").alias("from_clip_id"),
        *OF_MEDIA,
        "from_s",
        "taken_s",
        pl.lit(0.0).alias("onset_s"),
        pl.col("duration_s").alias("offset_s"),
        "fade_s",
        pl.lit(0.0).alias("pitch_semitones"),
        pl.lit(1.0).alias("stretch"),
        pl.lit(None, pl.Float64).alias("snr_db"),
        "gain_db",
        (pl.col("clip_from_s") + pl.col("from_s")).alias("from_media_s"),
        pl.lit(None, pl.String).alias("class_id"),
    )
    return parts.hstack(nowhere(len(parts)))


def _with_captions(connection: duckdb.DuckDBPyConnection, scenes: pl.DataFrame) -> pl.DataFrame:
    """Scenes as they are planned; the first caption of a clip stays, unless a stretch of it is taken."""
    said = connection.sql(_CAPTIONS).pl()
    rows = scenes.join(said, on=_CLIP, how="left", maintain_order="left")
    is_whole = pl.col("taken_s") >= pl.col("clip_s") - 1e-6
    return rows.select(
        pl.col("scene_id").alias("clip_id"),
        "split",
        "duration_s",
        pl.col("rate").alias("sample_rate"),
        pl.when(is_whole).then("caption").alias("caption"),
        pl.col("dataset").alias("picture_dataset"),
        pl.col("clip_id").alias("picture_clip_id"),
    )


def _named(clips: pl.DataFrame) -> list[str]:
    return clips.select(pl.format("{}/{}", *_CLIP)).to_series().to_list()
