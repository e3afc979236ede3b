"""metadata.jsonl of each split: a line an image, with what is said of its clip."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workflow_scripts.exports.counting import taken
from workflow_scripts.exports.files.names import below_export
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import Pack, Tables, in_ranges
from workflow_scripts.exports.words import captions, sentences
from workflow_scripts.tables.store import read_table

METADATA = "metadata.jsonl"
READ = ["split", "clip_id", "class_names", "duration_s", "licence", "source_url"]
"""Columns of the ledger, of clips that are taken alone."""
OF_IMAGES = {"file": pl.String, "start_s": pl.Float64, "seconds": pl.Float64, "reference_db": pl.Float64}
_TEXT, _NUMBER = {"dtype": "string", "_type": "Value"}, {"dtype": "float64", "_type": "Value"}
FEATURES = {
    "image": {"_type": "Image"},
    "text": _TEXT,
    "labels": {"feature": _TEXT, "_type": "List"},
    "captions": {"feature": _TEXT, "_type": "List"},
    "clip_id": _TEXT,
    **dict.fromkeys(("start_s", "seconds", "reference_db"), _NUMBER),
    **dict.fromkeys(("licence", "source_url"), _TEXT),
}
"""Columns as `datasets` knows them."""


@dataclass(frozen=True)
class Imaged:
    """Clips of a split that have images, how many images these have, and seconds of sound that the clips have."""

    clips: int = 0
    images: int = 0
    seconds: float = 0.0

    def __add__(self, more: "Imaged") -> "Imaged":
        return Imaged(self.clips + more.clips, self.images + more.images, self.seconds + more.seconds)


def write_metadata(tables: Tables, called: Mapping[str, str], folder: Path) -> dict[str, Imaged]:
    """Write <split>/metadata.jsonl, in the order of the ledger.

    Args:
        tables: of the export.
        called: what each split is called.
        folder: of the export.
    """
    images, said = Keyed(lambda: [_images(tables.packs)], ["clip_id"]), captions(tables)
    counts = dict.fromkeys(called, Imaged())
    with contextlib.ExitStack() as stack:
        for name in called.values():
            (folder / name).mkdir()
        lines = {split: stack.enter_context((folder / name / METADATA).open("wb")) for split, name in called.items()}
        for part in in_ranges(taken(tables.lazy("clips")).select(READ)):
            there = part.hstack(images.of(part)).hstack(said.of(part)).filter(pl.col("file").is_not_null())
            for (split,), clips in there.partition_by("split", as_dict=True).items():
                rows = clips.explode(*OF_IMAGES)
                rows.select(_columns(called[str(split)])).write_ndjson(lines[str(split)])
                counts[str(split)] += Imaged(len(clips), len(rows), float(clips["duration_s"].sum()))
    return counts


def _images(packs: Iterable[Pack]) -> pl.DataFrame:
    """The images of each clip that has any, side by side in lists."""
    empty = pl.DataFrame(schema={"clip_id": pl.String, **OF_IMAGES})
    told = pl.concat([empty, *(read_table(pack.told).select(empty.columns) for pack in packs)])
    return told.group_by("clip_id", maintain_order=True).agg(*OF_IMAGES)


def _columns(name: str) -> list[pl.Expr]:
    """Of a line, which names its image as seen from its own folder.

    `datasets` takes types from the lines that it reads first, so what nobody knows is an empty text, and an empty list
    holds one.
    """
    below = pl.col("file").map_elements(lambda file: below_export(file, name), return_dtype=pl.String)
    labels, nothing = pl.col("class_names").cast(pl.List(pl.String)), pl.lit([""], pl.List(pl.String))
    return [
        below.str.slice(len(name) + 1).alias("file_name"),
        pl.coalesce(pl.col("texts").list.first(), sentences(), pl.lit("")).alias("text"),
        pl.when(labels.list.len() > 0).then(labels).otherwise(nothing).alias("labels"),
        pl.col("texts").fill_null(nothing).alias("captions"),
        *map(pl.col, ("clip_id", "start_s", "seconds", "reference_db")),
        *(pl.col(column).cast(pl.String).fill_null("") for column in ("licence", "source_url")),
    ]
