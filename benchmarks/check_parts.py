"""What the check adds to decoding and resampling, part by part in one process, and as files a second of a mixed set."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.checks import WORKERS, by_turns, check_of, medians, rival
from benchmarks.clips import DISTINCT, KINDS, SECONDS, write_clips
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT

CLIPS = 20
ROUNDS = 40
MIXED = 3_888
REPEATS = 3
PAIR = ("reference", "check")
LOUD = ("integrated", "with_true_peak")

Line = Mapping[str, Any]


def run(small: bool) -> Iterator[Table]:
    """What is added, the parts, and the mixed set."""
    clips, rounds, mixed, repeats = (4, 1, 16, 1) if small else (CLIPS, ROUNDS, MIXED, REPEATS)
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        root = _root(Path(temporary), clips)
        lines = _times(root, rounds)
    conditions = (
        f"Milliseconds of a core for a clip of {SECONDS} s, one process, one thread, files in memory; {clips} clips "
        f"of each kind, {rounds} rounds by turns. The quickest round of each clip counts, but where medians are named."
    )
    yield _added(lines, conditions)
    yield _parts(lines, conditions)
    yield _ratios(lines)
    yield _loudness(lines)
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
    times = {kind: {name: _quickest(line[name] for line in rounds) for name in PAIR} for kind, rounds in lines.items()}
    usual = {kind: {name: _median(line[name] for line in rounds) for name in PAIR} for kind, rounds in lines.items()}
    rows: list[list[Any]] = [[kind, *_compared(times[kind]), *_compared(usual[kind])[2:]] for kind in KINDS]
    together = [
        {name: statistics.mean(kind[name] for kind in kinds.values()) for name in PAIR} for kinds in (times, usual)
    ]
    rows.append(["a quarter of each", *_compared(together[0]), *_compared(together[1])[2:]])
    columns = [
        "",
        "decode + resample, ms",
        "check, ms",
        "added, ms",
        "check / decode + resample, clips a second",
        "added, median, ms",
        "check / decode + resample, median",
    ]
    notes = [f"{conditions} Aims: at most 2.0 ms added, and 0.75 of a quarter of each."]
    return Table("What the check adds to decoding and resampling", columns, rows, notes)


def _compared(times: Mapping[str, float]) -> list[float]:
    reference, check = (times[name] for name in PAIR)
    return [reference, check, check - reference, reference / check]


def _parts(lines: Mapping[str, list[Line]], conditions: str) -> Table:
    notes = [
        f"{conditions} Taken with a stopwatch at each part, which costs some microseconds. Opening, decoding and "
        "resampling are the reference's too. No digest is an MD5, and no loudness is measured."
    ]
    return Table("The parts of the check, ms", ["", *KINDS], _part_times(lines), notes)


def _ratios(lines: Mapping[str, list[Line]]) -> Table:
    references = [_quickest(line["reference"] for line in lines[kind]) for kind in KINDS]
    rows = [
        [part, *(time / reference for time, reference in zip(times, references, strict=True))]
        for part, *times in _part_times(lines)
    ]
    return Table("The parts of the check / decode + resample", ["", *KINDS], rows)


def _loudness(lines: Mapping[str, list[Line]]) -> Table:
    times = {name: [_quickest(line[name] for line in lines[kind]) for kind in KINDS] for name in ("check", *LOUD)}
    rows: list[list[Any]] = [[f"check.loudness: {name}", *times[name]] for name in LOUD]
    rows += [
        [f"{name} / none", *(asked / plain for asked, plain in zip(times[name], times["check"], strict=True))]
        for name in LOUD
    ]
    notes = ["The whole check of a clip, with the setting that asks for loudness and for the true peak."]
    return Table("Loudness, ms", ["", *KINDS], [["check.loudness: none", *times["check"]], *rows], notes)


def _part_times(lines: Mapping[str, list[Line]]) -> list[list[Any]]:
    parts = next(iter(lines.values()))[0]["parts"]
    return [[part, *(_quickest(line["parts"][part] for line in lines[kind]) for kind in KINDS)] for part in parts]


def _quickest(rounds: Iterable[list[float]]) -> float:
    """The mean over clips of the quickest round of each: what the work takes where nothing else wants the caches."""
    return statistics.mean(min(times) for times in zip(*rounds, strict=True))


def _median(rounds: Iterable[list[float]]) -> float:
    return statistics.median(statistics.mean(times) for times in rounds)


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
