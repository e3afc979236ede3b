"""What is done to sound by its spectrum: made longer or shorter at the same pitch, and a band of it taken away.

Sources: Flanagan and Golden, "Phase vocoder", Bell System Technical Journal, 1966, as torchaudio has it; Park et al.,
"SpecAugment", Interspeech 2019, for the mask, of which FrequencyMasking of torchaudio knows spectrograms alone.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

WINDOW, HOP = 2048, 512


def stretched(wave: Array, times: float) -> Array:
    """A wave (frames,) float32 made `times` as long, to a sample."""
    import torch

    from workflow_scripts.sound import torchaudio

    vocoder = torchaudio.module("functional").phase_vocoder

    with _one_thread():
        length = round(len(wave) * times)
        samples = torch.from_numpy(np.pad(wave, (0, max(0, WINDOW - len(wave)))))
        window = torch.hann_window(WINDOW)
        spectrum = torch.stft(samples, WINDOW, HOP, window=window, return_complex=True)
        advance = torch.linspace(0, np.pi * HOP, spectrum.shape[0])[:, None]
        slower = vocoder(spectrum, 1 / times, advance)
        padded = round(len(samples) * times)
        return np.asarray(torch.istft(slower, WINDOW, HOP, window=window, length=padded).numpy()[:length])


def without_band(samples: Array, sample_rate: int, low_hz: float, high_hz: float) -> Array:
    """Samples without what they have from one frequency up to another.

    Bins of the short-time Fourier transform whose centre is in the band are 0, as those of a spectrogram would be, and
    the transform is turned back. Its edges are as sharp as its bins: a tone more than two of them (2 × sample_rate /
    WINDOW) outside is as it was.

    Args:
        samples: (frames, channels) float32.
        sample_rate: hertz.
        low_hz: where the band begins.
        high_hz: where it ends; this is outside.
    """
    import torch

    from workflow_scripts.sound import torchaudio

    functional = torchaudio.module("functional")
    with _one_thread():
        wave = np.pad(samples, ((0, max(0, WINDOW - len(samples))), (0, 0))).T
        form = {"n_fft": WINDOW, "hop_length": HOP, "win_length": WINDOW, "window": torch.hann_window(WINDOW), "pad": 0}
        spectrum = functional.spectrogram(torch.from_numpy(wave.copy()), power=None, normalized=False, **form)
        centres = np.arange(WINDOW // 2 + 1) * sample_rate / WINDOW
        spectrum[:, torch.from_numpy((centres >= low_hz) & (centres < high_hz))] = 0
        length = wave.shape[1]
        back = functional.inverse_spectrogram(spectrum, length=length, normalized=False, **form)
        return np.asarray(back.numpy().T[: len(samples)])


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Sums of floats depend on the number of threads."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
