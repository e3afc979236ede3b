"""Clips a second of the check of a shard, against a bare loop of read, resample and fbank."""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV

CLIPS = 400
REPEATS = 3
WORKERS = 2


def run(small: bool) -> Iterator[Table]:
    """Ours and the bare loop by turns, over the clips and over one, which tells what starting takes."""
    clips, repeats = (16, 1) if small else (CLIPS, REPEATS)
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        folder = Path(temporary)
        jobs = _jobs(folder / "clips", clips) | _jobs(folder / "one", 1)
        runs: dict[tuple[str, int], list[Measured]] = {key: [] for key in jobs}
        for _ in range(repeats):
            for key, job in jobs.items():
                runs[key].append(job())
    rows = [[name, *_figures(runs[name, clips], runs[name, 1], clips)] for name in ("bare loop", "check of a shard")]
    bare, ours = rows
    rows.append(["ours / bare loop", *(mine / other for mine, other in zip(ours[1:], bare[1:], strict=True))])
    columns = ["", "wall s", "with one clip, s", "clips/s", "clips/s beyond the first", "tree MB"]
    notes = [
        f"{clips} clips of {SECONDS} s, an equal share of {', '.join(KINDS)}; {WORKERS} processes each. From Python's "
        f"start to its end; ours ends with the Parquet file on disk. Medians of {repeats}, warm."
    ]
    yield Table("Checking a shard", columns, rows, notes)


def _jobs(folder: Path, clips: int) -> dict[tuple[str, int], Callable[[], Measured]]:
    """The two jobs over a new root with so many clips."""
    root, lists, results = folder / "root", folder / "media", folder / "results"
    root.mkdir(parents=True)
    write_clips(root, clips)
    _python("looks", "scan", root, lists, 1)()
    numbers = iter(range(1_000_000))

    def check() -> Measured:  # a new output each time: an earlier one would be kept, and nothing decoded
        output = results / str(next(numbers)) / "checks" / "shard=0000.parquet"
        return _python("one_check", lists / "shard=0000.parquet", root, WORKERS, output)()

    return {("bare loop", clips): _python("bare_check", root, WORKERS), ("check of a shard", clips): check}


def _python(module: str, *arguments: object) -> Callable[[], Measured]:
    command = ["python", "-m", f"benchmarks.{module}", *map(str, arguments)]
    return lambda: measure(command, CHECKOUT, VENV)


def _figures(over_clips: list[Measured], over_one: list[Measured], clips: int) -> list[float]:
    seconds, start = (statistics.median(one.seconds for one in runs) for runs in (over_clips, over_one))
    memory = statistics.median(one.tree_mb for one in over_clips)
    return [seconds, start, clips / seconds, (clips - 1) / (seconds - start), memory]
