"""The files of a split as AST has them, written part by part: its manifest, and a weight for each line of that."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from workflow_scripts.exports.text import stored_as, text_file

MANIFEST, WEIGHTS = "{}.json", "{}_weights.csv"
"""The files of a split."""


@contextmanager
def split_files(
    folder: Path, split: str, clips: pl.LazyFrame, compress: str = "none"
) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Give a function that adds clips to <split>.json and <split>_weights.csv.

    The manifest is {"data": [{"wav": path, "labels": "a,b", "video_id": id}, …]}, one clip a line.

    Args:
        folder: where the files are.
        split: that they are of.
        clips: all clips that will be added, with `labels`; what is added has `wav` and `media_key` too.
        compress: of the manifest, as `text` has it.
    """
    weights = sample_weights(clips)
    entry = pl.struct("wav", pl.col("labels").cast(pl.String), pl.col("media_key").alias("video_id"))
    with (
        text_file(folder, MANIFEST.format(split), compress) as manifest,
        (folder / WEIGHTS.format(split)).open("wb") as of_weights,
    ):
        between = "\n"

        def add(some: pl.DataFrame) -> None:
            nonlocal between
            if some.is_empty():
                return
            manifest.write((between + some.select(entry.struct.json_encode().str.join(",\n")).item()).encode())
            between = ",\n"
            lines = some.select("labels").join(weights, on="labels", how="left", maintain_order="left")
            lines.select("text").write_csv(of_weights, include_header=False, quote_style="never")

        manifest.write(b'{"data": [')
        yield add
        manifest.write(b"\n]}\n")


def lines_of(clips: Mapping[str, int], compress: str = "none") -> dict[str, int]:
    """How many lines the files of each split have, by how many clips it has."""
    manifests = {stored_as(MANIFEST.format(split), compress): 2 + taken for split, taken in clips.items()}
    return manifests | {WEIGHTS.format(split): taken for split, taken in clips.items()}


def sample_weights(clips: pl.LazyFrame) -> pl.DataFrame:
    """For each `labels` the sum of 1000 / (count + 0.01) over each of them, counts over the same clips, as `text`.

    Source: gen_weight_file.py of AST, which AudioMAE and EAT have taken over.
    """
    sets = clips.group_by("labels").len("clips").collect()
    said = sets.with_columns(label=pl.col("labels").cast(pl.String).str.split(",")).explode("label")
    said = said.with_columns(weight=1000 / (pl.col("clips").sum().over("label") + 0.01))
    weights = said.group_by("labels").agg(pl.col("weight").sum())
    return weights.select("labels", text=pl.col("weight").map_elements(repr, return_dtype=pl.String))
