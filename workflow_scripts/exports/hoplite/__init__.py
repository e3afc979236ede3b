"""Annotations for Perch Hoplite, in the two forms that it reads.

Source of the forms: https://github.com/google-research/perch-hoplite (agile/README.md and agile/metadata.py of
hoplite_annotations.csv; agile/ingest_annotations.py and taxonomy/annotations.py of annotations.csv), version 1.0.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.events.files import below_root
from workflow_scripts.exports.events.labels import class_labels, read_as_other
from workflow_scripts.exports.events.rows import DECIMALS, seconds
from workflow_scripts.exports.events.taking import EventsTaken
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import MEDIA, Tables

BLANK = "_"
"""What stands for one in annotations.csv, whose reader takes what blanks part for labels."""
STRETCH = [seconds("begin_s", DECIMALS), seconds("end_s", DECIMALS)]
FORMS = {
    "hoplite_annotations.csv": {
        "recording": below_root(),
        "start_offset_s": STRETCH[0],
        "end_offset_s": STRETCH[1],
        "label": pl.col("label"),
        "label_type": pl.lit("positive"),
    },
    "annotations.csv": {
        "filename": below_root(),
        "start_time_s": STRETCH[0],
        "end_time_s": STRETCH[1],
        "label": pl.col("label").str.replace_all(" ", BLANK, literal=True),
    },
}
"""The columns of each file."""


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write hoplite_annotations.csv, annotations.csv and labels.json; of each root where there are several."""
    taken = EventsTaken(tables, class_labels(tables, "hoplite", blank=BLANK), "", once=True)
    flat = 0
    for heard in taken.parts(folder):
        flat += heard.clips.filter(~pl.col("path").str.contains("/", literal=True)).select(MEDIA).n_unique()
        for (root,), rows in heard.rows.partition_by("root", as_dict=True, maintain_order=True).items():
            of_root = folder / root if taken.several_roots else folder
            of_root.mkdir(exist_ok=True)
            for name, columns in FORMS.items():
                _append(rows.select(**columns), of_root / name)
    return taken.written(
        folder, [*read_as_other(taken.labels.used), *taken.labels.unsaid("Hoplite's annotations"), *_lost(flat)]
    )


def _append(rows: pl.DataFrame, file: Path) -> None:
    with file.open("ab") as written:
        rows.write_csv(written, include_header=written.tell() == 0)


def _lost(flat: int) -> Iterator[str]:
    """What its worker does: it calls a deployment by the first folder, and one without a folder by the dataset.

    Annotations of a recording without a folder it gives to a deployment that is called like the file.
    """
    if flat:
        yield (
            f"{flat:,} recordings lie in no folder below their root: Hoplite's EmbedWorker gives their annotations to "
            "other recordings than their sounds. Its AnnotatedDatasetIngestor, which reads annotations.csv, does not"
        )
