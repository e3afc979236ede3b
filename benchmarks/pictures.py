"""What it costs to draw the pictures of a dataset: the official lists under other ids, with a file for most clips."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.millions import SIZES
from benchmarks.one_job import NAME, load
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV

JOBS = ("ingest", "resolve", "build_catalogue")
"""What comes before; none of it is measured here."""
TOLD = re.compile(r"(\w+): (?:asked for|nothing, after) ([\d.]+) s(?:, drawn in ([\d.]+) s)?")
"""What the log says of each picture."""


def run(small: bool) -> Iterator[Table]:
    """A table of the whole job at each size, and one of its pictures at the largest; small: a tenth."""
    sizes = ["0.2"] if small else ["0.2", "2"]
    whole, parts = [], {}
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        for size in sizes:
            folder = Path(temporary) / size
            _run("many_clips", str(folder), *map(str, SIZES[size]))
            for job in JOBS:
                _run("one_job", str(folder), job)
            drawn = _run("one_job", str(folder), "draw")
            run_of = load(folder)
            pictures = sorted(Path(run_of.places.pictures(NAME)).glob("*.svg"))
            bytes_of = {file.stem: file.stat().st_size for file in pictures}
            clips = int((folder / "counts").read_text().split()[0])
            figures = [drawn.seconds, drawn.cpu_seconds, drawn.tree_mb]
            whole.append([clips, len(pictures), *figures, sum(bytes_of.values()) / 1e6])
            log = Path(run_of.places.log("draw", NAME)).read_text()
            parts = {name: (asked, took, bytes_of.get(name)) for name, asked, took in TOLD.findall(log)}
    columns = ["clips", "pictures", "s", "CPU s", "MB", "MB of SVG"]
    notes = [
        "A process that asks the catalogue for all pictures and draws them as SVG and PNG, Python's start included."
    ]
    yield Table("The pictures of a dataset", columns, whole, notes)
    rows = [
        [name, float(asked), float(took) if took else None, size and size / 1e3]
        for name, (asked, took, size) in parts.items()
    ]
    yield Table("Each of them, at the largest size", ["picture", "asked for, s", "drawn in, s", "kB of SVG"], rows, [])


def _run(*command: str) -> Measured:
    return measure(["python", "-m", f"benchmarks.{command[0]}", *command[1:]], CHECKOUT, VENV)
