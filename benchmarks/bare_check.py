"""What a check cannot do without, in a bare loop: the reference of check_throughput.

    python -m benchmarks.bare_check ROOT WORKERS

Each file is read, brought to 16 kHz, and its fbank computed; nothing is measured, judged, guarded or written.
"""

import multiprocessing
import sys
from pathlib import Path

import soundfile
import soxr
import torch

from workflow_scripts.audio.kaldi import fbank


def work(path: Path) -> float:
    """The mean of a file's fbank."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    wave = samples[:, 0]
    if rate != 16_000:
        wave = soxr.resample(wave, rate, 16_000, quality="HQ")
    wave = torch.from_numpy(wave - wave.mean())[None]
    feature = fbank(
        wave,
        htk_compat=True,
        sample_frequency=16_000,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=128,
        dither=0.0,
        frame_shift=10,
    )
    return float(feature.mean())


def main() -> None:
    """Work through all files of a folder."""
    root, workers = sys.argv[1:]
    with multiprocessing.Pool(int(workers), torch.set_num_threads, (1,)) as pool:
        means = pool.map(work, sorted(Path(root).iterdir()), chunksize=16)
    print(len(means))


if __name__ == "__main__":
    main()
