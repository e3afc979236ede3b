"""Real recordings as clips, and copies of them, changed as the same sound comes back under other names.

Needs ffmpeg of the system, with libmp3lame and libopus.
"""

import hashlib
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from workflow_scripts.media.walk import AUDIO_SUFFIXES

Wave = np.ndarray[Any, Any]

LONG_S, PIECE_S = 30, 10
"""A recording that is longer is taken as clips of that length: so are clips of datasets."""
LEAST_CUT_S = 3.0
CUT_FROM_S = 4.0
"""A shorter clip is not cut."""
BELOW_DB = 6
ESC = re.compile(r"\d-(\d+)-[A-Z]\b")
"""Names of ESC-50 and of ESC-10: the fold, the recording that it was taken from, the take."""
EQUALISER = "equalizer=f=300:t=o:w=1:g=-6,equalizer=f=1200:t=o:w=1:g=6,equalizer=f=4000:t=o:w=1:g=-8,bass=g=5"
BY_FFMPEG = {
    "mp3": ("mp3", "-c:a libmp3lame -b:a 64k"),
    "opus": ("opus", "-c:a libopus -b:a 24k"),
    "8k": ("wav", "-ar 8000"),
    "16k": ("wav", "-ar 16000"),
    "louder": ("wav", "-af volume=12dB"),
    "softer": ("wav", "-af volume=-12dB"),
    "stretch1": ("wav", "-af atempo=1.01"),
    "stretch2": ("wav", "-af atempo=1.02"),
    "equaliser": ("wav", f"-af {EQUALISER}"),
    "mono": ("wav", "-ac 1"),
}
"""Suffix and options."""
CHANGES = {
    "mp3": "MP3, 64 kbit/s",
    "opus": "Opus, 24 kbit/s",
    "8k": "resampled to 8 kHz",
    "16k": "resampled to 16 kHz",
    "louder": "+12 dB, clipped",
    "softer": "-12 dB",
    "cut": "cut, 3 s or more left",
    "noise20": "white noise at 20 dB",
    "noise10": "white noise at 10 dB",
    "mixed": f"another sound {BELOW_DB} dB below",
    "stretch1": "faster by 1 %",
    "stretch2": "faster by 2 %",
    "equaliser": "equaliser",
    "mono": "mono from stereo",
}
ORIGINAL = "original"


@dataclass(frozen=True)
class Clip:
    """A stretch of a recording.

    Attributes:
        number: of the clip among all.
        file, start_s, stop_s: where it is.
        source: the recording; takes of one recording have one source.
    """

    number: int
    file: Path
    start_s: float
    stop_s: float
    source: str

    def wave(self) -> tuple[Wave, int]:
        """Its first two channels, (frames, channels), and the rate in Hz."""
        rate = soundfile.info(self.file).samplerate
        start, stop = (round(second * rate) for second in (self.start_s, self.stop_s))
        wave, _ = soundfile.read(self.file, start=start, stop=stop, dtype="float32", always_2d=True)
        return wave[:, :2], rate


@dataclass(frozen=True)
class Sound:
    """A file that was made.

    Attributes:
        clip: the number of the clip that it was made of.
        change: the name of what was done, or ORIGINAL.
        file: where it lies.
        sources: the recordings that are heard in it.
        start_s: where in the clip it begins.
        speed: how much faster it goes.
    """

    clip: int
    change: str
    file: Path
    sources: tuple[str, ...]
    start_s: float = 0.0
    speed: float = 1.0


def clips_in(folders: Sequence[Path]) -> list[Clip]:
    """The clips of all recordings below folders; of those with the same samples one."""
    clips: list[Clip] = []
    seen: set[bytes] = set()
    for file in sorted(
        file for folder in folders for file in folder.rglob("*") if file.suffix.lower() in AUDIO_SUFFIXES
    ):
        for start_s, stop_s in _stretches(soundfile.info(file).duration):
            clip = Clip(len(clips), file, start_s, stop_s, _source(file))
            digest = hashlib.sha256(clip.wave()[0].tobytes()).digest()
            if digest not in seen:
                seen.add(digest)
                clips.append(clip)
    return clips


