"""Whether a clip costs the same in a small shard and in a large one, and what two million clips cost by that."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.checks import WORKERS, check_of
from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.processes import Measured
from benchmarks.report import Table

COUNTS = (1_000, 4_000, 16_000)
REPEATS = 3
AUDIOSET = 2_000_000
CLUSTER_CORES = 100 * 32


def run(small: bool) -> Iterator[Table]:
    """Growth over the cheapest kind of clip, whose bookkeeping weighs most; then the cost of each kind."""
    counts, repeats = ((8, 16), 1) if small else (COUNTS, REPEATS)
    kind = next(iter(KINDS))
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        runs = _by_turns(Path(temporary), kind, (1, *counts), repeats)
    start = _seconds(runs[1])
    rows = []
    for count in counts:
        seconds = _seconds(runs[count])
        beyond = (seconds - start) / (count - 1)
        memory = statistics.median(run.tree_mb for run in runs[count])
        rows.append([count, seconds, 1000 * seconds / count, 1000 * beyond, memory])
    least = rows[0]
    for row in rows:
        row += [row[3] / least[3], row[4] / least[4]]
    columns = [
        "clips",
        "wall s",
        "ms a clip",
        "ms a clip beyond the first",
        "tree MB",
        "ms beyond / least",
        "MB / least",
    ]
    notes = [
        f"{kind}, {SECONDS} s each, one shard, {WORKERS} processes; medians of {repeats} by turns. One clip takes "
        f"{start:.2f} s: starting and ending."
    ]
    yield Table("Growth", columns, rows, notes)
    yield _costs(counts[-2])


def _by_turns(folder: Path, kind: str, counts: tuple[int, ...], repeats: int) -> dict[int, list[Measured]]:
    jobs = {}
    for count in counts:
        write_clips(folder / str(count) / "root", kind, count)
        jobs[count] = check_of(folder / str(count) / "root", folder / str(count))
    runs: dict[int, list[Measured]] = {count: [] for count in counts}
    for _ in range(repeats):
        for count, job in jobs.items():
            runs[count].append(job())
    return runs


def _costs(clips: int) -> Table:
    """Clips per core-hour of each kind, and what as many clips as AudioSet's come to."""
    rows = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            seconds = _seconds(_by_turns(Path(temporary), kind, (clips,), 1)[clips])
        per_core_hour = clips / (seconds * WORKERS) * 3600
        core_hours = AUDIOSET / per_core_hour
        rows.append([kind, per_core_hour, core_hours, core_hours / WORKERS, core_hours / CLUSTER_CORES * 60])
    columns = [
        "",
        "clips per core-hour",
        "2 M clips, core-hours",
        f"on {WORKERS} cores, hours",
        "on 100 × 32 cores, minutes",
    ]
    notes = [
        f"From one shard of {clips:,} clips of each kind, start and end included. The cluster's minutes are the "
        "core-hours divided by its cores: its filesystem, the queue and the jobs before and after are not in them."
    ]
    return Table("What clips cost", columns, rows, notes)


def _seconds(runs: list[Measured]) -> float:
    return statistics.median(run.seconds for run in runs)
