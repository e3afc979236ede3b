"""The files of a data folder, each sorted by its first field as bytes are."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from workflow_scripts.exports.aside import Aside
from workflow_scripts.exports.files.seconds import to_the_sample
from workflow_scripts.exports.text import CONTROL, in_a_line

OF_CLIPS = {
    "utt2dur": "lasts",
    "text": "words",
    "utt2labels": "labels",
    "utt2spk": "clip_id",
    "spk2utt": "clip_id",
}
"""Files with a line for each clip, and what stands behind its id there."""
KEPT = ["clip_id", "file_id", "file"]
"""Columns of a clip that its lines have as they are."""


def write_folders(parts: Iterable[pl.DataFrame], splits: list[str], folder: Path) -> dict[str, int]:
    """Write the data folder of each split.

    What its lines are made of waits on disk, a table a split, so that no more than the column or two of one file is
    held, and sorted, at once.

    Args:
        parts: clips, some at a time: OF_FILE, split, clip_id, class_ids, class_names, texts.
        splits: all that there are.
        folder: of the export.

    Returns:
        How many lines each file has.
    """
    lines: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=folder) as waiting:
        aside = Aside(Path(waiting))
        for part in parts:
            told = _fields(part)
            for split in splits:
                aside.add(split, told.filter(part["split"] == split))
        for split in splits:
            (folder / split).mkdir()
            for name, rows in _files(aside.of(split)):
                lines[f"{split}/{name}"] = _write(folder / split / name, rows)
    return lines


def _fields(clips: pl.DataFrame) -> pl.DataFrame:
    """What stands behind the first field of each file."""
    rate = clips["file_rate"]
    names = pl.col("class_names").cast(pl.List(pl.String)).list.join(" ")
    ids = pl.col("class_ids").cast(pl.List(pl.String)).list.eval(pl.element().str.replace_all(rf"{CONTROL}|\s", "_"))
    return clips.select(
        *KEPT,
        is_span=pl.col("file_id") != pl.col("clip_id"),
        start=_seconds(clips["first_frame"], rate),
        end=_seconds(clips["first_frame"] + clips["frames"], rate),
        lasts=_seconds(clips["frames"], rate),
        file_lasts=_seconds(clips["file_frames"], rate),
        words=in_a_line(pl.coalesce(pl.col("texts").list.first(), names)),
        labels=ids.list.join(" "),
    )


def _seconds(frames: pl.Series, rate: pl.Series) -> pl.Series:
    """In full: Kaldi cuts their product with the rate to a whole number."""
    return to_the_sample(frames, rate).cast(pl.String)


def _files(clips: pl.LazyFrame) -> Iterator[tuple[str, pl.LazyFrame]]:
    """The files of a split, and the fields of each."""
    for name, field in (("wav.scp", "file"), ("reco2dur", "file_lasts")):
        yield name, clips.select("file_id", field).unique()
    if clips.select(pl.col("is_span").any()).collect().item():
        yield "segments", clips.select("clip_id", "file_id", "start", "end")
    for name, field in OF_CLIPS.items():
        yield name, clips.select(pl.col("clip_id").alias("key"), field)


def _write(file: Path, rows: pl.LazyFrame) -> int:
    """Write rows by their first field, with blanks between fields; nothing behind it where there is nothing to say.

    Returns:
        How many there are.
    """
    line = pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).str.strip_chars_end(" ")
    lines = rows.sort(pl.nth(0)).select(line).collect()
    lines.write_csv(file, include_header=False, quote_style="never")
    return len(lines)
