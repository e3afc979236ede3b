"""What it costs to plan soundscapes, up to two million, and to make them, in multiples of real time."""

import tempfile
from collections.abc import Iterator
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
    rows: list[list[object]] = []
    for scenes in sizes:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as folder:
            done = _run(folder, scenes)
            rows.append([scenes, int(done.output), done.seconds, done.cpu_seconds, done.tree_mb])
    about = f"One to five events of {CLIPS:,} clips of {CLASSES} classes, {BACKGROUNDS:,} backgrounds, with captions."
    yield Table("Planning soundscapes", ["scenes", "parts", "s", "CPU s", "MB"], rows, [about])
    made = 50 if small else MADE
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as folder:
        planned = _run(folder, made)
        done = _run(folder, made, "pack")
    took = done.cpu_seconds - planned.cpu_seconds
    columns = ["scenes", "parts", "CPU s", "seconds of sound a CPU second", "MB"]
    row = [made, int(done.output), took, made * SECONDS / took, done.largest_mb]
    note = f"Scenes of {SECONDS} s at 44.1 kHz, mono, FLAC of 16 bits, of {KIND}; without the plan."
    yield Table("Making them", columns, [row], [note])


def _run(folder: str, *words: object) -> Measured:
    return measure(["python", "-m", "benchmarks.one_scene_plan", folder, *map(str, words)], Path(CHECKOUT), VENV)
