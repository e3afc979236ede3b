"""Mixtures of mixtures: the sound of two clips together, the picture of the first.

Source: Wisdom et al., "Unsupervised sound separation using mixture invariant training", NeurIPS 2020; with pictures,
Tzinis et al., "Into the wild with AudioScope", ICLR 2021.
"""

import logging
from typing import Any

import duckdb
import numpy as np
import polars as pl

from workflow_scripts.derive import draws, rooms
from workflow_scripts.derive.labels import heard_in
from workflow_scripts.derive.planned import OF_MEDIA, ScenePlan
from workflow_scripts.derive.pools import pool_of, sounding
from workflow_scripts.derive.splits import scene_ids, scenes_of_splits
from workflow_scripts.errors import SoundledgerError, first_twenty

BOUNDS = {"gain_db": (-200, 200), "added_offset_s": (0, 3600)}
"""Of what is drawn."""
_log = logging.getLogger(__name__)
_FROM_TABLES = """
SELECT dataset, clip_id, added_clip_id, split::VARCHAR AS split, coalesce(offset_s, 0.0) AS offset_s,
    coalesce(added_offset_s, 0.0) AS added_offset_s
FROM mixtures ORDER BY ALL
"""


def plan(connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], where: str) -> ScenePlan:
    """The mixtures of a dataset. See `kinds.Kind`.

    Raises:
        SoundledgerError: there are no pairs, or a query chooses nothing; a sound would be in several splits.
    """
    options = asked["mixtures"]
    draws.refuse_beyond(options, BOUNDS, where)
    if options["pairs"] == "drawn":
        pool, pairs = _drawn(connection, asked, where)
    else:
        pool, pairs = _of_tables(connection, asked, where)
    both = [_side(pool, pairs, ordinal) for ordinal in (0, 1)]
    parts = pl.concat(both).sort("clip_id", "ordinal")
    longest = parts.group_by("clip_id").agg(duration_s=pl.col("offset_s").max())
    first = parts.filter(pl.col("ordinal") == 0).select(
        "clip_id", picture_dataset="from_dataset", picture_clip_id="from_clip_id"
    )
    scenes = pairs.select("clip_id", "split").join(longest, on="clip_id", maintain_order="left")
    scenes = scenes.join(first, on="clip_id", maintain_order="left").with_columns(caption=pl.lit(None, pl.String))
    taken = pool.join(parts.select("media").unique(), on="media", how="semi")
    return ScenePlan(scenes, parts.drop("class_id"), heard_in(connection, parts), [taken])


def _of_tables(
    connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], where: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A pool and the pairs that sources say, as far as both are usable; the split is the pair's own."""
    pairs = connection.sql(_FROM_TABLES).pl()
    if pairs.is_empty():
        raise SoundledgerError(
            f"{where}: `pairs: said` takes the pairs in the view `mixtures`, and {first_twenty(asked['from'])} have "
            "none; `pairs: drawn` draws them"
        )
    pool = pool_of(connection, "SELECT dataset, clip_id, NULL::VARCHAR AS class_id FROM clips", asked["from"], where)
    there, said = pool.select("dataset", "clip_id"), len(pairs)
    pairs = pairs.join(there, on=["dataset", "clip_id"], how="semi")
    pairs = pairs.join(there.rename({"clip_id": "added_clip_id"}), on=["dataset", "added_clip_id"], how="semi")
    _log.info("%s: %d of %d pairs, of which both clips are usable", where, len(pairs), said)
    if pairs.is_empty():
        raise SoundledgerError(f"{where}: of none of the {said:,} pairs in the view `mixtures` both clips are usable")
    ids = pl.concat_str("clip_id", pl.lit("_with_"), "added_clip_id")
    if len(asked["from"]) > 1:
        ids = pl.concat_str("dataset", pl.lit("_"), ids)
    pairs = pairs.with_columns(pair=ids, first_clip_id="clip_id", gain_db=pl.lit(0.0), added_gain_db=pl.lit(0.0))
    pool = _with_splits_of(pool, pairs)
    rows = pool.with_row_index("row").select("split", "dataset", "clip_id", "row")
    for clip, row in (("first_clip_id", "first_row"), ("added_clip_id", "added_row")):
        of_clip = rows.rename({"clip_id": clip, "row": row})
        pairs = pairs.join(of_clip, on=["split", "dataset", clip], maintain_order="left")
    return pool, pairs.drop("clip_id").rename({"pair": "clip_id"}).sort("clip_id")


