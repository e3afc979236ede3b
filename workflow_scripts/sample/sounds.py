"""The sounds of the sample: a few lines of numpy each, different in character from class to class.

A sound is a function (t, rng) -> samples. `t` holds the time of every sample in seconds, shape (frames,); `rng` is the
clip's own source of chance. The samples have the same shape and any size: `render` brings them to their level.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
Sound = Callable[[Samples, np.random.Generator], Samples]


def speech(t: Samples, rng: np.random.Generator) -> Samples:
    """A buzzing voice of 110 Hz, three to four syllables a second, strongest around 600 Hz."""
    voice = sum(np.sin(2 * np.pi * 110 * k * t) / (1 + abs(k - 5.5)) for k in range(1, 16))
    return voice * np.sin(np.pi * 3.5 * t) ** 2 * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * t))


def barks(t: Samples, rng: np.random.Generator) -> Samples:
    """A rough falling burst every 0.7 s."""
    p = t % 0.7
    return (np.sin(2 * np.pi * (600 * p - 400 * p**2)) + 0.5 * rng.standard_normal(t.size)) * np.exp(-14 * p)


def chirps(t: Samples, rng: np.random.Generator) -> Samples:
    """A glide from 2 to 3 kHz in 0.2 s, every 0.4 s."""
    p = t % 0.4
    return np.sin(2 * np.pi * (2000 * p + 2500 * p**2)) * (p < 0.2) * np.sin(np.pi * p / 0.2)


def birdsong(t: Samples, rng: np.random.Generator) -> Samples:
    """A trill around 2.4 kHz that comes and goes, over a faint rustle."""
    trill = np.sin(2 * np.pi * 2400 * t + 60 * np.sin(2 * np.pi * 7 * t))
    return trill * np.clip(np.sin(2 * np.pi * 0.8 * t), 0, None) + 0.01 * rng.standard_normal(t.size)


def melody(t: Samples, rng: np.random.Generator) -> Samples:
    """Plucked notes of a five-tone scale, four a second, each with four harmonics."""
    steps = rng.choice([0, 2, 4, 7, 9, 12], size=int(t[-1] / 0.25) + 1)
    note = (t / 0.25).astype(int)
    pitch = 220 * 2 ** (steps[note] / 12)
    return sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 5)) * np.exp(-6 * (t - note * 0.25))


def church_bell(t: Samples, rng: np.random.Generator) -> Samples:
    """A stroke every 1.5 s; the partials of a bell are no harmonic row, and the low ones last."""
    p = t % 1.5
    partials = (np.sin(2 * np.pi * 330 * k * p) * np.exp(-1.5 * k * p) for k in (0.5, 1, 1.2, 1.5, 2, 2.67))
    return sum(partials, start=np.zeros_like(t))


def rain(t: Samples, rng: np.random.Generator) -> Samples:
    """Steady noise with single louder drops."""
    drops = (rng.random(t.size) < 0.002) * rng.uniform(2, 6, t.size)
    return (0.5 + drops) * rng.standard_normal(t.size)


def wind(t: Samples, rng: np.random.Generator) -> Samples:
    """Gusts: sixty tones between 60 and 500 Hz that swell and fade together."""
    return _tones(t, 60, 60, 500, rng) * (0.55 + 0.45 * np.sin(2 * np.pi * 0.4 * t))


def muffled(t: Samples, rng: np.random.Generator) -> Samples:
    """Noise with nothing above 2 kHz: forty tones between 100 Hz and 1.7 kHz (1.7 · 1.15 < 2)."""
    return _tones(t, 40, 100, 1700, rng)


def stream(t: Samples, rng: np.random.Generator) -> Samples:
    """Running water: a hiss under many short rising bubbles."""
    p = t % 0.11
    bubbles = np.sin(2 * np.pi * (700 * p + 4000 * p**2)) * np.exp(-30 * p)
    return bubbles * rng.uniform(0.3, 1.0) + 0.15 * rng.standard_normal(t.size)


def siren(t: Samples, rng: np.random.Generator) -> Samples:
    """A tone that swings between 600 and 1200 Hz every two seconds."""
    return np.sin(2 * np.pi * 900 * t + 600 * np.sin(2 * np.pi * 0.5 * t))


def ticks(t: Samples, rng: np.random.Generator) -> Samples:
    """A short click of 2.5 kHz twice a second."""
    p = t % 0.5
    return np.sin(2 * np.pi * 2500 * p) * np.exp(-300 * p)


def beeps(t: Samples, rng: np.random.Generator) -> Samples:
    """A tone of 1 kHz, 0.2 s on and 0.3 s off."""
    return np.sin(2 * np.pi * 1000 * t) * (t % 0.5 < 0.2)


def clatter(t: Samples, rng: np.random.Generator) -> Samples:
    """Twenty knocks at random times, each ringing at a pitch of its own."""
    knocks = np.zeros_like(t)
    for onset, pitch in zip(rng.uniform(0, t[-1], 20), rng.uniform(400, 3000, 20), strict=True):
        p = np.clip(t - onset, 0, None)
        knocks += np.sin(2 * np.pi * pitch * p) * np.exp(-60 * p)
    return knocks


def hum(t: Samples, rng: np.random.Generator) -> Samples:
    """A machine: harmonics of 50 Hz, slightly unsteady."""
    return sum(np.sin(2 * np.pi * 50 * k * t) / k for k in (1, 2, 3, 5, 8)) * (1 + 0.2 * np.sin(2 * np.pi * 3 * t))


def white_noise(t: Samples, rng: np.random.Generator) -> Samples:
    """Every frequency alike."""
    return rng.standard_normal(t.size)


def silence(t: Samples, rng: np.random.Generator) -> Samples:
    """Zeros, and nothing but zeros."""
    return np.zeros_like(t)


def _tones(t: Samples, count: int, low_hz: float, high_hz: float, rng: np.random.Generator) -> Samples:
    """The sum of `count` sines of random pitch between `low_hz` and `high_hz`, and of random phase."""
    pitches, phases = rng.uniform(low_hz, high_hz, count), rng.uniform(0, 2 * np.pi, count)
    tones = (np.sin(2 * np.pi * hz * t + phase) for hz, phase in zip(pitches, phases, strict=True))
    return sum(tones, start=np.zeros_like(t))


def render(sound: Sound, seconds: float, rate: int, layout: str, level_db: float, seed: int) -> Samples:
    """The samples of one file, shape (frames, channels), between -1 and 1.

    `level_db` is the peak in dB of full scale; above 0 the tops are cut off, which is what clipping is. `layout` is
    mono, dual_mono (both channels alike) or stereo (the second channel later and softer). Each seed plays a sound at a
    pace and pitch of its own, up to 15 % slower or faster.
    """
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate)
    wave = sound(np.arange(frames) / rate * rng.uniform(0.85, 1.15), rng)
    wave = wave / max(np.abs(wave).max(), 1e-9) * 10 ** (level_db / 20)
    channels = {"mono": [wave], "dual_mono": [wave, wave], "stereo": [wave, 0.6 * np.roll(wave, 20)]}[layout]
    return np.clip(np.stack(channels, axis=1), -1.0, 1.0)
