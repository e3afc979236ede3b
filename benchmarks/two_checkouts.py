"""The check of this checkout against that of another one, by turns: what a change costs.

    python -m benchmarks.two_checkouts OTHER [CLIPS] [TURNS]

OTHER is the folder of a checkout, as `git worktree add OTHER COMMIT` makes it. The processor's time tells more than the
clock where other work goes on.
"""

import itertools
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.checks import WORKERS
from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.processes import measure
from benchmarks.report import Table, describe_machine, markdown
from benchmarks.workflow import CHECKOUT, VENV

CLIPS, TURNS = 1_000, 5
ALONE, ROUNDS = 10, 6
"""Clips of a kind that are checked in one process for its processor time, and how often in each turn."""


def main() -> None:
    """Print one table over the four kinds of clips."""
    other = Path(sys.argv[1]).resolve()
    clips, turns = (int(word) for word in [*sys.argv[2:], *map(str, (CLIPS, TURNS)[len(sys.argv) - 2 :])])
    print(describe_machine(), flush=True)
    rows: list[list[object]] = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            rows.append([kind, *_compared(Path(temporary), kind, clips, other, turns)])
    columns = ["", "other, ms of a core", "this", "this / other", "other, clips/s", "this", "this / other"]
    note = (
        f"Clips of {SECONDS} s. Milliseconds: {ALONE} clips in one process and thread, of each clip the quickest of "
        f"{ROUNDS * turns} rounds. Clips a second: {clips:,} clips, {WORKERS} processes, whole commands; medians of "
        f"{turns}, of pairs the median ratio. All by turns."
    )
    print(markdown(Table("The check of two checkouts", columns, rows, [note])))


def _compared(folder: Path, kind: str, clips: int, other: Path, turns: int) -> list[float]:
    root, few = folder / "root", folder / "few"
    write_clips(root, kind, clips)
    write_clips(few, kind, ALONE)
    both = (other, CHECKOUT)
    commands = [_check(checkout, root, folder / str(number)) for number, checkout in enumerate(both)]
    alone: list[list[list[float]]] = [[], []]
    seconds: list[list[float]] = [[], []]
    for _ in range(turns):
        for number, checkout in enumerate(both):
            alone[number] += _times(checkout, few)
            seconds[number].append(commands[number]())
    before, now = (statistics.mean(min(of_a_clip) for of_a_clip in zip(*rounds, strict=True)) for rounds in alone)
    speeds = [clips / statistics.median(some) for some in seconds]
    return [before, now, now / before, *speeds, statistics.median(a / b for a, b in zip(*seconds, strict=True))]


def _times(checkout: Path, root: Path) -> list[list[float]]:
    """Milliseconds of a core for each clip, round by round."""
    done = measure(["python", "-m", "benchmarks.part_times", str(ROUNDS), str(root)], checkout, VENV)
    return [json.loads(line)["check"] for line in done.output.splitlines()]


def _check(checkout: Path, root: Path, folder: Path) -> Callable[[], float]:
    """The check of a root as a command that tells how many seconds it took."""
    lists, numbers = folder / "media", itertools.count()
    measure(["python", "-m", "benchmarks.looks", "scan", str(root), str(lists)], checkout, VENV)

    def check() -> float:
        output = folder / f"run{next(numbers)}" / "checks" / "shard=all.parquet"
        output.parent.mkdir(parents=True)
        words = [str(lists / "shard=all.parquet"), str(root), str(WORKERS), str(output)]
        return measure(["python", "-m", "benchmarks.one_check", *words], checkout, VENV).seconds

    return check


if __name__ == "__main__":
    main()
