"""lhotse's own extraction of the same fbank, with its own parallelism.

    python -m benchmarks.rivals.lhotse_fbank ROOT JOBS

Manifests are made of the files (lhotse reads each header), the first channel is taken, brought to 16 kHz, and the
features are stored as lhotse stores them, in files of NumPy.
"""

import sys
import tempfile
from pathlib import Path

import torch

import tests.kaldi  # noqa: F401  makes torchaudio importable beside a torch without CUDA

from lhotse import CutSet, Fbank, FbankConfig, MonoCut, NumpyFilesWriter, Recording  # isort: skip


def main() -> None:
    """Work through all files of a folder."""
    root, jobs = sys.argv[1:]
    torch.set_num_threads(1)
    recordings = [Recording.from_file(file) for file in sorted(Path(root).iterdir())]
    cuts = CutSet.from_cuts(
        MonoCut(id=one.id, start=0, duration=one.duration, channel=0, recording=one) for one in recordings
    )
    extractor = Fbank(FbankConfig(sampling_rate=16_000, num_filters=128, dither=0.0, window_type="hanning"))
    with tempfile.TemporaryDirectory() as folder:
        done = cuts.resample(16_000).compute_and_store_features(
            extractor=extractor,
            storage_path=folder,
            storage_type=NumpyFilesWriter,
            num_jobs=int(jobs),
            progress_bar=False,
        )
        print(len(done))


if __name__ == "__main__":
    main()
