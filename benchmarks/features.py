"""The export `features`: reading fbanks against computing them, ways to store them, and what float16 loses.

    python -m benchmarks.features packs|ours|torchaudio FOLDER ROUNDS

reads all clips of a folder, in random order, by a DataLoader of torch with two workers; so many times, after once that
is not counted. It prints the seconds of each.
"""

import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import soundfile

from benchmarks.checks import by_turns, run_python
from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.fbank_stores import STORES
from benchmarks.processes import OWN_VENV
from benchmarks.report import Table
from benchmarks.rivals.decode_loop import wave_of
from benchmarks.workflow import CHECKOUT
from workflow_scripts.exports.features.form import FbankForm
from workflow_scripts.exports.features.packing import write_fbanks
from workflow_scripts.media.content import Content
from workflow_scripts.sound.fbank import fbank_of

CLIPS = 500
ROUNDS, REPEATS = 2, 3
WORKERS = 2
BINS = 128
WAYS = ("packs", "ours", "torchaudio")
STORED, READS = 400, 2_000
SHARED = CHECKOUT.parent / "shared" / "data"
FORM = FbankForm("first", BINS)


def run(small: bool) -> Iterator[Table]:
    """Three tables."""
    clips, repeats = (16, 1) if small else (CLIPS, REPEATS)
    yield _speed(clips, repeats)
    waves, what = _recordings(20 if small else STORED)
    yield _stores(waves, what, 50 if small else READS)
    yield _losses(waves[:: 1 if small else 4], what)


def _speed(clips: int, repeats: int) -> Table:
    rows = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            folder = Path(temporary)
            write_clips(folder / "root", kind, clips)
            _pack(folder, clips)
            jobs = {
                way: run_python("features", way, folder, ROUNDS, venv=OWN_VENV)
                for way in ("packs", "ours", "torchaudio")
            }
            seconds = {
                way: statistics.median(second for one in runs for second in json.loads(one.output))
                for way, runs in by_turns(jobs, repeats).items()
            }
        packs, ours, torchaudio = (clips / seconds[way] for way in WAYS)
        rows.append([kind, packs, ours, torchaudio, packs / ours, packs / torchaudio])
    columns = [
        "",
        "read from packs, clips/s",
        "computed, ours",
        "computed, torchaudio",
        "packs / ours",
        "packs / torchaudio",
    ]
    notes = [
        f"{clips:,} clips of {SECONDS} s of each kind, in random order, {WORKERS} workers of a DataLoader, all in the "
        f"system's memory; medians of {ROUNDS} rounds of each of {repeats} commands by turns, the first round not "
        "counted. From packs by the dataset of docs/exports.md; computed by soundfile, soxr and our own fbank, or by "
        "soundfile, torchaudio's resample and its kaldi.fbank."
    ]
    return Table("Fbanks read against fbanks computed", columns, rows, notes)


def _pack(folder: Path, clips: int) -> None:
    """Write the clips of <folder>/root to <folder>/0.zst, with an index."""
    files = sorted((folder / "root").iterdir())
    infos = [soundfile.info(file) for file in files]
    rows = [
        {
            "clip_id": file.stem,
            "folder": f"{file.parent}/",
            "path": file.name,
            "member": None,
            "bytes_digest": Content.of(file.read_bytes()).digest(),
            "start_s": None,
            "end_s": None,
            "duration_s": info.frames / info.samplerate,
            "own_rate": info.samplerate,
            "channel": FORM.channel,
            "made_as": FORM.made_as,
        }
        for file, info in zip(files, infos, strict=True)
    ]
    (folder / "pack/files").mkdir(parents=True)
    packed = write_fbanks(pl.DataFrame(rows), folder / "pack/files/0.zst")
    assert len(packed.told) == clips, packed.failed
    said = packed.told.with_columns(
        split=pl.lit("all"), pack=pl.lit("pack/files/0.zst"), labels=pl.lit([1, 2], pl.List(pl.Int32))
    )
    said.write_parquet(folder / "index.parquet")


def _recordings(most: int) -> tuple[list[np.ndarray], str]:
    """Signals at 16 kHz, and what they are: real ones where there are any."""
    if files := sorted((SHARED / "esc10").rglob("*.ogg"))[:most]:
        return [wave_of(file) for file in files], f"{len(files):,} recordings of ESC-10, 5 s each"
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        write_clips(Path(temporary) / "root", "16 kHz mono WAV", min(most, 100))
        waves = [wave_of(file) for file in sorted((Path(temporary) / "root").iterdir())]
    return waves, f"{len(waves):,} clips of tones and noise, {SECONDS} s each"


