"""The ceiling: what a check cannot do without, in a bare loop with the same libraries and the same fast fbank.

    python -m benchmarks.rivals.bare_loop ROOT WORKERS

Each file is read, brought to 16 kHz, and its fbank computed; nothing is measured, judged, guarded or written.
"""

import multiprocessing
import sys
from pathlib import Path

from benchmarks.rivals.decode_loop import wave_of
from workflow_scripts.sound.fbank import fbank_of


def work(path: Path) -> float:
    """The sum of a file's fbank."""
    wave = wave_of(path)
    return sum(float(block.sum()) for block in fbank_of(128).blocks(wave))


def main() -> None:
    """Work through all files of a folder."""
    root, workers = sys.argv[1:]
    with multiprocessing.Pool(int(workers)) as pool:
        sums = pool.map(work, sorted(Path(root).iterdir()), chunksize=32)
    print(len(sums))


if __name__ == "__main__":
    main()
