"""What it costs to notice changes: looking at every audio file before each run, with up to two million of them."""

import contextlib
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.hard_links import LINKS_A_FILE, audio_root, numbered
from benchmarks.one_class import write_dataset
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV, Workflow
from workflow_scripts.settings.roots import root_slug

LIMITS = {"min_duration_s": 0.001, "max_duration_s": 11.0, "train_min_duration_s": 0.001}
REPEATS = 3
SIZES = ((20_000, LINKS_A_FILE), (200_000, LINKS_A_FILE), (200_000, 1), (2_000_000, LINKS_A_FILE))
"""Files, and how many of them are names of one file: a disk reads less where names share a file, and that flatters."""
SMALL_SIZES = ((2_000, LINKS_A_FILE), (2_000, 1))
DROP_CACHES = Path("/proc/sys/vm/drop_caches")


def run(small: bool) -> Iterator[Table]:
    """Ways to look; runs that find nothing to do, with and without looking; and the jobs that went before them."""
    ways, starts, jobs = [], [], []
    for files, links in SMALL_SIZES if small else SIZES:
        with (
            audio_root(numbered(files), links) as root,
            tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary,
        ):
            kind = f"{files:,} {'files' if links == 1 else 'hard links'}"
            ways += [[f"{kind}, {cache}", *row] for cache, row in _ways(root, Path(temporary))]
            if links > 1:
                dataset = write_dataset(Path(temporary), 1, root, limits=LIMITS)
                made = {look: _up_to_date(Path(temporary) / look, dataset, root, look) for look in ("always", "never")}
                jobs += [
                    [kind, job.name.partition("/")[0], job.seconds, job.cpu_seconds, job.memory_mb]
                    for job in made["always"].jobs()
                ]
                starts.append([kind, *_starts(made, dataset)])
    yield _ways_table(ways)
    yield _starts_table(starts)
    notes = ["As Snakemake's benchmark files tell it; they look now and then, and miss peaks of memory."]
    yield Table("Jobs over so many files", ["files", "job", "wall s", "CPU s", "MB"], jobs, notes)


def _ways(root: Path, folder: Path) -> Iterator[tuple[str, list[float]]]:
    """Each way to look by turns: first with what the system remembers, then, where we may, with that taken away."""
    looks = {"scandir": _python("scandir", root), "find": _find(root), "look": _python("look", root)}
    scan = _python("scan", root, folder / "media")
    for look in looks.values():
        look()
    yield "warm", _row(looks, scan, [contextlib.nullcontext] * REPEATS)
    if os.access(DROP_CACHES, os.W_OK):
        yield "cold", _row(looks, scan, [_forgotten])


def _row(
    looks: dict[str, Callable[[], Measured]], scan: Callable[[], Measured], befores: list[Callable]
) -> list[float]:
    seen: dict[str, list[Measured]] = {name: [] for name in (*looks, "scan")}
    for before in befores:
        for name, look in {**looks, "scan": scan}.items():
            with before():
                seen[name].append(look())
    scandir, find, look = (statistics.median(_told(one)[0] for one in seen[name]) for name in looks)
    whole_scan = statistics.median(one.seconds for one in seen["scan"])
    look_mb, scan_mb = (max(_told(one)[1] for one in seen[name]) for name in ("look", "scan"))
    return [scandir, find, look, look / scandir, look / find, look_mb, whole_scan, scan_mb]


def _python(way: str, root: Path, *rest: object) -> Callable[[], Measured]:
    command = ["python", "-m", "benchmarks.looks", way, str(root), *map(str, rest)]
    return lambda: measure(command, CHECKOUT, VENV)


def _find(root: Path) -> Callable[[], Measured]:
    return lambda: measure(["find", str(root), "-type", "f", "-fprintf", "/dev/null", "%s %T@\n"], CHECKOUT)


def _told(look: Measured) -> tuple[float, float]:
    """The seconds and MB that a look told of itself; find tells nothing, and starts in no time."""
    return tuple(map(float, look.output.split())) if look.output else (look.seconds, look.largest_mb)


@contextlib.contextmanager
def _forgotten() -> Iterator[None]:
    """Before: the system forgets the files, folders and inodes that it has read."""
    os.sync()
    DROP_CACHES.write_text("3")
    yield


def _starts(workflows: dict[str, Workflow], dataset: Path) -> list[float]:
    """Plain `snakemake` with nothing to do, with looking and without: seconds of both, what looking costs, memory."""
    runs: dict[str, list[Measured]] = {look: [] for look in workflows}
    for _ in range(REPEATS):
        for look, workflow in workflows.items():
            runs[look].append(workflow.snakemake(dataset, look=look))
            if "Nothing to be done" not in runs[look][-1].errors:
                raise AssertionError(f"something was done: {runs[look][-1].errors[-2000:]}")
    looked, blind = (statistics.median(one.seconds for one in runs[look]) for look in ("always", "never"))
    return [looked, blind, looked - blind, looked / blind, max(one.tree_mb for one in runs["always"])]


def _up_to_date(folder: Path, dataset: Path, root: Path, look: str) -> Workflow:
    """A copy of the workflow whose results are up to date, with checks made by hand."""
    workflow = Workflow(folder)
    audio = workflow.results / "audio" / root_slug(str(root), workflow.folder)
    workflow.snakemake(dataset, "media", look=look)
    measure(["python", "-m", "benchmarks.hand_made", str(root), str(audio)], CHECKOUT, VENV)
    workflow.snakemake(dataset, look=look)
    return workflow


def _ways_table(rows: list[list[object]]) -> Table:
    columns = [
        "files",
        "bare scandir + stat, s",
        "find -printf, s",
        "our look, s",
        "ours / bare",
        "ours / find",
        "our look, MB",
    ]
    columns += ["look and scan, s", "look and scan, MB"]
    notes = [
        f"Warm: median of {REPEATS}, all in the system's memory. Cold: once each, after the system was told to forget. "
        "Hard links share inodes, of which a cold disk then reads thirty instead of two million: see the rows of real "
        "files. The scan's time holds Python's start and imports."
    ]
    return Table("Looking at every file", columns, rows, notes)


def _starts_table(rows: list[list[object]]) -> Table:
    columns = ["files", "`look: always`, s", "`look: never`, s", "looking costs, s", "always / never", "always, MB"]
    notes = [f"Plain `snakemake`; all scanned, checked, resolved and exported before. Medians of {REPEATS}."]
    return Table("A run with nothing to do", columns, rows, notes)