def _stores(waves: list[np.ndarray], what: str, reads: int) -> Table:
    fbanks = [_fbank(wave).astype(np.float16) for wave in waves]
    asked = random.Random(12).choices(range(len(fbanks)), k=reads)
    rows = []
    for name, store in STORES.items():
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            folder = Path(temporary)
            read = store(fbanks, folder)
            assert all((read(number) == fbanks[number]).all() for number in asked[:20])
            size = sum(file.stat().st_size for file in folder.iterdir())
            times = []
            for number in asked:
                started = time.perf_counter()
                read(number).astype(np.float32)
                times.append(1000 * (time.perf_counter() - started))
        stored = sum(fbank.nbytes for fbank in fbanks)
        rows.append([name, size / len(fbanks) / 1000, size / stored, min(times), statistics.median(times)])
    columns = ["", "kB a clip", "of float16 as it is", "quickest read, ms", "median, ms"]
    notes = [
        f"{what}; {reads:,} reads in random order, to float32, of one process, files in the system's memory. Ours and "
        "NumPy's open their file for each read, the others keep it open."
    ]
    return Table("Ways to store fbanks", columns, rows, notes)


def _losses(waves: list[np.ndarray], what: str) -> Table:
    import torch

    from benchmarks.rivals.three_passes import ast_fbank

    rows = []
    for name, kind in (("double", torch.float64), ("single", torch.float32)):
        apart: list[list[float]] = []
        for wave in waves:
            ours = _fbank(wave)
            theirs = ast_fbank(torch.from_numpy(wave).to(kind)[None] - wave.mean(dtype=np.float64)).numpy()
            differences = [np.abs(values.astype(np.float64) - theirs) for values in (ours, ours.astype(np.float16))]
            apart.append([value for each in differences for value in (float(each.max()), float(each.mean()))])
        most, mean, most16, mean16 = np.array(apart).T
        rows.append([f"torchaudio in {name} precision", most.max(), mean.mean(), most16.max(), mean16.mean()])
    columns = ["difference from", "float32, largest", "float32, mean", "float16, largest", "float16, mean"]
    values = sum(_fbank(wave).size for wave in waves)
    return Table("What float16 loses", columns, rows, [f"{len(waves):,} of {what}: {values:,} values."])


def _fbank(wave: np.ndarray) -> np.ndarray:
    return np.concatenate([block.copy() for block in fbank_of(BINS).blocks(wave)])


# --- a command ---


def main() -> None:
    """Print the seconds of each round."""
    import torch

    way, folder, rounds = sys.argv[1:]
    torch.set_num_threads(1)
    clips: Any = {"packs": _documented, "ours": _Ours, "torchaudio": _Torchaudio}[way](Path(folder))
    seconds = []
    loader = torch.utils.data.DataLoader(
        clips, batch_size=None, shuffle=True, num_workers=WORKERS, persistent_workers=True
    )
    for _ in range(int(rounds) + 1):
        started = time.perf_counter()
        frames = sum(len(fbank) for fbank, _ in loader)
        seconds.append(time.perf_counter() - started)
        assert frames >= 990 * len(clips)
    print(json.dumps(seconds[1:]))


def _documented(folder: Path) -> Any:
    """The dataset of docs/exports.md, word for word."""
    page = (CHECKOUT / "docs/exports.md").read_text(encoding="utf-8")
    [block] = [one for one in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "class Fbanks" in one]
    made: dict[str, Any] = {}
    exec(block.partition("\nclips =")[0], made)
    sys.modules[__name__].Fbanks = made["Fbanks"]  # type: ignore[attr-defined]
    return made["Fbanks"](str(folder), "all")


class _Files:
    def __init__(self, folder: Path) -> None:
        self._files = sorted((folder / "root").iterdir())

    def __len__(self) -> int:
        return len(self._files)


class _Ours(_Files):
    def __getitem__(self, place: int) -> tuple[np.ndarray, list[int]]:
        return _fbank(wave_of(self._files[place])), [1, 2]


class _Torchaudio(_Files):
    def __getitem__(self, place: int) -> tuple[Any, list[int]]:
        from benchmarks.rivals.three_passes import feature

        return feature(self._files[place]), [1, 2]


if __name__ == "__main__":
    main()
