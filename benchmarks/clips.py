"""Ten-second clips as AudioSet copies hold them, synthesised."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

SECONDS = 10
KINDS = {
    "16 kHz mono WAV": (".wav", 16_000, 1, "PCM_16"),
    "44.1 kHz stereo WAV": (".wav", 44_100, 2, "PCM_16"),
    "44.1 kHz stereo FLAC": (".flac", 44_100, 2, "PCM_16"),
    "44.1 kHz stereo MP3": (".mp3", 44_100, 2, "MPEG_LAYER_III"),
}
"""Suffix, sample rate, channels and subtype of each kind."""
DISTINCT = 100
"""Clips of a kind that are synthesised; more are hard links to them, or copies. Files are read from the system's
memory, which would not hold four thousand of each kind."""


def write_clips(root: Path, kind: str, count: int, more: Callable[[Path, Path], object] = os.link) -> None:
    """Write so many clips of one kind, each of the first hundred with a tone and noise of its own."""
    random = np.random.default_rng(2017)
    suffix, rate, channels, subtype = KINDS[kind]
    root.mkdir(parents=True)
    for number in range(count):
        clip = root / f"Y{number:011d}{suffix}"
        if number < DISTINCT:
            soundfile.write(clip, _sound(random, rate, channels), rate, subtype=subtype)
        else:
            more(root / f"Y{number % DISTINCT:011d}{suffix}", clip)


def _sound(random: np.random.Generator, rate: int, channels: int) -> np.ndarray:
    time = np.arange(SECONDS * rate) / rate
    tone = np.sin(2 * np.pi * random.uniform(80, 2_000) * time) * np.exp(-(time % random.uniform(0.2, 2)))
    noise = random.standard_normal((len(time), channels))
    return (0.3 * tone[:, None] + 0.05 * noise).astype(np.float32)
