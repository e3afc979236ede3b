"""How high the check says that sound goes, where the edge is known: real recordings resampled, as MP3, with clicks.

Needs sox and lame of the system and real recordings; says which of them are absent.
"""

import re
import shutil
import statistics
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.checks import WORKERS
from benchmarks.hand_made import SETTINGS
from benchmarks.mutations import SHARED
from benchmarks.report import Table
from workflow_scripts.media.content import Content
from workflow_scripts.sound.bandwidth import ABOVE_ROUNDING, FOLDS, LEFT_OUT, ROUNDING, fold_size
from workflow_scripts.sound.examine import examine

Array = np.ndarray[Any, Any]
Found = Mapping[str, list[tuple[float, float, int]]]
"""Of each kind: the edge that is known, the one found, and how many clicks there are."""

RECORDINGS = SHARED / "esc10"
RATE = 44_100
RATES = (8_000, 11_025, 16_000, 22_050, 32_000)
BIT_RATES = (64, 96, 128, 192, 320)
CLICKS = (0, 1, 4)
CLICK = 0.5
OFF_HZ, OFF_SHARE = 500, 0.05
"""Of the edge: so long are the slopes of resamplers and encoders."""
FAR_HZ = (500, 1_000, 2_000)
DENSER = 4
LAST_BAND_HZ, NEAR_HZ = 16_000, 200
"""Where the last scale factor band of MP3 at 44.1 kHz begins. It has no factor of its own, so at low bit rates encoders
leave it empty, whatever they say of their lowpass."""
LOWPASS = re.compile(r"transition band: +(\d+) Hz - +(\d+) Hz")


def run(small: bool) -> Iterator[Table]:
    """Known edges, and how far the check is from a spectrum of all the signal."""
    every = sorted(RECORDINGS.rglob("*.ogg"))
    files = every[:: 80 if small else 4]
    absent = [tool for tool in ("sox", "lame") if shutil.which(tool) is None]
    if absent or not files:
        rows: list[list[object]] = [[name] for name in absent + ([] if files else [str(RECORDINGS)])]
        yield Table("Bandwidth where the edge is known", ["absent"], rows)
        return
    yield _against_dense_spectra(files if small else every)
    yield _of_known_edges(files)


def _of_known_edges(files: list[Path]) -> Table:
    found: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    with ProcessPoolExecutor(WORKERS) as pool, tempfile.TemporaryDirectory(prefix="soundledger-bench-") as folder:
        for of_one in pool.map(partial(_edges, Path(folder)), files):
            for kind, pairs in of_one.items():
                found[kind] += pairs
    notes = [
        f"{len(files)} recordings of 5 s at 44.1 kHz: by sox to a lower rate and back, 16 bits; by lame, in stereo "
        "with themselves backwards. Known: half of that rate; where lame says that its lowpass ends. A recording that "
        "ends lower itself shows its own edge, as it was found of it. Clicks: single samples at half of full scale. "
        f"Right: within {OFF_HZ} Hz or {OFF_SHARE:.0%} of the edge, which slopes take. At 16 kHz begins the last scale "
        "factor band of MP3, which encoders leave empty at low bit rates: below their lowpass, and the true edge."
    ]
    right = [f"right, {clicks or 'no'} click{'s' * (clicks != 1)}" for clicks in CLICKS]
    columns = [
        "",
        "edge, Hz",
        "median of found - known, Hz",
        *right,
        "found higher, of all",
        "lower",
        "of these at 16 kHz",
    ]
    return Table("Bandwidth where the edge is known", columns, [_line(*one) for one in found.items()], notes)


def _line(kind: str, pairs: list[tuple[float, float, int]]) -> list[Any]:
    errors = [(edge - known, max(OFF_HZ, OFF_SHARE * known), clicks) for known, edge, clicks in pairs]
    right = {clicks: [abs(error) <= off for error, off, count in errors if count == clicks] for clicks in CLICKS}
    shares = [f"{statistics.mean(of_these):.1%}" for of_these in right.values()]
    higher, lower = (sum(sign * error > off for error, off, _ in errors) for sign in (1, -1))
    there = [abs(edge - LAST_BAND_HZ) <= NEAR_HZ for _, edge, _ in pairs]
    at_last_band = sum(-error > off and is_there for (error, off, _), is_there in zip(errors, there, strict=True))
    median = statistics.median(error for error, _, clicks in errors if not clicks)
    return [kind, max(known for known, _, _ in pairs), median, *shares, higher, lower, at_last_band]


