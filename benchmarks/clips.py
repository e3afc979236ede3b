"""Ten-second clips as AudioSet copies hold them, synthesised."""

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


def write_clips(root: Path, count: int) -> None:
    """Write so many clips, an equal share of each kind, each with a tone and noise of its own."""
    random = np.random.default_rng(2017)
    kinds = list(KINDS.values())
    for number in range(count):
        suffix, rate, channels, subtype = kinds[number % len(kinds)]
        samples = _sound(random, rate, channels)
        soundfile.write(root / f"Y{number:011d}{suffix}", samples, rate, subtype=subtype)


def _sound(random: np.random.Generator, rate: int, channels: int) -> np.ndarray:
    time = np.arange(SECONDS * rate) / rate
    tone = np.sin(2 * np.pi * random.uniform(80, 2_000) * time) * np.exp(-(time % random.uniform(0.2, 2)))
    noise = random.standard_normal((len(time), channels))
    return (0.3 * tone[:, None] + 0.05 * noise).astype(np.float32)
