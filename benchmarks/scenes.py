"""What it costs to plan soundscapes, up to two million, and to make them, in multiples of real time."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.clips import SECONDS
from benchmarks.one_scene_plan import BACKGROUNDS, CLASSES, CLIPS, KIND
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV

MADE = 1_000


def run(small: bool) -> Iterator[Table]:
    """A table of plans, and one of what is made; small: a hundredth."""
    sizes = [2_000, 20_000] if small else [20_000, 200_000, 2_000_000]
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as folder:
        _run(folder, 1)  # writes the recordings
        yield _plans(folder, sizes)
        yield _made(folder, 50 if small else MADE)


def _plans(folder: str, sizes: Sequence[int]) -> Table:
    rows = []
    for scenes in sizes:
        done = _run(folder, scenes)
        rows.append([scenes, int(done.output), done.seconds, done.cpu_seconds, done.tree_mb])
    about = f"One to five events of {CLIPS:,} clips of {CLASSES} classes, {BACKGROUNDS:,} backgrounds, with captions."
    return Table("Planning soundscapes", ["scenes", "parts", "s", "CPU s", "MB"], rows, [about])


def _made(folder: str, scenes: int) -> Table:
    planned, done = _run(folder, scenes), _run(folder, scenes, "pack")
    took = done.cpu_seconds - planned.cpu_seconds
    columns = ["scenes", "parts", "CPU s", "seconds of sound a CPU second", "MB"]
    row = [scenes, int(done.output), took, scenes * SECONDS / took, done.largest_mb]
    note = f"Scenes of {SECONDS} s at 44.1 kHz, mono, FLAC of 16 bits, of {KIND}; without the plan."
    return Table("Making them", columns, [row], [note])


def _run(folder: str, *words: object) -> Measured:
    return measure(["python", "-m", "benchmarks.one_scene_plan", folder, *map(str, words)], Path(CHECKOUT), VENV)
