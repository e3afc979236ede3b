"""The least that a check can do: decode each file and bring it to 16 kHz, with the same libraries, and nothing else.

    python -m benchmarks.rivals.decode_loop ROOT WORKERS

No feature, no measure, no digest; nothing is judged, guarded or written.
"""

import multiprocessing
import sys
from pathlib import Path

import numpy as np
import soundfile

from workflow_scripts.sound.feature import Resampler


def wave_of(path: Path) -> np.ndarray:
    """The first channel of a file at 16 kHz, full scale 1."""
    with soundfile.SoundFile(path) as file:
        samples = file.read(dtype="int16" if file.subtype == "PCM_16" else "float32", always_2d=True)
        rate = file.samplerate
    wave = samples[:, 0].astype(np.float32)
    if samples.dtype == np.int16:
        wave /= 32768
    return Resampler(rate).resample(wave, is_last=True)


def _length(path: Path) -> int:
    return len(wave_of(path))


def main() -> None:
    """Work through all files of a folder."""
    root, workers = sys.argv[1:]
    files = sorted(path for path in Path(root).rglob("*") if path.is_file())
    with multiprocessing.Pool(int(workers)) as pool:
        print(len(pool.map(_length, files, chunksize=32)))


if __name__ == "__main__":
    main()
