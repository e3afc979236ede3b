"""Sounds and the bytes of audio files, sound and broken, made for tests."""

import io
import struct
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[Any]


def noise(frames: int, channels: int = 1, level: float = 0.1, seed: int = 0) -> Samples:
    """White noise of an RMS level, float32 of shape (frames, channels)."""
    return (level * np.random.default_rng(seed).standard_normal((frames, channels))).astype(np.float32)


def noise16(frames: int, channels: int = 1, level: float = 0.1, seed: int = 0) -> Samples:
    """The same as int16."""
    return np.clip(noise(frames, channels, level, seed) * 32768, -32768, 32767).astype(np.int16)


def bands(seconds: float, seed: int = 1, rate: int = 16_000) -> Samples:
    """Bands that come and go, as those of most sounds do: float32 of shape (frames, 1), full scale 1."""
    draws = np.random.default_rng(seed)
    knots = draws.uniform(-30, 0, (round(seconds * 5) + 2, 24))
    times = np.arange(round(seconds * rate)) / rate
    wave = np.zeros(len(times))
    for band, hertz in enumerate(np.geomspace(90, 3700, 24)):
        level = 10 ** (np.interp(times * 5, np.arange(len(knots)), knots[:, band]) / 20)
        wave += level * np.sin(2 * np.pi * hertz * times + draws.uniform(0, 6) + 3 * np.sin(40 * times))
    return (0.5 * wave / np.abs(wave).max()).astype(np.float32)[:, np.newaxis]


def encoded(samples: Samples, rate: int, container: str, subtype: str, endian: str = "FILE") -> bytes:
    """Samples as a file that libsndfile writes."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=container, subtype=subtype, endian=endian)
    return file.getvalue()


def wav(
    samples: Samples,
    rate: int = 16_000,
    declared_bytes: int | None = None,
    block_align: int | None = None,
    before_data: bytes = b"",
    after_data: bytes = b"",
) -> bytes:
    """A WAV of int16 or float32 samples whose header says what it is told to say."""
    channels, bits = samples.shape[1], 8 * samples.dtype.itemsize
    align = channels * bits // 8 if block_align is None else block_align
    data = samples.tobytes()
    tag = 3 if samples.dtype.kind == "f" else 1
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, tag, channels, rate, rate * align, align, bits)
    size = len(data) if declared_bytes is None else declared_bytes
    body = b"WAVE" + head + before_data + struct.pack("<4sI", b"data", size) + data + after_data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def flac_audio_start(flac: bytes) -> int:
    """Where the first frame of a FLAC file starts, behind its metadata blocks."""
    place = 4
    while True:
        is_last, length = flac[place] >> 7, int.from_bytes(flac[place + 1 : place + 4], "big")
        place += 4 + length
        if is_last:
            return place


def flac_of_length(flac: bytes, samples: int) -> bytes:
    """The same FLAC whose header declares so many samples a channel."""
    info = bytearray(flac)
    info[21] = info[21] & 0xF0 | samples >> 32
    info[22:26] = (samples & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(info)


def flac_of_unknown_length(flac: bytes) -> bytes:
    """The same FLAC as an encoder leaves it that wrote to a pipe: total samples 0."""
    return flac_of_length(flac, 0)