def _edges(folder: Path, recording: Path) -> Found:
    """Of one recording: all that is made of it, known and found."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        place = Path(temporary)
        source = place / "source.wav"
        _sox(recording, "-r", RATE, "-c", 1, "-b", 16, source)
        wave, _ = soundfile.read(source, dtype="int16")
        own = _found(source)
        made = {f"{rate / 1000:g} kHz and back": (rate / 2, _resampled(source, rate)) for rate in RATES}
        soundfile.write(place / "both.wav", np.stack([wave, wave[::-1]], axis=1), RATE)
        for bit_rate in BIT_RATES:
            made[f"MP3 of {bit_rate} kbit/s"] = _as_mp3(place / "both.wav", bit_rate)
        return {
            kind: [(min(edge, own), _found(file, clicks), clicks) for clicks in CLICKS]
            for kind, (edge, file) in made.items()
        }


def _resampled(source: Path, rate: int) -> Path:
    low, back = source.with_name(f"{rate}.wav"), source.with_name(f"{rate}-back.wav")
    _sox(source, "-r", rate, "-b", 16, low)
    _sox(low, "-r", RATE, "-b", 16, back)
    return back


def _as_mp3(source: Path, bit_rate: int) -> tuple[float, Path]:
    """LAME's lowpass, and what it made."""
    file = source.with_name(f"{bit_rate}.mp3")
    command = ["lame", "-b", str(bit_rate), "--cbr", str(source), str(file)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    lowpass = LOWPASS.search(told)
    return (float(lowpass[2]) if lowpass else RATE / 2), file


def _sox(*words: object) -> None:
    subprocess.run(["sox", "-V1", "-R", *map(str, words)], check=True)


def _found(file: Path, clicks: int = 0) -> float:
    """What the check says; of what is clicked in, of the decoded samples as 16 bits."""
    if clicks:
        wave, rate = soundfile.read(file, dtype="int16", always_2d=True)
        rng = np.random.default_rng(len(wave))
        wave[rng.integers(0, len(wave), clicks)] = int(CLICK * 32768)
        file = file.with_name(f"{file.name}-{clicks}.wav")
        soundfile.write(file, wave, rate)
    row = examine(Content.of(file.read_bytes()), None, SETTINGS)
    return float(row["bandwidth_hz"] or 0.0)


def _against_dense_spectra(files: list[Path]) -> Table:
    here = list(map(_found, files))
    rows: list[list[Any]] = []
    kinds = {"the loudest windows left out, as there": LEFT_OUT * DENSER, "all windows": 0}
    for kind, left_out in kinds.items():
        with ProcessPoolExecutor(WORKERS) as pool:
            there = list(pool.map(partial(_dense, left_out), files))
        far = [sum(abs(one - other) > hertz for one, other in zip(here, there, strict=True)) for hertz in FAR_HZ]
        rows.append([kind, len(files), *far])
    columns = ["", "recordings", *(f"more than {hertz:,} Hz off" for hertz in FAR_HZ)]
    notes = [
        "The highest band that is 10 dB above rounding to 16 bits, in spectra of all the signal, a quarter of a window "
        "apart, in double precision; of all windows, one transient decides, or one block of a codec."
    ]
    return Table("Bandwidth against spectra of all the signal, four times as dense", columns, rows, notes)


def _dense(left_out: int, file: Path) -> float:
    wave, rate = soundfile.read(file, dtype="float64", always_2d=True)
    size = FOLDS * fold_size(rate)
    frames = np.lib.stride_tricks.sliding_window_view(wave[:, 0], size)[:: size // DENSER]
    window = np.hanning(size + 1)[:-1]
    lines = np.square(np.abs(np.fft.rfft(frames * window, axis=1))) * 2 / size / np.square(window).sum()
    bands = np.sort(lines[:, : size // 2 // FOLDS * FOLDS].reshape(len(lines), -1, FOLDS).mean(axis=2), axis=0)
    power = bands[: len(bands) - left_out].mean(axis=0)
    loud = np.flatnonzero(power > ABOVE_ROUNDING * ROUNDING / (size / 2))
    return min((FOLDS * (loud[-1] + 1) - 0.5) * rate / size, rate / 2) if len(loud) else 0.0
