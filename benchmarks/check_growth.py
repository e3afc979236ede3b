"""Whether a clip costs the same in a small shard and in a large one, and what two million clips cost by that."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.checks import WORKERS, Job, by_turns, check_of, medians
from benchmarks.clips import KINDS, SECONDS, write_clips
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
        runs = by_turns(_jobs(Path(temporary), kind, (1, *counts)), repeats)
    seconds, memory = medians(runs, "seconds"), medians(runs, "tree_mb")
    start = seconds[1]
    rows = []
    for count in counts:
        beyond = (seconds[count] - start) / (count - 1)
        rows.append([count, seconds[count], 1000 * seconds[count] / count, 1000 * beyond, memory[count]])
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


def _jobs(folder: Path, kind: str, counts: tuple[int, ...]) -> dict[int, Job]:
    """The check of a root of so many clips, for each count."""
    jobs = {}
    for count in counts:
        write_clips(folder / str(count) / "root", kind, count)
        jobs[count] = check_of(folder / str(count) / "root", folder / str(count))
    return jobs


def _costs(clips: int) -> Table:
    """Clips per core-hour of each kind, and what as many clips as AudioSet's come to."""
    rows = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            seconds = _jobs(Path(temporary), kind, (clips,))[clips]().seconds
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
