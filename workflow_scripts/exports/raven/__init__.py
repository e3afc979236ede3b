"""Selection tables of Raven Pro and Raven Lite, one a media.

Source of the form: Raven Pro User's Guide, "Selection tables" (https://ravensoundsoftware.com/knowledge-base); readers:
https://github.com/kitzeslab/opensoundscape (annotations.py, from_raven_files), https://github.com/maRce10/Rraven.
"""

from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.events.files import write_files
from workflow_scripts.exports.events.labels import class_labels, read_as_other
from workflow_scripts.exports.events.rows import DECIMALS, cell, seconds
from workflow_scripts.exports.events.taking import EventsTaken
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables

SUFFIX = ".Table.1.selections.txt"
TABLES = "selections"
COLUMNS = {
    "Selection": pl.int_range(1, pl.len() + 1).over("file").cast(pl.String),
    "View": pl.lit("Spectrogram 1"),
    "Channel": pl.lit("1"),
    "Begin Time (s)": seconds("begin_s", DECIMALS),
    "End Time (s)": seconds("end_s", DECIMALS),
    "Low Freq (Hz)": pl.lit("0.0"),
    "High Freq (Hz)": (pl.col("sample_rate") / 2).cast(pl.String),
    "Begin File": cell("name"),
    "Begin Path": cell("media_path"),
    "Annotation": cell("label"),
    "Class": cell("class_id"),
    "Clip": pl.col("clip_id"),
    "Split": pl.col("split"),
    "Strength": pl.col("strength"),
    "Value": pl.col("value").cast(pl.String).fill_null(""),
}
"""Raven's own, which it does without none of, and ours, which it shows as annotations."""


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write selections/<path of the media>.Table.1.selections.txt and labels.json."""
    taken = EventsTaken(tables, class_labels(tables, "raven"), SUFFIX, options["unlabelled"])
    for heard in taken.parts(folder):
        named = heard.rows.with_columns(name=pl.col("below").str.split("/").list.last())
        lines = named.select("file", line=pl.concat_str(*COLUMNS.values(), separator="\t"))
        write_files(lines, heard.clips["file"], folder / TABLES, "\t".join(COLUMNS) + "\n")
    return taken.written(folder, read_as_other(taken.labels.used))
