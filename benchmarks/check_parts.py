"""Where the time of a clip goes, in one process: decoding, resampling, fbank; and what measures and bookkeeping add."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT

CLIPS = 100
ROUNDS = 15


def run(small: bool) -> Iterator[Table]:
    """One table: a row a kind of clip."""
    clips, rounds = (8, 1) if small else (CLIPS, ROUNDS)
    rows = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            root = Path(temporary) / "root"
            write_clips(root, kind, clips)
            bare, ours, measures, digests, fbank, torchaudio = _times(root, rounds)
        added = [(measures + digests) / bare, (ours - bare) / bare]
        rows.append([kind, bare, ours, measures, digests, *added, fbank, torchaudio])
    columns = [
        "",
        "bare, ms",
        "whole check, ms",
        "measures, ms",
        "digests, ms",
        "both / bare",
        "all that is added / bare",
        "our fbank, ms",
        "torchaudio's, ms",
    ]
    notes = [
        f"Milliseconds a clip of {SECONDS} s, one process, one thread, files in memory; medians of {rounds} rounds by "
        f"turns over {clips} clips. Bare: read, resample, fbank. Measures: all columns from peak to envelope, and "
        "bringing samples into planes. Aim for the measures and digests: a fifth of the bare work."
    ]
    yield Table("Where the time of a clip goes", columns, rows, notes)


def _times(root: Path, rounds: int) -> list[float]:
    """Medians over rounds, in a process that has done nothing else."""
    command = [sys.executable, "-m", "benchmarks.part_times", str(root), str(rounds)]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    lines = [[float(word) for word in line.split()] for line in done.stdout.splitlines()]
    return [statistics.median(column) for column in zip(*lines, strict=True)]
