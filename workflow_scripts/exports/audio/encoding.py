"""Clips encoded in the form that an export has them in."""

import io
import math
from typing import Any, NamedTuple

import numpy as np
import soundfile

from workflow_scripts.exports.audio.cutting import Cut, Row
from workflow_scripts.exports.audio.form import CONTAINERS, LOSSY, AudioForm
from workflow_scripts.exports.audio.lossy import encode_lossy
from workflow_scripts.exports.audio.loudness import gain_to
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.feature import Resampler

Array = np.ndarray[Any, Any]

BLOCK_FRAMES = 1 << 18


class Encoded(NamedTuple):
    """A clip's file.

    Attributes:
        content: its bytes.
        frames: how many it holds.
        sample_rate: hertz.
        channels: how many.
        overshoot: samples that lay beyond full scale before they were rounded.
        unlevelled: whether it was to be brought to a loudness, and has none.
        steps: what they hold, or a lossy codec was given, (frames,) or (frames, channels), int16, or int32 whose lower
            bits are 0; none where a media was taken as it is.
    """

    content: bytes
    frames: int
    sample_rate: int
    channels: int
    overshoot: int
    unlevelled: bool = False
    steps: Array | None = None

    def without_content(self) -> "Encoded":
        """The same without its bytes and steps."""
        return self._replace(content=b"", steps=None)


def encode(clip: Cut, form: AudioForm) -> Encoded:
    """Bring a clip to a form, encode it, and see by decoding that it is what it should be.

    Raises:
        MediaError: its rate is too low, the codec has not so many channels, or what was written does not hold it.
    """
    if clip.stored is not None:
        return _as_it_is(clip.row, clip.stored)
    samples, rate = _resampled(clip, form.sample_rate)
    if form.longest_s is not None:
        samples = samples[: round(form.longest_s * rate)]
    gain = 1.0 if form.loudness_lufs is None else gain_to(form.loudness_lufs, samples, rate)
    steps, overshoot = in_steps(samples, 1.0 if gain is None else gain, form)
    written = encode_lossy(steps, rate, form) if form.codec in LOSSY else _exactly(steps, rate, form)
    channels = 1 if steps.ndim == 1 else steps.shape[1]
    return Encoded(written, len(steps), rate, channels, overshoot, gain is None, steps)


def _as_it_is(row: Row, stored: bytes) -> Encoded:
    """What the check found by decoding it: a header may say anything, and not every decoder opens every media."""
    rate = row["own_rate"]
    return Encoded(stored, round(row["duration_s"] * rate), rate, row["own_channels"], 0)


def _exactly(steps: Array, rate: int, form: AudioForm) -> bytes:
    """FLAC or WAV of these steps, decoded once more to see that it is."""
    written = io.BytesIO()
    soundfile.write(written, steps, rate, format=CONTAINERS[form.codec], subtype=form.subtype)
    if not _holds(written, steps):
        raise MediaError("not_written", "what was encoded decodes to something else")
    return written.getvalue()


def _holds(written: io.BytesIO, steps: Array) -> bool:
    """Whether a file decodes to these steps and no more."""
    written.seek(0)
    place = 0
    with soundfile.SoundFile(written) as file:
        for block in file.blocks(BLOCK_FRAMES, dtype=steps.dtype.name):
            if not np.array_equal(block, steps[place : place + len(block)]):
                return False
            place += len(block)
    return place == len(steps)


def _resampled(clip: Cut, to: int | None) -> tuple[Array, int]:
    """Samples of a clip at a rate, each channel for itself."""
    if to is None or to == clip.sample_rate:
        return clip.samples, clip.sample_rate
    if clip.samples.ndim == 1:
        return Resampler(clip.sample_rate, to).resample(clip.samples, is_last=True), to
    channels = [
        Resampler(clip.sample_rate, to).resample(np.ascontiguousarray(one), is_last=True) for one in clip.samples.T
    ]
    return np.stack(channels, axis=1), to


def in_steps(samples: Array, gain: float, form: AudioForm) -> tuple[Array, int]:
    """Samples times a gain as whole steps of int16, or of int32 whose lower bits are 0; how many lay beyond full scale.

    Block by block: in double precision all of a recording of an hour would take more memory than anything else here.
    """
    full_scale = 2 ** (form.bits - 1)
    steps = np.empty(samples.shape, np.int16 if form.bits == 16 else np.int32)
    overshoot = sum(_round(samples, steps, place, gain * full_scale, full_scale) for place in _blocks(samples))
    if overshoot and form.overshoot == "scale":
        most = (full_scale - 1) / float(max(np.abs(samples[place]).max() for place in _blocks(samples)))
        for place in _blocks(samples):
            _round(samples, steps, place, most, full_scale)
    if form.bits == 24:
        np.left_shift(steps, 8, out=steps)
    return steps, overshoot


def _blocks(samples: Array) -> list[slice]:
    return [slice(first, first + BLOCK_FRAMES) for first in range(0, len(samples), BLOCK_FRAMES)]


def _round(samples: Array, steps: Array, place: slice, scale: float, full_scale: int) -> int:
    """Write the steps of a block, times a scale; how many lie beyond full scale.

    Of 16 bits single precision tells a hundredth of a step.
    """
    scaled: Array = samples[place].astype(np.float32 if steps.dtype == np.int16 else np.float64)
    scaled *= scale
    np.rint(scaled, out=scaled)
    low, high = float(scaled.min(initial=0)), float(scaled.max(initial=0))
    if not (math.isfinite(low) and math.isfinite(high)):
        raise MediaError("not_finite", "it holds samples that are no numbers")
    beyond = 0
    if low < -full_scale or high > full_scale - 1:
        beyond = int(np.count_nonzero((scaled > full_scale - 1) | (scaled < -full_scale)))
        np.clip(scaled, -full_scale, full_scale - 1, out=scaled)
    steps[place] = scaled
    return beyond
