"""How loud a clip is, and what brings it to a loudness."""

from typing import Any

import numpy as np

from workflow_scripts.sound.loudness import Loudness

Array = np.ndarray[Any, Any]

BLOCK_SECONDS = 4


def gain_to(lufs: float, samples: Array, sample_rate: int) -> float | None:
    """What brings samples to an integrated loudness; None where they have none."""
    is_now = loudness(samples, sample_rate)
    return None if is_now is None else float(10 ** ((lufs - is_now) / 20))


def loudness(samples: Array, sample_rate: int) -> float | None:
    """The integrated loudness in LUFS; None for less than the 0.4 s that it is measured over, and for silence.

    Args:
        samples: (frames,) or (frames, channels), full scale 1; all channels count alike.
        sample_rate: hertz.
    """
    wave = samples[:, np.newaxis] if samples.ndim == 1 else samples
    meter, step = Loudness(sample_rate, wave.shape[1], None), BLOCK_SECONDS * sample_rate
    for first in range(0, len(wave), step):
        meter.add(np.ascontiguousarray(wave[first : first + step], np.float32))
    return meter.lufs()
