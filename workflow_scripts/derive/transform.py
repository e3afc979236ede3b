"""Sound made longer or shorter at the same pitch.

Source: Flanagan and Golden, "Phase vocoder", Bell System Technical Journal, 1966, as torchaudio has it.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

WINDOW, HOP = 2048, 512


def stretched(wave: Array, times: float) -> Array:
    """A wave (frames,) float32 made `times` as long, to a sample."""
    import torch

    from workflow_scripts.sound import torchaudio

    vocoder = torchaudio.module("functional").phase_vocoder

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums of floats depend on the number of threads
    try:
        length = round(len(wave) * times)
        samples = torch.from_numpy(np.pad(wave, (0, max(0, WINDOW - len(wave)))))
        window = torch.hann_window(WINDOW)
        spectrum = torch.stft(samples, WINDOW, HOP, window=window, return_complex=True)
        advance = torch.linspace(0, np.pi * HOP, spectrum.shape[0])[:, None]
        slower = vocoder(spectrum, 1 / times, advance)
        padded = round(len(samples) * times)
        return np.asarray(torch.istft(slower, WINDOW, HOP, window=window, length=padded).numpy()[:length])
    finally:
        torch.set_num_threads(threads)
