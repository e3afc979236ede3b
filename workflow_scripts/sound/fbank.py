"""The fbank of AST, computed block by block with buffers that are kept.

Step by step the arithmetic of torchaudio.compliance.kaldi.fbank(htk_compat=True, sample_frequency=16000,
use_energy=False, window_type="hanning", num_mel_bins=…, dither=0.0, frame_shift=10), so that the two differ by
rounding in the last sums alone. torchaudio writes a temporary as long as the signal at each step; here a step stays in
the cache. benchmarks/README.md has what that is worth.

Sources: Povey et al., "The Kaldi speech recognition toolkit", ASRU 2011; torchaudio.compliance.kaldi.
"""

import functools
from collections.abc import Iterator

import numpy as np
import torch

from workflow_scripts.sound.kaldi import get_mel_banks
from workflow_scripts.sound.settings import SAMPLE_RATE

WINDOW = 400
"""Samples of a 25 ms frame."""
HOP = 160
FFT_SIZE = 512
PREEMPHASIS = 0.97
LOWEST_HZ = 20.0
BLOCK = 256
"""Frames at once: their buffers fit the cache of a core."""
BANK_GROUP = 16
BANK_LINES = 32
"""Groups of mel bins that are computed by one product: so many bins, and more until they need more lines of the
spectrum than that. Neighbours have their weights in few lines, so some small products take less than one large one,
most of whose weights are 0."""


class Fbank:
    """Computes fbanks of one number of mel bins; keeps its tables and buffers from one to the next."""

    def __init__(self, num_mel_bins: int) -> None:
        self.num_mel_bins = num_mel_bins
        self._window = torch.hann_window(WINDOW, periodic=False)
        self._banks = list(_bank_groups(num_mel_bins))
        self._floor = torch.tensor(torch.finfo(torch.float32).eps)
        self._padded = torch.zeros(BLOCK, FFT_SIZE)
        self._before = torch.empty(BLOCK, WINDOW)
        self._power = torch.empty(BLOCK, FFT_SIZE // 2 + 1)
        self._mel = torch.empty(BLOCK, num_mel_bins)

    def blocks(self, wave: torch.Tensor) -> Iterator[torch.Tensor]:
        """The fbank of a signal, some frames at a time.

        Args:
            wave: (samples,) at 16 kHz, contiguous.

        Yields:
            (frames, num_mel_bins), overwritten when the next one is asked for.
        """
        frames = wave.as_strided((frame_count(len(wave)), WINDOW), (HOP, 1))
        for first in range(0, len(frames), BLOCK):
            yield self._block(frames[first : first + BLOCK])

    def _block(self, frames: torch.Tensor) -> torch.Tensor:
        count = len(frames)
        padded, before = self._padded[:count], self._before[:count]
        windowed = padded[:, :WINDOW]
        torch.sub(frames, frames.mean(1, keepdim=True), out=windowed)
        torch.mul(windowed, PREEMPHASIS, out=before)  # not fused with the next: it would round otherwise
        windowed[:, 1:].sub_(before[:, :-1])
        windowed.mul_(self._window)  # begins with 0: a frame's first sample is nothing
        squares = torch.view_as_real(torch.fft.rfft(padded)).view(count, -1).square_()
        power, mel = self._power[:count], self._mel[:count]
        np.add(squares[:, 0::2].numpy(), squares[:, 1::2].numpy(), out=power.numpy())  # torch takes half as long again
        for bins, lines, weights in self._banks:
            torch.mm(power[:, lines], weights, out=mel[:, bins])
        return torch.maximum(mel, self._floor, out=mel).log_()


def frame_count(samples: int) -> int:
    """Frames of a signal: only whole ones count."""
    return max(0, 1 + (samples - WINDOW) // HOP)


@functools.cache
def fbank_of(num_mel_bins: int) -> Fbank:
    """The one Fbank of this process for a number of mel bins."""
    return Fbank(num_mel_bins)


def _bank_groups(num_mel_bins: int) -> Iterator[tuple[slice, slice, torch.Tensor]]:
    """For each group of mel bins: which they are, the lines of the spectrum that they need, and the weights."""
    banks, _ = get_mel_banks(num_mel_bins, FFT_SIZE, float(SAMPLE_RATE), LOWEST_HZ, 0.0, 100.0, -500.0, 1.0)
    first = 0
    for behind in range(BANK_GROUP, num_mel_bins + BANK_GROUP, BANK_GROUP):
        bins = slice(first, min(behind, num_mel_bins))
        needed = torch.nonzero(banks[bins].sum(0)).flatten()
        lines = slice(int(needed[0]), int(needed[-1]) + 1) if len(needed) else slice(0, 1)
        if lines.stop - lines.start > BANK_LINES or bins.stop == num_mel_bins:
            yield bins, lines, banks[bins, lines].T.contiguous()
            first = bins.stop
