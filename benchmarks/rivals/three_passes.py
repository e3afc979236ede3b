"""What people do today: three scripts one after the other, each with plain torchaudio calls in one process.

    python -m benchmarks.rivals.three_passes ROOT

The first tries whether each file loads, the second whether it resamples, the third computes its fbank. torchaudio.load
is not among the calls: it needs another library since torchaudio 2.9, so files are read by soundfile, as it did before.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import soundfile
import torch

from tests.kaldi import fbank

import torchaudio.functional  # isort: skip  (it imports once kaldi has seen to it)


def load(path: Path) -> tuple[torch.Tensor, int]:
    """Samples as torchaudio gave them: (channels, frames) float32, and their rate."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return torch.from_numpy(samples.T.copy()), rate


def resample(path: Path) -> torch.Tensor:
    """The first channel at 16 kHz: (1, frames)."""
    samples, rate = load(path)
    return torchaudio.functional.resample(samples[:1], rate, 16_000)


def feature(path: Path) -> torch.Tensor:
    """The fbank of AST of a file."""
    wave = resample(path)
    return ast_fbank(wave - wave.mean())


def ast_fbank(wave: torch.Tensor) -> torch.Tensor:
    """The fbank of AST of a signal (1, samples) at 16 kHz, as torchaudio computes it."""
    return fbank(
        wave,
        htk_compat=True,
        sample_frequency=16_000,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=128,
        dither=0.0,
        frame_shift=10,
    )


def main() -> None:
    """Work through all files of a folder, three times."""
    files = sorted(Path(sys.argv[1]).iterdir())
    passes: list[Callable[[Path], object]] = [load, resample, feature]
    for one in passes:
        for file in files:
            one(file)
    print(len(files))


if __name__ == "__main__":
    main()
