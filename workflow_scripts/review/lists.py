"""What goes into each pack of a review page: a list a pack, which holds all that the pack's bytes depend on."""

import math
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from workflow_scripts.exports.audio.plan import sound_of
from workflow_scripts.review.form import MONO, STEREO, VERSION
from workflow_scripts.review.others import beside, others_of, stretches_of
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.leaves import hashes, leaf_names

CARDS_A_PACK = 50
"""At most, of different media: it takes some ten seconds, and of it the page reads little when a card is seen."""
_LISTED = Path(__file__).with_name("listed.sql").read_text(encoding="utf-8")
_OF_PICTURES = ["picture_folder", "picture_path", "picture_bytes", "picture_mtime_ns"]


def write_cards(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    chosen: pl.DataFrame,
    longest_s: float,
    cards: Path,
    lists: Path,
) -> None:
    """Write which clips have cards, and a list for each pack.

    Args:
        connection: to the catalogue.
        dataset: its name.
        chosen: ordinal and clip_id.
        longest_s: of longer clips the first so many seconds are played.
        cards: file of ordinal, clip_id, pack, and others: what `beside` gives.
        lists: folder of <leaf>.parquet, rows as `sounds_of` has them.
    """
    listed = connection.sql(_LISTED, params={"dataset": dataset}).pl() if len(chosen) else None
    rows = _nothing() if listed is None else with_packs(to_make(listed, longest_s))
    others = others_of(connection, dataset, chosen, longest_s)
    made = [rows, *_stretches(connection, dataset, others, rows)]
    with whole(lists) as part:
        part.mkdir()
        for (pack,), of_pack in pl.concat(made).sort("media", "clip_id").partition_by("pack", as_dict=True).items():
            of_pack.drop("pack").write_parquet(part / f"{pack}.parquet", compression="zstd", compression_level=1)
    with whole(cards) as part:
        of_cards = chosen.join(rows.select("clip_id", "pack"), on="clip_id", maintain_order="left")
        beside(others, of_cards).write_parquet(part)


def _stretches(
    connection: duckdb.DuckDBPyConnection, dataset: str, others: pl.DataFrame, rows: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Rows of what is played beside cards, in the packs of these; of several cards of a pack each stretch once."""
    listed = stretches_of(connection, dataset, others)
    if len(listed):
        of_cards = rows.select("pack", card="clip_id")
        made = to_make(listed, math.inf).with_columns(listed["card"]).join(of_cards, on="card", maintain_order="left")
        yield made.unique(["pack", "clip_id"], keep="first", maintain_order=True).select(rows.columns)


def to_make(listed: pl.DataFrame, longest_s: float) -> pl.DataFrame:
    """Rows of a list: columns of `sound_of`, those of the picture, `format`, `is_heard`.

    Each clip is a span of what was decoded of it, so that one whose media ends in a fault is heard up to there.
    """
    start = pl.when("whole_media").then(0.0).otherwise(pl.col("start_s").fill_null(0.0))
    seconds = pl.min_horizontal(pl.col("duration_s").fill_null(0.0), pl.lit(longest_s))
    spans = listed.with_columns(
        whole_media=pl.lit(value=False), start_s=start, end_s=start + seconds, duration_s=seconds
    )
    made = sound_of(spans, MONO, 0, pl.lit(value=False)).with_columns(listed["clip_id"])
    is_stereo = pl.col("own_channels") == 2
    is_heard = listed["duration_s"].fill_null(0.0) > 0
    return made.drop("order").with_columns(
        *listed.select(*_OF_PICTURES, pl.col("format").cast(pl.String)),
        media=pl.col("media").fill_null(pl.col("clip_id")),
        channel=pl.when(is_stereo).then(pl.lit(STEREO.channel)).otherwise("channel"),
        made_as=pl.when(is_stereo).then(pl.lit(STEREO.made_as)).otherwise("made_as"),
        is_heard=is_heard & ~listed["status"].cast(pl.String).is_in(["missing", "ambiguous", "outside_media"]),
        version=pl.lit(VERSION),
    )


def with_packs(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of lists, and the pack of each, by the hash of its media."""
    return rows.with_columns(leaf_names(hashes(rows["media"], rows["clip_id"]), CARDS_A_PACK).alias("pack"))


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"clip_id": pl.String, "media": pl.String, "pack": pl.String})
