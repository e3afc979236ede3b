"""The same fbank by other packages: milliseconds a clip, and how far its values are from torchaudio's."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.clips import SECONDS
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT

ROUNDS = 200
BINS = 128
Extract = Callable[[np.ndarray], np.ndarray]


def run(small: bool) -> Iterator[Table]:
    """One table: a row a package."""
    rounds = 2 if small else ROUNDS
    command = [sys.executable, "-m", "benchmarks.check_fbanks", str(rounds)]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    notes = [
        f"{SECONDS} s of noise at 16 kHz, one thread, {BINS} bins, from an array of NumPy to one of (frames, bins); of "
        f"{rounds} rounds by turns, in time of a core. Values may be 0.001 from torchaudio's."
    ]
    columns = ["", "quickest, ms", "median, ms", "largest difference from torchaudio"]
    yield Table("The fbank of other packages", columns, json.loads(done.stdout), notes)


def main() -> None:
    """Print the rows as JSON."""
    wave = 0.05 * np.random.default_rng(2017).standard_normal(16_000 * SECONDS).astype(np.float32)
    wave -= wave.mean()
    extracts = {"ours": _ours(), "torchaudio": _torchaudio, "lhotse": _lhotse(), "kaldi-native-fbank": _native()}
    expected = _torchaudio(wave)
    times: dict[str, list[float]] = {name: [] for name in extracts}
    for _ in range(int(sys.argv[1])):
        for name, extract in extracts.items():
            started = time.thread_time()
            extract(wave)
            times[name].append(1000 * (time.thread_time() - started))
    rows = [
        [name, min(times[name]), statistics.median(times[name]), float(np.abs(extract(wave) - expected).max())]
        for name, extract in extracts.items()
    ]
    print(json.dumps(rows))


def _ours() -> Extract:
    from workflow_scripts.sound.fbank import BLOCK, fbank_of, frame_count

    fbank = fbank_of(BINS)

    def extract(wave: np.ndarray) -> np.ndarray:
        values = np.empty((frame_count(len(wave)), BINS), np.float32)
        for number, block in enumerate(fbank.blocks(wave)):
            values[number * BLOCK : number * BLOCK + len(block)] = block
        return values

    return extract


def _torchaudio(wave: np.ndarray) -> np.ndarray:
    import torch

    from benchmarks.rivals.three_passes import ast_fbank

    torch.set_num_threads(1)
    return ast_fbank(torch.from_numpy(wave)[None]).numpy()


def _lhotse() -> Extract:
    from lhotse import Fbank, FbankConfig

    config = FbankConfig(16_000, window_type="hanning", snip_edges=True, high_freq=0.0, num_filters=BINS)
    extractor = Fbank(config)
    return lambda wave: extractor.extract(wave, 16_000)


def _native() -> Extract:
    import kaldi_native_fbank

    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither, options.frame_opts.window_type = 0.0, "hanning"
    options.mel_opts.num_bins, options.use_energy = BINS, False

    def extract(wave: np.ndarray) -> np.ndarray:
        fbank = kaldi_native_fbank.OnlineFbank(options)
        fbank.accept_waveform(16_000, wave)
        fbank.input_finished()
        return np.stack([fbank.get_frame(frame) for frame in range(fbank.num_frames_ready)])

    return extract


if __name__ == "__main__":
    main()
