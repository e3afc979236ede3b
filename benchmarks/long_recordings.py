"""A recording of hours against the same sound cut into clips: seconds of sound a second, and memory."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.checks import by_turns, check_of, medians
from benchmarks.report import Table

HOURS = 2.25
RATE = 16_000
CLIP_S = 10
REPEATS = 3
SUFFIXES = (".wav", ".flac", ".ogg")


def run(small: bool) -> Iterator[Table]:
    """One table over three containers."""
    seconds, repeats = (120, 1) if small else (round(HOURS * 3600), REPEATS)
    rows: list[list[object]] = []
    for suffix in SUFFIXES:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            rows += _rows(Path(temporary), suffix, seconds, repeats)
    columns = ["stereo, 16 kHz", "wall s", "seconds of sound / s", "speed / clips", "largest process MB"]
    notes = [
        f"{seconds:,} s of sound; the clips are the same samples, {CLIP_S} s each. One worker process for either, "
        f"since a recording is decoded by one. Medians of {repeats} by turns. Aims: the speed of the clips, and 300 MB."
    ]
    yield Table("Long recordings", columns, rows, notes)


def _rows(folder: Path, suffix: str, seconds: int, repeats: int) -> list[list[object]]:
    whole, clips = folder / "whole", folder / "clips"
    whole.mkdir()
    clips.mkdir()
    _write(whole / f"recording{suffix}", clips, suffix, seconds)
    jobs = {
        name: check_of(root, folder / "out" / name, workers=1)
        for name, root in (("one recording", whole), ("clips", clips))
    }
    runs = by_turns(jobs, repeats)
    wall, memory = medians(runs, "seconds"), medians(runs, "largest_mb")
    return [[f"{suffix[1:]}, {name}", s, seconds / s, wall["clips"] / s, memory[name]] for name, s in wall.items()]


def _write(recording: Path, clips: Path, suffix: str, seconds: int) -> None:
    """The same samples as one file and as clips."""
    random = np.random.default_rng(2017)
    loop = (3000 * random.standard_normal((RATE * 60, 2))).astype(np.int16)
    with soundfile.SoundFile(recording, "w", RATE, 2) as file:
        for second in range(0, seconds, CLIP_S):
            piece = loop[(second % 60) * RATE : (second % 60 + CLIP_S) * RATE]
            file.write(piece)
            soundfile.write(clips / f"{second:06d}{suffix}", piece, RATE)
