"""What it costs to read large documents of JSON: recordings in COCO's form, captions of a gigabyte.

Beside `json.load` of the same document, which holds all of it as objects: what anybody would write first.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.made_up_documents import write_captions, write_recordings
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT

RECORDINGS, SPECIES = 137_012, 5_569
"""Of the training part of iNaturalist Sounds 2024."""
CAPTIONS_BYTES = 10**9
PLAIN = "import json, sys; print(len(json.load(open(sys.argv[1]))))"


def run(small: bool) -> Iterator[Table]:
    """Each once; small: a fiftieth."""
    part = 50 if small else 1
    rows = []
    for name in ("coco, recordings", "table, captions"):
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            folder = Path(temporary)
            if name.startswith("coco"):
                dataset = write_recordings(folder, RECORDINGS // part, SPECIES // part)
            else:
                dataset = write_captions(folder, CAPTIONS_BYTES // part)
            [document] = folder.glob("*.json")
            ours = measure(["python", "-m", "benchmarks.one_ingest", str(dataset)], CHECKOUT)
            plain = measure(["python", "-c", PLAIN, str(document)], CHECKOUT)
            made = sum(file.stat().st_size for file in folder.glob("results/made_up/tables/*.parquet"))
            clips = int(ours.output)
            if not clips:
                raise AssertionError(f"{name}: nothing was read: {ours.output}{ours.errors}")
            rows.append([name, clips, document.stat().st_size / 1e6, made / 1e6, *_figures(ours, plain)])
    columns = ["adapter", "clips", "document, MB", "its tables as Parquet, MB", "ingest, s", "CPU s", "MB"]
    columns += ["`json.load` alone, s", "MB", "ours / this, MB"]
    notes = ["Whole processes, Python's start included, once each; memory of the whole tree."]
    yield Table("Documents of JSON, from the file to the tables of the ingest", columns, rows, notes)


def _figures(ours: Measured, plain: Measured) -> list[float]:
    return [ours.seconds, ours.cpu_seconds, ours.tree_mb, plain.seconds, plain.tree_mb, ours.tree_mb / plain.tree_mb]
