"""The index: what lies where in the packs, and what is said of it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.classes import label_numbers
from workflow_scripts.exports.counting import taken
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import Pack, Tables, in_ranges
from workflow_scripts.tables.declared import Column, Rule, Schema
from workflow_scripts.tables.store import read_table, write_parts

INDEX = "index.parquet"
PLACES = ("offset", "bytes", "frames", "bins")
"""Columns that packs tell of."""
WINDOW_S, HOP_S = 0.025, 0.01
OFF = 0.2
"""Frames by which a clip may be longer or shorter than the ledger says: its rate may be as low as a thousand hertz."""
_frames = (pl.col("duration_s") - WINDOW_S) / HOP_S + 1
_POSITIVE = (Rule("in_range", {"min_value": 1, "max_value": float("inf")}),)

SCHEMA = Schema(
    "index of the export features",
    "one row for each clip that has an fbank",
    {
        "clip_id": Column(pl.String(), "the clip", unique=True),
        "split": Column(pl.Categorical(), "part of the dataset that it belongs to"),
        "pack": Column(pl.Categorical(), "file that its fbank lies in, below the export's folder"),
        "offset": Column(pl.Int64(), "first byte there of its zstd frame"),
        "bytes": Column(pl.Int64(), "how many the frame has", _POSITIVE),
        "frames": Column(pl.Int64(), "frames of the fbank, 10 ms from one to the next", _POSITIVE),
        "bins": Column(pl.Int32(), "values of a frame", _POSITIVE),
        "duration_s": Column(pl.Float64(), "length of the clip, seconds"),
        "labels": Column(pl.List(pl.Int32()), "annotated classes, by their index in class_labels_indices.csv"),
    },
    rules={"frames are those of duration_s": pl.col("frames").is_between(_frames - 1 - OFF, _frames + OFF)},
)


def write_index(tables: Tables, packs: Mapping[str, Pack], classes: pl.DataFrame, file: Path) -> dict[str, int]:
    """Write a row for each clip that a pack holds, in the order of the ledger.

    Args:
        tables: of the export.
        packs: that hold anything, by what they are called there.
        classes: that labels number.
        file: to write.

    Returns:
        How many rows there are, by split.

    Raises:
        TableError: a row breaks SCHEMA.
        SoundledgerError: a clip is in no pack, and no pack says that it could not be made.
    """
    failed = Keyed(lambda: [_failed(tables.packs)], ["clip_id"])
    clips = dict.fromkeys(tables.splits(), 0)

    def parts() -> Iterator[pl.DataFrame]:
        places = Keyed(lambda: _places(packs), ["clip_id"])
        columns = ["clip_id", "split", "duration_s", "class_ids"]
        for some in in_ranges(taken(tables.lazy("clips")).select(columns)):
            labelled = some.with_columns(labels=label_numbers(some["class_ids"], classes))
            placed = labelled.hstack(places.of(some)).hstack(failed.of(some))
            if lost := placed.filter(pl.col("pack").is_null() & pl.col("failed").is_null())["clip_id"].to_list():
                raise SoundledgerError(
                    f"export features: {len(lost):,} clips are in no pack: {first_twenty(lost)}. Delete its packs "
                    "and run again"
                )
            rows = placed.filter(pl.col("pack").is_not_null())
            for split, count in rows.group_by(pl.col("split").cast(pl.String)).len().iter_rows():
                clips[split] += count
            yield rows.select(list(SCHEMA.columns))

    write_parts(parts(), file, SCHEMA)
    return clips


def _failed(packs: Iterable[Pack]) -> pl.DataFrame:
    failed = [(clip_id, True) for pack in packs for clip_id in pack.account.failed]
    return pl.DataFrame(failed, schema={"clip_id": pl.String, "failed": pl.Boolean}, orient="row")


def _places(packs: Mapping[str, Pack]) -> Iterator[pl.DataFrame]:
    kinds: dict[str, Any] = {"clip_id": pl.String, "pack": pl.Categorical}
    yield pl.DataFrame(schema=kinds | {name: SCHEMA.columns[name].dtype for name in PLACES})
    for name, pack in packs.items():
        told = read_table(pack.told)
        yield told.select("clip_id", pl.lit(name).cast(pl.Categorical).alias("pack"), *PLACES)
