"""`<split>.csv` or `.jsonl` of addresses and texts: the form in which lists of sounds are handed in and round.

Source of the form: https://github.com/LAION-AI/audio-dataset (README.md, whose scraped sets are lists of `url` and
`text`; laion-audio-630k/README.md: `url`, `caption1`, `caption2`, … and metadata).
"""

import contextlib
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.counting import held_back, not_usable, taken
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, in_ranges, refuse_splits
from workflow_scripts.exports.text import stored_as, text_file
from workflow_scripts.exports.words import caption_columns, captions, most_captions, names_in_a_cell, text_of_each

READ = [
    *("split", "clip_id", "source_url", "class_names", "start_s", "end_s", "duration_s", "licence"),
    *("status", "usable", "trainable"),
]
"""Columns of the ledger, of usable clips alone."""
FILES = {"csv": "{}.csv", "jsonl": "{}.jsonl"}
"""Of a split, by the option `form`."""
HELD_BACK = {
    "no_url": ~pl.col("source_url").str.contains(r"\S").fill_null(False),
    "no_text": pl.col("text").is_null(),
}
"""Why a trainable clip is not taken."""
URL_TEXT = (pl.col("source_url").alias("url"), pl.col("text"))
BESIDES = (pl.col("clip_id"), pl.col("start_s", "end_s", "duration_s"), pl.col("licence").cast(pl.String))
REASONS = ("not_trainable", *HELD_BACK)
_log = logging.getLogger(__name__)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write one file a split, a row a clip.

    Columns: url, text (the first caption, or where there is none the sentence made of the labels), caption1, caption2,
    … (captions alone, as many as the clip has that has the most), tags (names of classes, `;` between them), clip_id,
    start_s and end_s (as the label row says, seconds; of what is at the address), duration_s, licence. As JSON lines
    `captions` and `tags` are lists.
    """
    splits, form, compress = tables.splits(), options["form"], options["compress"]
    file_name = stored_as(FILES[form], compress)
    refuse_splits("url_text", splits, [file_name])
    ledger = tables.lazy("clips")
    said, most = captions(tables), most_captions(tables)
    clips_taken, left_out, lasting = dict.fromkeys(splits, 0), Counter[str](), 0.0
    with contextlib.ExitStack() as stack:
        files = {split: stack.enter_context(text_file(folder, FILES[form].format(split), compress)) for split in splits}
        for number, clips in enumerate(in_ranges(ledger.filter("usable").select(READ))):
            told = clips.with_columns(said.of(clips)).lazy().with_columns(text=text_of_each())
            left_out.update(held_back(told, HELD_BACK))
            listed = taken(told, HELD_BACK).collect()
            lasting += float(listed["duration_s"].sum())
            for split, file in files.items():
                of_split = listed.filter(pl.col("split") == split)
                if form == "csv":
                    of_split.select(_in_cells(most)).write_csv(file, include_header=number == 0)
                else:
                    of_split.select(_in_lists()).write_ndjson(file)
                clips_taken[split] += len(of_split)
    reasons = not_usable(ledger) | {reason: left_out[reason] for reason in REASONS if left_out[reason]}
    _log.info("url_text: %s; left out: %s", clips_taken, reasons)
    lines = {file_name.format(split): (form == "csv") + count for split, count in clips_taken.items()}
    return Written(clips_taken, lasting, reasons, lines=lines)


def _in_cells(most: int) -> list[pl.Expr]:
    return [*URL_TEXT, *caption_columns(most), names_in_a_cell().alias("tags"), *BESIDES]


def _in_lists() -> list[pl.Expr]:
    names = pl.List(pl.String)
    said = pl.col("texts").fill_null(pl.lit([], names)).alias("captions")
    return [*URL_TEXT, said, pl.col("class_names").cast(names).alias("tags"), *BESIDES]
