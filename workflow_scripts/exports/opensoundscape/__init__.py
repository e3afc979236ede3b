"""One table of annotations for opensoundscape.

Source of the form: https://github.com/kitzeslab/opensoundscape (annotations.py, BoxedAnnotations), version 0.13.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.events.labels import class_labels, read_as_other
from workflow_scripts.exports.events.media import durations, in_part
from workflow_scripts.exports.events.rows import DECIMALS, seconds
from workflow_scripts.exports.events.taking import EventsTaken, Heard
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables

FILE = "annotations.csv"
_NONE = pl.lit(None, pl.String)
COLUMNS = {
    "audio_file": pl.col("media_path"),
    "annotation_file": _NONE,
    "annotation": pl.col("label"),
    "start_time": seconds("begin_s", DECIMALS),
    "end_time": seconds("end_s", DECIMALS),
    "low_f": _NONE,
    "high_f": _NONE,
    **{name: pl.col(name) for name in ("clip_id", "split", "class_id", "strength", "value")},
}
"""Those of opensoundscape, without bounds of frequencies, which nobody knows; and ours, which it keeps."""
OF_CLIPS = ("audio_file", "clip_id", "split")
"""What a clip in which nothing is heard has; a row without an annotation says that somebody listened."""


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write annotations.csv and labels.json."""
    taken = EventsTaken(tables, class_labels(tables, "opensoundscape"), None, options["unlabelled"])
    lengths, unknown = durations(tables), 0
    with (folder / FILE).open("wb") as file:
        file.write(",".join(COLUMNS).encode() + b"\n")
        for heard in taken.parts(folder):
            _rows(heard).write_csv(file, include_header=False)
            unknown += in_part(heard.clips.hstack(lengths.of(heard.clips)), ["media_path"])
    return taken.written(folder, [*read_as_other(taken.labels.used), *_taken_for_silent(unknown)])


def _taken_for_silent(media: int) -> Iterator[str]:
    if media:
        yield (
            f"{media:,} files are told of in part alone, as their clips do not cover them; opensoundscape takes it "
            "that nothing is heard in the rest, unless its windows are those of the clips"
        )


def _rows(heard: Heard) -> pl.DataFrame:
    rows = heard.rows.select(**COLUMNS)
    silent = heard.clips.join(heard.rows, on="clip_id", how="anti", maintain_order="left")
    nothing = silent.select(**{name: COLUMNS[name] for name in OF_CLIPS})
    return pl.concat([rows, nothing], how="diagonal")
