"""What the fingerprint takes of the check: milliseconds of a core for a clip, with it and without, by turns.

    python -m benchmarks.fingerprint_cost ROUNDS ROOT ...

Prints a line of JSON a round and root, with a number for each clip: `with`, `without`. Time of this thread on its core,
as benchmarks/part_times.py has it; nothing else runs in this process.
"""

import json
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from unittest import mock

from benchmarks.clips import KINDS, write_clips
from benchmarks.part_times import SETTINGS, milliseconds, task
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT
from workflow_scripts.check import worker
from workflow_scripts.check.task import Task
from workflow_scripts.sound import examine

CLIPS, ROUNDS = 20, 30


class Nothing:
    """In place of the fingerprint."""

    def add(self, power: object) -> None:
        """Leave it."""

    def packed(self) -> None:
        """Nothing."""


def cost(recordings: Path, folder: Path, small: bool) -> Table:
    """The table, of synthesised clips of 10 s of each kind and of some real files.

    Args:
        recordings: a folder with sound files.
        folder: where clips are written.
        small: fewer, and one round.
    """
    clips, rounds = (4, 1) if small else (CLIPS, ROUNDS)
    roots = {kind: folder / f"kind{number}" for number, kind in enumerate(KINDS)}
    for kind, root in roots.items():
        write_clips(root, kind, clips)
    roots["real recordings"] = recordings
    command = [sys.executable, "-m", "benchmarks.fingerprint_cost", str(rounds), *map(str, roots.values())]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    times: dict[str, dict[str, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    for line in map(json.loads, done.stdout.splitlines()):
        for way in ("with", "without"):
            times[line["root"]][way].append(line[way])
    rows = []
    for kind, root in roots.items():
        whole, without = (_quickest(times[str(root)][way]) for way in ("with", "without"))
        rows.append([kind, whole, without, f"{1 - without / whole:.1%}"])
    notes = [
        f"Milliseconds of a core for a clip, one thread, {rounds} rounds by turns; the quickest round of each clip. "
        f"{clips} clips of 10 s of each kind; real recordings are {len(list(recordings.iterdir()))} of the originals."
    ]
    return Table("What the fingerprint takes of the check", ["", "check, ms", "without, ms", "its share"], rows, notes)


def _quickest(rounds: list[list[float]]) -> float:
    return statistics.mean(min(times) for times in zip(*rounds, strict=True))


def main() -> None:
    """Take the times by turns."""
    kinds = {root: [task(file) for file in sorted(Path(root).iterdir())] for root in sys.argv[2:]}
    for _ in range(int(sys.argv[1])):
        for root, tasks in kinds.items():
            line = {"root": root, "with": milliseconds(_check, tasks)}
            with mock.patch.object(examine, "Fingerprint", Nothing):
                line["without"] = milliseconds(_check, tasks)
            print(json.dumps(line), flush=True)


def _check(one: Task) -> None:
    worker.examine_batch([one], SETTINGS)


if __name__ == "__main__":
    main()
