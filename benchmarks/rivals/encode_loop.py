"""The encoder's limit: clips that wait in memory at the rate of the tar are written as FLAC, and nothing else.

    python -m benchmarks.rivals.encode_loop ROOT CLIPS WORKERS

Prints the seconds that it takes to encode so many, without those that it takes to get them ready.
"""

import io
import multiprocessing
import sys
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import soundfile
import soxr

from benchmarks.clips import DISTINCT
from benchmarks.rivals.pack_loop import RATE

_ready: list[np.ndarray] = []


def encode(number: int) -> int:
    """The bytes of a clip."""
    stored = io.BytesIO()
    soundfile.write(stored, _ready[number], RATE, format="FLAC", subtype="PCM_16")
    return stored.tell()


def main() -> None:
    """Get the clips of a folder ready, and encode them."""
    root, clips, workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for clip in sorted(root.iterdir())[:DISTINCT]:
        samples, rate = soundfile.read(clip, dtype="float32", always_2d=True)
        _ready.append(np.rint(np.clip(soxr.resample(samples.mean(1), rate, RATE), -1, 1) * 32767).astype(np.int16))
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        begun = time.perf_counter()
        pool.map(encode, islice(cycle(range(len(_ready))), clips), chunksize=16)
        print(time.perf_counter() - begun)


if __name__ == "__main__":
    main()
