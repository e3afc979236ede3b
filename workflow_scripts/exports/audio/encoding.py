"""Clips encoded in the form that an export has them in."""

import io
from typing import Any, NamedTuple

import numpy as np
import soundfile

from workflow_scripts.exports.audio.cutting import Cut
from workflow_scripts.exports.audio.form import CONTAINERS, AudioForm
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.feature import Resampler

Array = np.ndarray[Any, Any]


class Encoded(NamedTuple):
    """A clip's file.

    Attributes:
        content: its bytes.
        frames: how many it holds.
        sample_rate: hertz.
        channels: how many.
        overshoot: samples that lay beyond full scale before they were rounded.
    """

    content: bytes
    frames: int
    sample_rate: int
    channels: int
    overshoot: int


def encode(clip: Cut, form: AudioForm) -> Encoded:
    """Bring a clip to a form, encode it, and see by decoding that it is what it should be.

    Raises:
        MediaError: its rate is too low, or what was written does not hold it.
    """
    if clip.stored is not None:
        return _as_it_is(clip.stored)
    samples, rate = _resampled(clip, form.sample_rate)
    if form.longest_s is not None:
        samples = samples[: round(form.longest_s * rate)]
    steps, overshoot = _in_steps(samples, form)
    written = io.BytesIO()
    soundfile.write(written, steps, rate, format=CONTAINERS[form.codec], subtype=f"PCM_{form.bits}")
    content = written.getvalue()
    if not np.array_equal(soundfile.read(io.BytesIO(content), dtype=steps.dtype.name)[0], steps):
        raise MediaError("not_written", "what was encoded decodes to something else")
    return Encoded(content, len(steps), rate, 1 if steps.ndim == 1 else steps.shape[1], overshoot)


def _as_it_is(stored: bytes) -> Encoded:
    with soundfile.SoundFile(io.BytesIO(stored)) as file:
        return Encoded(stored, file.frames, file.samplerate, file.channels, 0)


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


def _in_steps(samples: Array, form: AudioForm) -> tuple[Array, int]:
    """Samples as whole steps of int16, or of int32 whose lower bits are 0; and how many lay beyond full scale."""
    if not np.isfinite(samples).all():
        raise MediaError("not_finite", "it holds samples that are no numbers")
    full_scale = 2 ** (form.bits - 1)
    steps = np.rint(samples.astype(np.float64) * full_scale)
    overshoot = int(np.count_nonzero((steps > full_scale - 1) | (steps < -full_scale)))
    if overshoot and form.overshoot == "scale":
        peak = np.abs(samples).max()
        steps = np.rint(samples.astype(np.float64) / peak * (full_scale - 1))
    whole = np.clip(steps, -full_scale, full_scale - 1)
    return (whole.astype(np.int16) if form.bits == 16 else whole.astype(np.int32) << 8), overshoot
