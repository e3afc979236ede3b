"""Clips in lossy codecs, by libsndfile: MP3 (LAME), Opus and Vorbis; the same bytes for the same samples.

What was encoded is decoded once more. It is never what was given, but it has its rate, its channels, its length to the
sample, and goes up and down with it. Of white noise, which says the most, so many bits a sample can hold as much as has
a correlation of sqrt(1 - 2^(-2 bits)) with it (Shannon's rate and distortion). A quarter of that is asked for: these
codecs hold more of white noise even at their lowest bit rates, and of real sounds more than half.

Source of how libsndfile 1.2 takes a compression level: its src/mpeg_l3_encode.c, src/ogg_opus.c, src/ogg_vorbis.c.
"""

import functools
import io
import math
from collections.abc import Container
from typing import Any

import numpy as np
import soundfile

from workflow_scripts.exports.audio.form import CONTAINERS, AudioForm
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.containers.ogg import with_own_serial

Array = np.ndarray[Any, Any]

RATES: dict[str, Container[int]] = {
    "mp3": (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    "opus": (8000, 12_000, 16_000, 24_000, 48_000),
    "ogg": range(8000, 48_001),
}
"""As the schema of the option `audio` says them; at others Vorbis names no bit rate, and libsndfile 1.2 may crash."""
MOST_CHANNELS = {"mp3": 2, "opus": 8, "ogg": 8}
"""Beyond eight no order of channels is agreed upon."""
KBITS_MP3 = {32_000: (32, 320), 16_000: (8, 160), 0: (8, 64)}
"""Bit rates from rates on: MPEG-1, MPEG-2 and what libsndfile has of MPEG-2.5."""
KBITS_OPUS = (6, 256)
"""A channel."""
LEAST_SHARE = 0.25
"""Of the correlation of each channel with what was meant that its bits could give."""
QUIET = 1e-3
"""Root mean square of what a codec may leave out: -60 dB."""
BLOCK_FRAMES = 1 << 18


def encode_lossy(steps: Array, rate: int, form: AudioForm) -> bytes:
    """A file of these steps.

    Args:
        steps: (frames,) or (frames, channels), int16 or int32.
        rate: hertz.
        form: with a lossy codec.

    Raises:
        MediaError: the codec has not this rate, or not so many channels, or leaves nothing of the sound.
    """
    if rate not in RATES[form.codec]:
        raise MediaError("unsupported_rate", f"{form.codec} has no {rate:,} Hz; say which: audio: {{sample_rate: …}}")
    planes = steps[:, None] if steps.ndim == 1 else steps
    most = MOST_CHANNELS[form.codec]
    if planes.shape[1] > most:
        raise MediaError("too_many_channels", f"it has {planes.shape[1]} channels; {form.codec} holds {most} at most")
    written = io.BytesIO()
    with soundfile.SoundFile(written, "w", rate, planes.shape[1], **_settings(form, rate, planes.shape[1])) as file:
        for place in range(0, len(planes), BLOCK_FRAMES):
            file.write(_as_floats(planes[place : place + BLOCK_FRAMES]))
    content = with_own_serial(written.getvalue()) if CONTAINERS[form.codec] == "OGG" else written.getvalue()
    refuse_other_sound(content, planes, rate)
    return content


def _settings(form: AudioForm, rate: int, channels: int) -> dict[str, Any]:
    """What libsndfile is told: of Vorbis and Opus they vary their bit rate, and so does MP3 by `AVERAGE`.

    An MP3 of a constant bit rate that is low has no room for the tag that tells its length.
    """
    kind = {"format": CONTAINERS[form.codec], "subtype": form.subtype}
    if form.codec == "mp3":
        least, most = next(bounds for start, bounds in KBITS_MP3.items() if rate >= start)
        return {**kind, "bitrate_mode": "AVERAGE", "compression_level": _level(form.bitrate, least, most)}
    if form.codec == "opus":
        return {**kind, "compression_level": _level(form.bitrate / channels, *KBITS_OPUS)}
    return {**kind, "compression_level": _vorbis_level(rate, channels, form.bitrate)}


def _level(kbits: float, least: float, most: float) -> float:
    """The compression level of a bit rate; not quite 1, at which libsndfile 1.2 fails.

    >>> _level(320, 32, 320), round(_level(176, 32, 320), 9), _level(8, 32, 320)
    (0.0, 0.5, 0.999)
    """
    return min(0.999, max(0.0, 1 - (kbits - least) / (most - least)))


@functools.lru_cache(maxsize=256)
def _vorbis_level(rate: int, channels: int, kbits: int) -> float:
    """The compression level at which Vorbis itself names this bit rate, or the nearest that it has."""
    low, high = 0.0, 1.0
    for _ in range(12):
        level = (low + high) / 2
        low, high = (level, high) if _nominal_vorbis(rate, channels, level) > 1000 * kbits else (low, level)
    return low if low == 0.0 else high


def _nominal_vorbis(rate: int, channels: int, level: float) -> int:
    """The nominal bit rate that its header tells (Vorbis I specification, section 4.2.2)."""
    written = io.BytesIO()
    nothing = np.empty((0, channels), np.float32)
    soundfile.write(written, nothing, rate, format="OGG", subtype="VORBIS", compression_level=level)
    header = written.getvalue().index(b"\1vorbis")
    return int.from_bytes(written.getvalue()[header + 20 : header + 24], "little", signed=True)


def refuse_other_sound(content: bytes, planes: Array, rate: int) -> None:
    """See that a file decodes to something like these samples (frames, channels), integers, at this rate.

    Raises:
        MediaError: to something else.
    """
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        if (file.samplerate, file.channels) != (rate, planes.shape[1]):
            words = f"{file.channels} channels of {file.samplerate} Hz where {planes.shape[1]} of {rate} were encoded"
            raise MediaError("not_written", f"what was encoded decodes to {words}")
        sums, place = _Sums(planes.shape[1]), 0
        for block in file.blocks(BLOCK_FRAMES, dtype="float32", always_2d=True):
            meant = planes[place : place + len(block)]
            if len(meant) == len(block):
                sums.add(_as_floats(meant), block)
            place += len(block)
    if place != len(planes):
        raise MediaError("not_written", f"what was encoded decodes to {place:,} frames of {len(planes):,}")
    bits = 8 * len(content) / max(planes.size, 1)
    if (kept := sums.least_correlation()) < LEAST_SHARE * math.sqrt(1 - 2 ** (-2 * bits)):
        raise MediaError("not_written", f"too little of it is left by the codec: a correlation of {kept:.2f}")


def _as_floats(steps: Array) -> Array:
    """The same samples, full scale 1. libsndfile 1.2 makes noise of two channels of int16 in MP3."""
    return steps.astype(np.float32) / np.float32(1 + np.iinfo(steps.dtype).max)


class _Sums:
    """Sums over what was meant and what was decoded, of each channel."""

    def __init__(self, channels: int) -> None:
        self._frames = 0
        self._sums = np.zeros((5, channels))

    def add(self, meant: Array, got: Array) -> None:
        """Take the next block (frames, channels) of both."""
        one, other = meant.astype(np.float64), got.astype(np.float64)
        self._frames += len(one)
        self._sums += [each.sum(0) for each in (one, other, one * one, other * other, one * other)]

    def least_correlation(self) -> float:
        """Of any channel; 1 for one that is quiet in both."""
        one, other, ones, others, both = self._sums / max(self._frames, 1)
        is_quiet = (ones < QUIET**2) & (others < QUIET**2)
        spread = np.sqrt(np.maximum(ones - one**2, 0) * np.maximum(others - other**2, 0))
        correlation = np.divide(both - one * other, spread, out=np.zeros_like(spread), where=spread > 0)
        return float(np.where(is_quiet, 1.0, correlation).min())
