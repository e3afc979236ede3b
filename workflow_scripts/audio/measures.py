"""Measures of decoded samples. Amplitudes are relative to full scale, 1."""

import math
from typing import Any

import numpy as np

SILENT_PEAK = 1e-3
"""-60 dB of full scale: below it a stretch counts as silent."""
SILENT_STRETCH_S = 0.1
CLIPPED = 32767 / 32768
SAME_CHANNEL = 1e-3
"""-60 dB: channels that differ by less, relative to their level, carry the same sound."""
SPECTRUM_SIZE = 2048
SPECTRUM_BLOCKS = 64
SPECTRUM_FLOOR = 1e-8
"""-80 dB of power."""


def measure(samples: np.ndarray[Any, Any], sample_rate: int) -> dict[str, float | str | None]:
    """The measures of one media.

    Args:
        samples: (frames, channels) with frames > 0, int16, or finite float32.
        sample_rate: samples a second.

    Returns:
        The columns peak, rms_dbfs, dc_offset, clipped_fraction, silent_fraction, bandwidth_hz and channel_layout of
        `checks`.
    """
    full_scale = 32768 if samples.dtype == np.int16 else 1
    powers = np.array([_power(channel) for channel in samples.T]) / full_scale**2
    envelope = _envelope(samples, max(1, round(sample_rate * SILENT_STRETCH_S))) / full_scale
    peak = float(envelope.max())
    power = float(powers.mean())
    return {
        "peak": peak,
        "rms_dbfs": 10 * math.log10(power) if power > 0 else None,
        "dc_offset": float(samples.mean(dtype=np.float64)) / full_scale,
        "clipped_fraction": _clipped_fraction(samples, full_scale) if peak >= CLIPPED else 0.0,
        "silent_fraction": float((envelope < SILENT_PEAK).mean()),
        "bandwidth_hz": _bandwidth(samples[:, 0], sample_rate),
        "channel_layout": _channel_layout(samples, powers, full_scale),
    }


def _power(channel: np.ndarray[Any, Any]) -> float:
    """Mean square, in double precision block by block; not by BLAS, whose sums vary with alignment and threads."""
    blocks = (channel[start : start + 65536].astype(np.float64) for start in range(0, len(channel), 65536))
    return sum(float(np.square(block).sum()) for block in blocks) / len(channel)


def _envelope(samples: np.ndarray[Any, Any], stretch: int) -> np.ndarray[Any, Any]:
    """Largest absolute sample of each stretch, over all channels."""
    starts = np.arange(0, len(samples), stretch)
    high = np.maximum.reduceat(samples, starts).max(axis=1)
    low = np.minimum.reduceat(samples, starts).min(axis=1)
    return np.maximum(np.abs(high.astype(np.float64)), np.abs(low.astype(np.float64)))


def _clipped_fraction(samples: np.ndarray[Any, Any], full_scale: int) -> float:
    bound = CLIPPED * full_scale
    return float(((samples >= bound) | (samples <= -bound)).mean())


def _bandwidth(channel: np.ndarray[Any, Any], sample_rate: int) -> float | None:
    """The highest frequency whose mean power is within 80 dB of the strongest, from blocks spread over the signal."""
    size = min(SPECTRUM_SIZE, len(channel))
    starts = np.unique(np.linspace(0, len(channel) - size, SPECTRUM_BLOCKS).astype(int))
    blocks = np.stack([channel[start : start + size] for start in starts]).astype(np.float32)
    blocks -= blocks.mean(axis=1, keepdims=True)
    spectrum = (np.abs(np.fft.rfft(blocks * np.blackman(size).astype(np.float32))) ** 2).mean(axis=0)
    loud = np.flatnonzero(spectrum > spectrum.max() * SPECTRUM_FLOOR)
    return float(loud[-1] * sample_rate / size) if len(loud) else None


def _channel_layout(samples: np.ndarray[Any, Any], powers: np.ndarray[Any, Any], full_scale: int) -> str:
    if samples.shape[1] == 1:
        return "mono"
    if samples.shape[1] > 2:
        return "multichannel"
    if powers.min() < SAME_CHANNEL**2 * powers.max():
        return "one_sided"
    difference = samples[:, 0].astype(np.float32) - samples[:, 1]
    same = _power(difference) / full_scale**2 <= SAME_CHANNEL**2 * powers.max()
    return "dual_mono" if same else "stereo"
