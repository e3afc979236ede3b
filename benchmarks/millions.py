"""Does large stay flat? A tenth of the official lists, all of them, and ten times over, with as many media.

    python -m benchmarks.millions [--sizes 0.2 2 20] [--jobs resolve export/csv] [--worlds official] [--folder FOLDER]

Every job of the tables by itself, in a process of its own, on tables that benchmarks/many_clips.py makes: no audio is
there, and none is asked for. In a folder that is named what was made stays, so that one job can be tried alone.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks import one_job
from benchmarks.processes import Measured, measure
from benchmarks.report import Table, markdown
from benchmarks.workflow import CHECKOUT, VENV

SIZES = {"0.02": (1, 100), "0.2": (1, 10), "2": (1, 1), "20": (10, 1)}
"""In millions of clips: how often the lists are taken over, and every how-manieth row of them."""
JOBS = ("look", "scan", *one_job.JOBS)
"""The first two over as many made-up names of files."""
WORLDS: dict[str, tuple[str, ...]] = {
    "official": JOBS,
    "untimed": ("ingest", "resolve"),
    "one_label": ("ingest",),
    "strong": ("ingest",),
    "spans": ("ingest", "resolve"),
    "tenth": ("resolve",),
    "rivals": ("resolve",),
    "mirrored": ("resolve", "export/csv", "export/ast"),
}
"""Of each world of benchmarks/many_clips.py the jobs that it is hard for."""


def run(small: bool) -> Iterator[Table]:
    """Three sizes; of other worlds than the official one, and small: the smallest two."""
    sizes = ["0.02", "0.2"] if small else ["0.2", "2", "20"]
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        for world, jobs in WORLDS.items():
            yield measured_jobs(Path(temporary), sizes if world == "official" else sizes[:2], jobs, world)


def measured_jobs(folder: Path, sizes: Sequence[str], jobs: Sequence[str], world: str) -> Table:
    """What each job takes at each size, sizes one after the other."""
    costs: dict[str, dict[str, Measured]] = {}
    made = []
    for size in sizes:
        of_size = folder / size / world
        clips, media = _make(of_size, size, world, jobs)
        made.append(f"{clips:,} clips and {media:,} media")
        costs[size] = {job: _measured(of_size, clips, job) for job in jobs}
    columns = ["job", *(f"{size} M, {unit}" for size in sizes for unit in ("s", "CPU s", "MB"))]
    columns += [f"{size} M / {before} M, {unit}" for before, size in pairwise(sizes) for unit in ("CPU s", "MB")]
    rows = []
    for job in jobs:
        measured = [costs[size][job] for size in sizes]
        figures = [figure for one in measured for figure in (one.seconds, one.cpu_seconds, one.tree_mb)]
        ratios = [ratio for before, one in pairwise(measured) for ratio in _ratios(before, one)]
        rows.append([job, *figures, *ratios])
    notes = [f"{'; '.join(made)}. Whole processes, Python's start included, once each; memory of the whole tree."]
    return Table(f"Tables of more and more clips: {world}", columns, rows, notes)


def _measured(folder: Path, clips: int, job: str) -> Measured:
    rule, _, match = job.partition("/")
    if rule in ("look", "scan"):
        return _run("made_up_root", job, str(clips), str(folder / "made_up"))
    if rule == "resolve" and match:
        _run("one_job", str(folder), f"keys/{match}")
    return _run("one_job", str(folder), job)


def _ratios(before: Measured, one: Measured) -> list[float]:
    return [one.cpu_seconds / before.cpu_seconds, one.tree_mb / before.tree_mb]


def _make(folder: Path, size: str, world: str, jobs: Sequence[str]) -> tuple[int, int]:
    """The lists and the tables of media, if they are not there yet; how many clips and media they are of.

    Also what an ingest makes, where that is not measured.
    """
    if not (folder / "counts").exists():
        _run("many_clips", str(folder), *map(str, SIZES[size]), world)
    if jobs[0] == "resolve":
        _run("one_job", str(folder), "ingest")
    clips, media = map(int, (folder / "counts").read_text().split())
    return clips, media


def _run(*command: str) -> Measured:
    return measure(["python", "-m", f"benchmarks.{command[0]}", *command[1:]], CHECKOUT, VENV)


def main() -> None:
    """Print the table of some sizes and jobs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.millions", description=__doc__)
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=["0.2", "2"])
    parser.add_argument("--jobs", nargs="*", choices=JOBS, help="instead of all that are measured of a world")
    parser.add_argument("--worlds", nargs="*", choices=WORLDS, default=["official"])
    parser.add_argument("--folder", type=Path, required=True, help="where tables are made, and stay")
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    for world in arguments.worlds:
        print(markdown(measured_jobs(folder, arguments.sizes, arguments.jobs or WORLDS[world], world)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
