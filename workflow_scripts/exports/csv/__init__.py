"""`full_<split>_segments.csv`: every usable clip with its file, span and labels."""

import contextlib
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import (
    Tables,
    by_split,
    file_paths,
    in_ranges,
    not_usable,
    refuse_splits,
)

READ = [
    *("split", "clip_id", "start_s", "end_s", "class_ids", "class_names"),
    *("media_path", "member", "duration_s", "sample_rate", "channels"),
]
"""Columns of the ledger, of usable clips alone: that all of a row stays unread where it is not is most of the time."""
FILE = "full_{}_segments.csv"
"""Of a split."""
NAME_SEPARATOR = ";"
"""Between class names: 75 of AudioSet's 527 hold a comma, none a semicolon."""


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write one CSV a split.

    Columns: file_path, clip_id, start_seconds, end_seconds (as the label row says), positive_labels (class ids, `,`
    between them), positive_labels_names (`;` between them), duration_s, sample_rate, channels, member (where the file
    is an archive, else empty).
    """
    ledger = tables.lazy("clips")
    splits, usable = tables.splits(), ledger.filter("usable")
    refuse_splits("csv", splits, [FILE])
    with contextlib.ExitStack() as stack:
        files = {split: stack.enter_context((folder / FILE.format(split)).open("wb")) for split in splits}
        for number, clips in enumerate(in_ranges(usable.select(READ))):
            rows = _rows(clips, file_paths(clips, options["paths"], final_folder))
            for split, file in files.items():
                rows.filter(clips["split"] == split).write_csv(file, include_header=number == 0)
    return Written(by_split(usable, splits), not_usable(ledger))


def _rows(clips: pl.DataFrame, files: pl.Series) -> pl.DataFrame:
    return clips.select(
        files.alias("file_path"),
        "clip_id",
        start_seconds="start_s",
        end_seconds="end_s",
        positive_labels=pl.col("class_ids").cast(pl.List(pl.String)).list.join(","),
        positive_labels_names=pl.col("class_names").cast(pl.List(pl.String)).list.join(NAME_SEPARATOR),
        duration_s="duration_s",
        sample_rate="sample_rate",
        channels="channels",
        member="member",
    )
