"""Tables of events, tags and durations as DESED has them, for what scores sound event detection.

Source of the forms: https://github.com/turpaultn/DESED (data/real/metadata), https://github.com/audioanalytic/psds_eval
(psds.py), https://github.com/fgnt/sed_scores_eval (base_modules/io.py).
"""

from pathlib import Path
from typing import Any

from workflow_scripts.exports.dcase.tables import SplitTables
from workflow_scripts.exports.events.labels import class_labels, read_as_other
from workflow_scripts.exports.events.media import durations
from workflow_scripts.exports.events.taking import EventsTaken
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.exports.text import CONTROL


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write strong, weak and durations, a TSV a split in each where it has any row, and labels.json."""
    refuse_splits("dcase", tables.splits(), ["{}.tsv"])
    called = class_labels(tables, "dcase", f"{CONTROL}|,")  # tags have commas between them
    taken = EventsTaken(tables, called, "", options["unlabelled"], with_weak=True)
    of_splits, lengths = SplitTables(tables, folder), durations(tables)
    for heard in taken.parts(folder):
        taken.labels.leave_out("joined", of_splits.add(heard.rows, heard.clips.hstack(lengths.of(heard.clips))))
    warnings = [*of_splits.warnings(), *read_as_other(taken.labels.used), *taken.labels.unsaid("these tables")]
    return taken.written(folder, warnings)
