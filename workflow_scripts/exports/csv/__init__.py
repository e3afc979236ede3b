"""`full_<split>_segments.csv`: every usable clip with its file, span, labels and captions."""

import contextlib
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.counting import by_split, not_usable, seconds
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, file_paths, in_ranges, refuse_splits
from workflow_scripts.exports.text import stored_as, text_file
from workflow_scripts.exports.words import caption_columns, captions, most_captions, names_in_a_cell

READ = [
    *("split", "clip_id", "start_s", "end_s", "class_ids", "class_names"),
    *("media_path", "member", "whole_media", "duration_s", "sample_rate", "channels"),
    *("trainable", "licence", "source_url"),
]
"""Columns of the ledger, of usable clips alone: that all of a row stays unread where it is not is most of the time."""
FILE = "full_{}_segments.csv"
"""Of a split."""


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write one CSV a split.

    Columns: file_path, clip_id, start_seconds, end_seconds (as the label row says), positive_labels (class ids, `,`
    between them), positive_labels_names (`;` between them), duration_s, sample_rate, channels, member (where the file
    is an archive, else empty), whole_file (false: the clip is start_seconds to end_seconds of the file), trainable,
    licence, source_url, and caption1, caption2, … where the dataset has captions.
    """
    ledger = tables.lazy("clips")
    splits, usable = tables.splits(), ledger.filter("usable")
    file_name = stored_as(FILE, options["compress"])
    refuse_splits("csv", splits, [file_name])
    said, most = captions(tables), most_captions(tables)
    with contextlib.ExitStack() as stack:
        files = {
            split: stack.enter_context(text_file(folder, FILE.format(split), options["compress"])) for split in splits
        }
        for number, clips in enumerate(in_ranges(usable.select(READ))):
            rows = _rows(clips.with_columns(said.of(clips)), file_paths(clips, options["paths"], final_folder), most)
            for split, file in files.items():
                rows.filter(clips["split"] == split).write_csv(file, include_header=number == 0)
    clips_of = by_split(usable, splits)
    lines = {file_name.format(split): 1 + taken for split, taken in clips_of.items()}
    return Written(clips_of, seconds(usable), not_usable(ledger), lines=lines)


def _rows(clips: pl.DataFrame, files: pl.Series, most: int) -> pl.DataFrame:
    return clips.select(
        files.alias("file_path"),
        "clip_id",
        pl.col("start_s").alias("start_seconds"),
        pl.col("end_s").alias("end_seconds"),
        pl.col("class_ids").cast(pl.List(pl.String)).list.join(",").alias("positive_labels"),
        names_in_a_cell().alias("positive_labels_names"),
        *("duration_s", "sample_rate", "channels", "member"),
        pl.col("whole_media").alias("whole_file"),
        *("trainable", "licence", "source_url"),
        *caption_columns(most),
    )
