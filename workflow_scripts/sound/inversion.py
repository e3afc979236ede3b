"""Sound of mel spectrograms: what of it they hold, and phases that go with that.

Sources: Lee and Seung, "Algorithms for non-negative matrix factorization", NIPS 2000 (one of whose factors is known);
Perraudin, Balazs and Søndergaard, "A fast Griffin-Lim algorithm", WASPAA 2013.
"""

from typing import Any

import ducc0
import numpy as np

from workflow_scripts.sound.mel import Array, MelSettings, hann, mel_weights, spectra

LINE_ROUNDS, PHASE_ROUNDS = 100, 32
MOMENTUM = 0.99
TINY = 1e-20


def lines_of_mel(power: Array, settings: MelSettings) -> Array:
    """Powers of the lines of the spectrum, none below 0, that give such a mel spectrogram.

    Of all that do, one near what is smooth: it begins with means of the bins, and takes steps towards the least
    Kullback-Leibler divergence, which is what relative errors weigh in.

    Args:
        power: (bins, frames).
        settings: of the spectrogram.

    Returns:
        (n_fft / 2 + 1, frames); lines that no bin holds are 0.
    """
    weights = mel_weights(settings)
    held = weights.sum(0)[:, np.newaxis]
    scale = np.divide(1.0, held, out=np.zeros_like(held), where=held > 0)
    lines: Array = (weights.T @ power) * scale
    for _ in range(LINE_ROUNDS):
        lines *= (weights.T @ (power / np.maximum(weights @ lines, TINY))) * scale
    return lines


def signal_of_magnitudes(magnitudes: Array, settings: MelSettings, samples: int, seed: int = 0) -> Array:
    """A signal whose spectra have such magnitudes, or nearly: phases are found by going to and fro.

    Args:
        magnitudes: (n_fft / 2 + 1, frames).
        settings: of the spectrogram.
        samples: of the signal.
        seed: of the phases that it begins with.

    Returns:
        (samples,) float64.
    """
    wanted = magnitudes.T
    turns = np.random.default_rng(seed).uniform(0, 2 * np.pi, wanted.shape)
    angles, before = np.exp(1j * turns), np.zeros(wanted.shape, np.complex128)
    for _ in range(PHASE_ROUNDS):
        rebuilt = np.concatenate(list(spectra(_signal(wanted * angles, settings, samples), settings)))[: len(wanted)]
        ahead = rebuilt - before * (MOMENTUM / (1 + MOMENTUM))
        angles, before = ahead / np.maximum(np.abs(ahead), TINY), rebuilt
    return _signal(wanted * angles, settings, samples)


def _signal(lines: Array, settings: MelSettings, samples: int) -> Array:
    """The signal whose spectra (frames, lines) are nearest to these."""
    window = hann(settings.n_fft)
    half, hop = settings.n_fft // 2, settings.hop
    frames = ducc0.fft.c2r(lines, axes=(1,), lastsize=settings.n_fft, forward=False, inorm=2, nthreads=1) * window
    behind = max((len(frames) - 1) * hop + settings.n_fft, half + samples)
    total, weight = np.zeros(behind), np.zeros(behind)
    for number, frame in enumerate(frames):
        place = slice(number * hop, number * hop + settings.n_fft)
        total[place] += frame
        weight[place] += window**2
    signal: Array = (total / np.maximum(weight, 1e-8))[half : half + samples]
    return signal


def magnitudes_of(wave: Array, settings: MelSettings) -> Array:
    """Those of the spectra of a signal: (n_fft / 2 + 1, frames)."""
    magnitudes: Array = np.abs(np.concatenate(list(spectra(wave, settings)))).T
    return magnitudes


def spectral_convergence(magnitudes: Array, expected: Array) -> float:
    """How far magnitudes are from those expected: the norm of the difference over that of what is expected."""
    norm: Any = np.linalg.norm
    return float(norm(magnitudes - expected) / max(norm(expected), TINY))
