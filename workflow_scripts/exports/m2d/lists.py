"""Lists of spectrograms: those that M2D is trained on, and for M2D-AS their labels and how often each is drawn.

Source: https://github.com/nttcslab/m2d (audio_dataset.py, util/make_as_weighted_list.py).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from workflow_scripts.exports.classes import joined_labels
from workflow_scripts.exports.counting import taken
from workflow_scripts.exports.files.names import below_export
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import Pack, Tables, in_ranges
from workflow_scripts.tables.store import read_table

FILES, WEIGHTED = "files_{}.csv", "files_{}_weighted.csv"
"""The lists of a split."""
SOFTER = 1 / 1.5
"""The power that M2D raises weights to."""


class Listed(NamedTuple):
    """How many clips there are of a split, how many of them have labels, and seconds of sound that all have."""

    clips: int
    labelled: int
    seconds: float


def write_lists(tables: Tables, classes: pl.DataFrame, folder: Path) -> dict[str, Listed]:
    """Write both lists of each split, sorted by `file_name`.

    M2D sorts the names that it reads, but takes the weights in the order of the list: sorted, that is one order.
    """
    of_splits = pl.concat(_rows(tables, classes)).sort("file_name")
    listed = {}
    for split in tables.splits():
        rows = of_splits.filter(pl.col("split") == split)
        labelled = rows.filter(pl.col("label").is_not_null())
        rows.select("file_name").write_csv(folder / FILES.format(split))
        weighted = labelled.join(_weights(labelled), on="label", how="left", maintain_order="left")
        weighted.select("file_name", "label", "weight").write_csv(folder / WEIGHTED.format(split))
        listed[split] = Listed(len(rows), len(labelled), float(rows["duration_s"].sum()))
    return listed


def _rows(tables: Tables, classes: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The clips that have a file: `split`, `file_name`, `duration_s`, and `label`, null without an indexed class."""
    files = Keyed(lambda: _files(tables.packs), ["clip_id"])
    for clips in in_ranges(taken(tables.lazy("clips")).select("split", "clip_id", "class_ids", "duration_s")):
        named = clips.with_columns(files.of(clips)["file"], label=joined_labels(clips["class_ids"], classes))
        there = named.filter(pl.col("file").is_not_null())
        names = [below_export(file, split) for file, split in there.select("file", "split").iter_rows()]
        yield there.select("split", "label", "duration_s", file_name=pl.Series(names, dtype=pl.String))


def _files(packs: Iterable[Pack]) -> Iterator[pl.DataFrame]:
    yield pl.DataFrame(schema={"clip_id": pl.String, "file": pl.String})
    for pack in packs:
        yield read_table(pack.told).select("clip_id", "file")


def _weights(labelled: pl.DataFrame) -> pl.DataFrame:
    """For each `label` the sum of 1000 / (count + 100) over its classes, softened; counts over the same clips."""
    sets = labelled.group_by("label").len("clips")
    said = sets.with_columns(one=pl.col("label").cast(pl.String).str.split(",")).explode("one")
    said = said.with_columns(weight=1000 / (pl.col("clips").sum().over("one") + 100))
    return said.group_by("label").agg(pl.col("weight").sort().sum().pow(SOFTER))
