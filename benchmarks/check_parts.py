"""What the check adds to decoding and resampling, part by part in one process, and as files a second of a mixed set."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.checks import WORKERS, by_turns, check_of, medians, rival
from benchmarks.clips import DISTINCT, KINDS, SECONDS, write_clips
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT

CLIPS = 100
ROUNDS = 15
MIXED = 3_888
REPEATS = 3
Line = Mapping[str, Any]


def run(small: bool) -> Iterator[Table]:
    """What is added, the parts, and the mixed set."""
    clips, rounds, mixed, repeats = (4, 1, 16, 1) if small else (CLIPS, ROUNDS, MIXED, REPEATS)
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        root = _root(Path(temporary), clips)
        lines = _times(root, rounds)
    conditions = (
        f"Milliseconds of a core for a clip of {SECONDS} s, one process, one thread, files in memory; {rounds} rounds "
        f"by turns over {clips} clips of each kind."
    )
    yield _added(lines, conditions)
    yield _parts(lines, conditions)
    yield _ratios(lines)
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        yield _mixed(Path(temporary), mixed, repeats)


def _root(folder: Path, clips: int) -> Path:
    """A folder a kind, with so many clips each."""
    for number, kind in enumerate(KINDS):
        write_clips(folder / "root" / str(number), kind, clips)
    return folder / "root"


def _times(root: Path, rounds: int) -> dict[str, list[Line]]:
    """What each round told of each kind, from a process that has done nothing else."""
    roots = [str(root / str(number)) for number in range(len(KINDS))]
    command = [sys.executable, "-m", "benchmarks.part_times", str(rounds), *roots]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {kind: [line for line in lines if line["root"] == one] for kind, one in zip(KINDS, roots, strict=True)}


def _added(lines: Mapping[str, list[Line]], conditions: str) -> Table:
    rows = []
    for kind, rounds in lines.items():
        pairs = [(line["reference"], line["check"]) for line in rounds]
        fbanks = [statistics.median(line[name] for line in rounds) for name in ("fbank", "torchaudio")]
        rows.append([kind, *_compared(pairs), *fbanks])
    together = [
        tuple(statistics.mean(line[name] for line in a_round) for name in ("reference", "check"))
        for a_round in zip(*lines.values(), strict=True)
    ]
    rows.append(["a quarter of each", *_compared(together), None, None])
    columns = [
        "",
        "decode + resample, ms",
        "whole check, ms",
        "added, ms",
        "least added, ms",
        "check / decode + resample, files a second",
        "our fbank alone, ms",
        "torchaudio's, ms",
    ]
    notes = [
        f"{conditions} Medians; added and the ratio are of the two that ran one after the other, least is the quickest "
        "round of the one less that of the other. Aims: at most 2.0 ms added, and 0.75 of a quarter of each."
    ]
    return Table("What the check adds to decoding and resampling", columns, rows, notes)


def _compared(pairs: Sequence[tuple[float, ...]]) -> list[float]:
    """Reference and check; what is added, by medians and by the quickest; and their ratio."""
    references, checks = zip(*pairs, strict=True)
    return [
        statistics.median(references),
        statistics.median(checks),
        statistics.median(check - reference for reference, check in pairs),
        min(checks) - min(references),
        statistics.median(reference / check for reference, check in pairs),
    ]


def _parts(lines: Mapping[str, list[Line]], conditions: str) -> Table:
    rows = [
        [part, *(statistics.median(line["parts"][part] for line in lines[kind]) for kind in KINDS)]
        for part in _names(lines)
    ]
    notes = [
        f"{conditions} Medians, of rounds of their own with a stopwatch at each part (some microseconds a clip). "
        "Decoding, resampling and opening are the reference's too. No digest is an MD5, and no loudness is measured."
    ]
    return Table("The parts of the check, ms", ["", *KINDS], rows, notes)


def _ratios(lines: Mapping[str, list[Line]]) -> Table:
    rows = [
        [part, *(statistics.median(line["parts"][part] / line["reference"] for line in lines[kind]) for kind in KINDS)]
        for part in _names(lines)
    ]
    notes = ["Each to decoding and resampling alone, in the same round."]
    return Table("The parts of the check / decode + resample", ["", *KINDS], rows, notes)


def _names(lines: Mapping[str, list[Line]]) -> Sequence[str]:
    return list(next(iter(lines.values()))[0]["parts"])


def _mixed(folder: Path, files: int, repeats: int) -> Table:
    root = _root(folder, files // len(KINDS))
    jobs = {"decode + resample": rival("decode_loop", root, WORKERS), "check": check_of(root, folder)}
    seconds = medians(by_turns(jobs, repeats), "seconds")
    least, ours = (files / seconds[name] for name in jobs)
    notes = [
        f"{files:,} files of {SECONDS} s, a quarter of each kind ({DISTINCT} distinct of each, the others hard links "
        f"to them, all read from memory). Whole commands with {WORKERS} processes, Python's start and imports too; "
        f"the check ends with the Parquet file on disk. Medians of {repeats} by turns. Aim: 0.75."
    ]
    columns = ["", "decode + resample, files/s", "check, files/s", "check / decode + resample"]
    return Table("A mixed set", columns, [["a quarter of each", least, ours, ours / least]], notes)
