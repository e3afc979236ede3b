"""The files of a data folder, each sorted by its first field as bytes are."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from workflow_scripts.exports.files.seconds import to_the_sample
from workflow_scripts.exports.text import CONTROL, in_a_line

KEPT = ["clip_id", "file_id", "file"]
"""Columns of a clip that its lines have as they are."""


def write_folders(parts: Iterable[pl.DataFrame], splits: list[str], folder: Path) -> None:
    """Write the data folder of each split.

    What its lines are made of waits on disk, a table a split, so that no more than the column or two of one file is
    held, and sorted, at once.

    Args:
        parts: clips, some at a time: OF_FILE, split, clip_id, class_ids, class_names, texts.
        splits: all that there are.
        folder: of the export.
    """
    with tempfile.TemporaryDirectory(dir=folder) as waiting:
        files: dict[str, list[Path]] = {split: [] for split in splits}
        for part in parts:
            told = _fields(part)
            for split, of_split in files.items():
                of_split.append(Path(waiting, f"{splits.index(split)}-{len(of_split)}.parquet"))
                told.filter(part["split"] == split).write_parquet(of_split[-1])
        for split, of_split in files.items():
            (folder / split).mkdir()
            _write(pl.scan_parquet(of_split, glob=False), folder / split)


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


def _write(clips: pl.LazyFrame, folder: Path) -> None:
    """The files of a split."""
    for name, field in (("wav.scp", "file"), ("reco2dur", "file_lasts")):
        _lines(folder / name, clips.select("file_id", field).unique())
    if clips.select(pl.col("is_span").any()).collect().item():
        _lines(folder / "segments", clips.select("clip_id", "file_id", "start", "end"))
    for name, field in (("utt2dur", "lasts"), ("text", "words"), ("utt2labels", "labels")):
        _lines(folder / name, clips.select("clip_id", field))
    for name in ("utt2spk", "spk2utt"):
        _lines(folder / name, clips.select("clip_id", pl.col("clip_id").alias("speaker")))


def _lines(file: Path, rows: pl.LazyFrame) -> None:
    """Write rows by their first field, with blanks between fields; nothing behind it where there is nothing to say."""
    line = pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).str.strip_chars_end(" ")
    lines = rows.sort(pl.nth(0)).select(line)
    lines.collect().write_csv(file, include_header=False, quote_style="never")
