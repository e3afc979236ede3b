"""Masks of parts over time and frequency: what of a scene is of which part.

Sources: Wang and Brown, "Computational auditory scene analysis", 2006 (the binary mask); Liutkus and Badeau,
"Generalized Wiener filtering with fractional power spectrograms", ICASSP 2015 (the ratio, of powers).
"""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

MASKS = ".masks.npz"
"""What files of a pack end in that hold them."""
BLOCK = 4096
"""So many windows are transformed at once."""


def masks_of(parts: Sequence[Array], kind: str, window: int, hop: int) -> Array:
    """The masks of parts that sum to a scene.

    Args:
        parts: each (frames, channels).
        kind: `ratio`: a part's share of the power of all, float16, 1 together wherever there is any power; `binary`: 1
            for the part that has most of it, uint8.
        window: samples of a window: Hann's, periodic.
        hop: samples from one to the next.

    Returns:
        (parts, channels, bins, windows): as torch.stft has them with center=True and pad_mode="constant".
    """
    powers = np.stack([[_power(channel, window, hop) for channel in part.T] for part in parts])
    total = powers.sum(axis=0)
    if kind == "binary":
        return ((powers.argmax(axis=0) == np.arange(len(parts))[:, None, None, None]) & (total > 0)).astype(np.uint8)
    return np.divide(powers, total, out=np.zeros_like(powers), where=total > 0).astype(np.float16)


def _power(wave: Array, window: int, hop: int) -> Array:
    """Of one channel, float32 (bins, windows)."""
    padded = np.pad(wave, window // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    taper = np.hanning(window + 1)[:-1]
    power = np.empty((window // 2 + 1, len(windows)), np.float32)
    for first in range(0, len(windows), BLOCK):
        spectrum = np.fft.rfft(windows[first : first + BLOCK] * taper, axis=1)
        power[:, first : first + BLOCK] = np.square(np.abs(spectrum)).T
    return power


def encoded_masks(masks: Array, **said: Any) -> bytes:
    """A file of NumPy's: `masks`, and what is said of them."""
    content = io.BytesIO()
    arrays: dict[str, Any] = {name: np.asarray(value) for name, value in said.items()}
    np.savez_compressed(content, masks=masks, **arrays)
    return content.getvalue()
