"""Milliseconds a clip of the parts of a check, a line a round.

Bare, whole, measures with planes, digests, our fbank, torchaudio's.

python -m benchmarks.part_times ROOT ROUNDS
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
import torch
import xxhash

from benchmarks.rivals.bare_loop import work
from benchmarks.rivals.three_passes import ast_fbank
from workflow_scripts.check.pool import Task
from workflow_scripts.check.worker import examine_batch
from workflow_scripts.media.media import Media
from workflow_scripts.sound.fbank import fbank_of
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.sound.measures import Measures
from workflow_scripts.sound.pcm_digest import PcmDigest
from workflow_scripts.sound.planes import Planes
from workflow_scripts.sound.settings import CheckSettings

Decoded = tuple[np.ndarray, int]


def main() -> None:
    """Take the times by turns."""
    files = sorted(Path(sys.argv[1]).iterdir())
    torch.set_num_threads(1)
    settings, planes = CheckSettings("first", 128), Planes()
    tasks = [Task(Media(str(file), None, (seen := os.stat(file)).st_size, seen.st_mtime_ns), None) for file in files]
    contents = [file.read_bytes() for file in files]
    decoded = [_decoded(file) for file in files]
    waves = [feature_input(file) for file in files]
    fbanks = fbank_of(128)

    def measure(sound: Decoded) -> None:
        samples, rate = sound
        measures = Measures(rate, samples.shape[1])
        measures.add(samples, *planes.of(samples))
        measures.measured()

    def digest(sound_and_bytes: tuple[Decoded, bytes]) -> None:
        (samples, rate), content = sound_and_bytes
        digest = PcmDigest(rate, samples.shape[1])
        digest.add(samples)
        digest.hexdigest()
        xxhash.xxh3_128_hexdigest(content)

    parts: list[tuple[Callable[..., object], Sequence[object]]] = [
        (work, files),
        (lambda task: examine_batch([task], settings), tasks),
        (measure, decoded),
        (digest, list(zip(decoded, contents, strict=True))),
        (lambda wave: [float(block.sum()) for block in fbanks.blocks(wave)], waves),
        (lambda wave: float(ast_fbank(wave[None]).sum()), waves),
    ]
    for _ in range(int(sys.argv[2])):
        print(*(_milliseconds(function, things) for function, things in parts))


def feature_input(file: Path) -> torch.Tensor:
    """The first channel at 16 kHz."""
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    return Resampler(rate).resample(torch.from_numpy(samples[:, 0].copy()), is_last=True)


def _decoded(file: Path) -> Decoded:
    with soundfile.SoundFile(file) as opened:
        dtype = "int16" if opened.subtype == "PCM_16" else "float32"
        return opened.read(dtype=dtype, always_2d=True), opened.samplerate


def _milliseconds(function: Callable[..., object], things: Sequence[object]) -> float:
    started = time.perf_counter()
    for thing in things:
        function(thing)
    return 1000 * (time.perf_counter() - started) / len(things)


if __name__ == "__main__":
    main()