def _with_splits_of(pool: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """A pool with the split of the pair for that of the clip; a clip of pairs of two splits stands there for each."""
    sides = pl.concat(
        [pairs.select("dataset", pl.col(name).alias("clip_id"), "split") for name in ("first_clip_id", "added_clip_id")]
    ).unique()
    return pool.drop("split").join(sides, on=["dataset", "clip_id"]).sort("dataset", "clip_id", "split")


def _drawn(
    connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], where: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A pool of what a query chooses, and pairs of it, of one split and of two different media."""
    options = asked["mixtures"]
    pool = sounding(pool_of(connection, options["clips"], asked["from"], f"{where}.clips"), f"{where}.clips")
    if pool["meant_class_id"].null_count() < len(pool):
        raise SoundledgerError(
            f"{where}.clips: `class_id` has no meaning here: all that is said of a clip is heard; leave it out"
        )
    pool = pool.with_row_index("row")
    wanted = scenes_of_splits(options["scenes"], {"clips": pool}, where)
    made = [
        _pairs_of(split, count, asked["seed"], options, pool.filter(pl.col("split") == split), where)
        for split, count in wanted.items()
    ]
    return pool, pl.concat(made)


def _pairs_of(
    split: str, count: int, seed: int, options: dict[str, Any], pool: pl.DataFrame, where: str
) -> pl.DataFrame:
    if pool["media"].n_unique() < 2:
        raise SoundledgerError(f"{where}.clips: a pair takes two media; of the split {split!r} it chooses {len(pool)}")
    numbers = np.arange(count)
    own = draws.keys(seed, numbers, f"mixture {split}")
    hashes = draws.hashes_of(pool, "dataset", "clip_id", "start_s", "end_s")
    first = draws.chosen(draws.below(own, "first"), hashes)
    other = draws.chosen(draws.below(own, "other"), hashes)
    media = pool["media"].to_numpy()
    again = 0
    while (same := np.flatnonzero(media[first] == media[other])).size:  # a sound with itself is no mixture
        again += 1
        other[same] = draws.chosen(draws.below(own[same], f"other {again}"), hashes)
    keys = draws.of_choice(draws.of_choice(own, hashes[first]), hashes[other])
    return pl.DataFrame(
        {
            "clip_id": scene_ids(split, pl.Series(numbers)),
            "first_row": pool["row"].gather(first),
            "added_row": pool["row"].gather(other),
            "offset_s": np.zeros(count),
            "added_offset_s": np.round(draws.drawn(options["added_offset_s"], keys, "added_offset_s"), 6),
            "gain_db": draws.drawn(options["gain_db"], keys, "gain_db"),
            "added_gain_db": draws.drawn(options["gain_db"], keys, "added_gain_db"),
        }
    ).with_columns(split=pl.lit(split))


def _side(pool: pl.DataFrame, pairs: pl.DataFrame, ordinal: int) -> pl.DataFrame:
    """The first or the other part of each pair: rows of a pool, which may have several stretches of one clip."""
    names = (("first_row", "offset_s", "gain_db"), ("added_row", "added_offset_s", "added_gain_db"))
    row, offset, gain = names[ordinal]
    side = pairs.select("clip_id", onset_s=pl.col(offset).cast(pl.Float64), gain_db=pl.col(gain).cast(pl.Float64))
    mine = pool.select("start_s", "end_s", "clip_from_s", *OF_MEDIA, from_dataset="dataset", from_clip_id="clip_id")
    rows = side.hstack(mine[pairs[row]]).hstack(rooms.nowhere(len(pairs)))
    taken = pl.col("end_s") - pl.col("start_s")
    return rows.select(
        "clip_id",
        "from_dataset",
        "from_clip_id",
        "onset_s",
        "gain_db",
        *OF_MEDIA,
        *rooms.COLUMNS,
        pl.lit(None, pl.String).alias("class_id"),
        pl.lit(ordinal, pl.Int32).alias("ordinal"),
        pl.lit("mixed").alias("role"),
        pl.col("start_s").alias("from_s"),
        taken.alias("taken_s"),
        (pl.col("onset_s") + taken).round(6).alias("offset_s"),
        pl.lit(0.0).alias("fade_s"),
        pl.lit(0.0).alias("pitch_semitones"),
        pl.lit(1.0).alias("stretch"),
        pl.lit(None, pl.Float64).alias("snr_db"),
        (pl.col("clip_from_s") + pl.col("start_s")).alias("from_media_s"),
    )
