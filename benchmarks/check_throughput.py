"""Clips a second of the check of a shard, against a bare loop, three passes of plain torchaudio, and lhotse."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.checks import WORKERS, check_of, rival
from benchmarks.clips import DISTINCT, KINDS, SECONDS, write_clips
from benchmarks.processes import Measured
from benchmarks.report import Table

CLIPS = 4_000
REPEATS = 3
"""Of ours and of the bare loop, by turns; the other two, which take minutes, run once between them."""
AIMS = "Aims: 0.75 of the bare loop, 5 times three passes, 2 times lhotse."


def run(small: bool) -> Iterator[Table]:
    """One table over the four kinds of clips."""
    clips, repeats = (16, 1) if small else (CLIPS, REPEATS)
    rows = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            rows.append([kind, *_rates(Path(temporary), kind, clips, repeats)])
    columns = [
        "",
        "ours, clips/s",
        "bare loop",
        "three passes",
        "lhotse",
        "ours / bare loop",
        "ours / three passes",
        "ours / lhotse",
        "ours, tree MB",
    ]
    notes = [
        f"{clips:,} clips of {SECONDS} s of each kind ({DISTINCT} distinct, the others hard links to them, all read "
        "from memory). Whole commands, Python's start and imports included; ours ends with the Parquet file on disk. "
        f"Ours, the bare loop and lhotse use {WORKERS} processes, three passes one. Medians of {repeats} by turns "
        f"for ours "
        f"and the bare loop, one run between them for the others. {AIMS}"
    ]
    yield Table("Checking a shard", columns, rows, notes)


def _rates(folder: Path, kind: str, clips: int, repeats: int) -> list[float]:
    root = folder / "root"
    write_clips(root, kind, clips)
    check, bare = check_of(root, folder), rival("bare_loop", root, WORKERS)
    slow = [rival("three_passes", root), rival("lhotse_fbank", root, WORKERS)]
    ours: list[Measured] = []
    bares: list[Measured] = []
    others: list[float] = []
    for repeat in range(repeats):
        ours.append(check())
        bares.append(bare())
        if repeat == 0:
            others = [clips / other().seconds for other in slow]
    mine, ceiling = (clips / statistics.median(run.seconds for run in runs) for runs in (ours, bares))
    ratios = [mine / other for other in (ceiling, *others)]
    return [mine, ceiling, *others, *ratios, statistics.median(run.tree_mb for run in ours)]
