"""Label tracks of Audacity, one a media.

Source of the form: https://manual.audacityteam.org/man/importing_and_exporting_labels.html.
"""

from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.events.files import write_files
from workflow_scripts.exports.events.labels import class_labels
from workflow_scripts.exports.events.rows import seconds
from workflow_scripts.exports.events.taking import EventsTaken
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables

SUFFIX = ".txt"
TRACKS = "labels"
DECIMALS = 6
"""Of seconds, as Audacity writes them."""


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write labels/<path of the media>.txt, with start, end and label in each line, and labels.json."""
    taken = EventsTaken(tables, class_labels(tables, "audacity"), SUFFIX, options["unlabelled"])
    columns = [*(seconds(time, DECIMALS) for time in ("begin_s", "end_s")), pl.col("label")]
    for heard in taken.parts(folder):
        lines = heard.rows.select("file", line=pl.concat_str(columns, separator="\t"))
        write_files(lines, heard.clips["file"], folder / TRACKS)
    return taken.written(folder, taken.labels.unsaid("Audacity's labels"))