def _stretches(seconds: float) -> Iterator[tuple[float, float]]:
    if seconds <= LONG_S:
        yield 0.0, seconds
    else:
        yield from ((start, start + PIECE_S) for start in np.arange(0.0, seconds - PIECE_S, PIECE_S).tolist())


def _source(file: Path) -> str:
    named = ESC.match(file.name)
    return named[1] if named else str(file)


def sounds_of(clip: Clip, others: Sequence[Clip], folder: Path) -> list[Sound]:
    """Write a clip and its changed copies.

    Args:
        clip: what is copied.
        others: of which one of another recording is laid under it.
        folder: where they are written.
    """
    wave, rate = clip.wave()
    rng = np.random.default_rng(clip.number)
    strangers = [other for other in others if other.source != clip.source]
    other = strangers[int(rng.integers(len(strangers)))]
    original = folder / f"{clip.number:05d}.{ORIGINAL}.wav"
    _write(original, wave, rate)
    made = {
        "noise20": _in_noise(wave, 20, rng),
        "noise10": _in_noise(wave, 10, rng),
        "mixed": _mixed(wave, rate, other),
    }
    start_s, seconds = 0.0, len(wave) / rate
    if seconds >= CUT_FROM_S:
        kept = rng.uniform(LEAST_CUT_S, max(LEAST_CUT_S, 0.7 * seconds))
        start_s = rng.uniform(0, seconds - kept)
        made["cut"] = wave[round(start_s * rate) : round((start_s + kept) * rate)]
    for change, samples in made.items():
        _write(_place(folder, clip, change, "wav"), samples, rate)
    by_ffmpeg = {change: how for change, how in BY_FFMPEG.items() if change != "mono" or wave.shape[1] > 1}
    _ffmpeg(original, {_place(folder, clip, change, suffix): how for change, (suffix, how) in by_ffmpeg.items()})
    sounds = [Sound(clip.number, ORIGINAL, original, (clip.source,))]
    for change in made | by_ffmpeg:
        sources = (clip.source, other.source) if change == "mixed" else (clip.source,)
        file = _place(folder, clip, change, by_ffmpeg.get(change, ("wav", ""))[0])
        speed = 1 + int(change[-1]) / 100 if change.startswith("stretch") else 1.0
        sounds.append(Sound(clip.number, change, file, sources, start_s if change == "cut" else 0.0, speed))
    return sounds


def _place(folder: Path, clip: Clip, change: str, suffix: str) -> Path:
    return folder / f"{clip.number:05d}.{change}.{suffix}"


def _in_noise(wave: Wave, decibels: float, rng: np.random.Generator) -> Wave:
    return wave + rng.standard_normal(wave.shape).astype(np.float32) * _level(wave) * 10 ** (-decibels / 20)


def _mixed(wave: Wave, rate: int, other: Clip) -> Wave:
    below, other_rate = other.wave()
    below = np.resize(soxr.resample(below.mean(axis=1), other_rate, rate), len(wave))[:, None]
    level = _level(below)
    return wave + below * (_level(wave) / level * 10 ** (-BELOW_DB / 20) if level else 0.0)


def _level(wave: Wave) -> float:
    return float(np.sqrt(np.mean(np.square(wave, dtype=np.float64))))


def _write(file: Path, wave: Wave, rate: int) -> None:
    soundfile.write(file, np.clip(wave, -1, 1), rate, subtype="PCM_16")


def _ffmpeg(source: Path, made: dict[Path, str]) -> None:
    outputs = [word for file, how in made.items() for word in ("-map", "0:a", *how.split(), str(file))]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-threads", "1", "-i", str(source), *outputs]
    subprocess.run(command, check=True, capture_output=True)
