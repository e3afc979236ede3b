"""Tars of FLAC out of clips of 10 s: clips a second."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from benchmarks.checks import WORKERS, Job, by_turns, medians, run_python
from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.processes import Measured
from benchmarks.report import Table

CLIPS, A_TAR = 2_000, 500
REPEATS = 3
OURS, LOOP, ENCODER = "packs of webdataset, two jobs at a time", "plain loop", "encoder alone, two processes"


def run(small: bool) -> Iterator[Table]:
    """One table."""
    clips, repeats = (16, 1) if small else (CLIPS, REPEATS)
    rows: list[list[object]] = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            rows += _rows(Path(temporary), kind, clips, repeats)
    columns = ["clips", "", "clips/s", "speed / plain loop", "processor ms a clip", "largest process MB"]
    notes = [
        f"{clips:,} clips of {SECONDS} s to FLAC of 48 kHz, mono, 16 bits, {A_TAR} a tar; medians of {repeats}.",
        "Aim: 2.5 times the plain loop for 44.1 kHz stereo WAV. The plain loop is one process, and verifies nothing; "
        "of packs each clip is decoded again once it is encoded, and compared.",
    ]
    yield Table("Packing", columns, rows, notes)


def _rows(folder: Path, kind: str, clips: int, repeats: int) -> Iterator[list[object]]:
    root = folder / "clips"
    write_clips(root, kind, clips)
    lists = _write_lists(root, folder / "lists", kind)
    numbers = itertools.count()

    def packs() -> Measured:
        return run_python("all_packs", "webdataset", lists, folder / f"packs{next(numbers)}", WORKERS)()

    jobs: dict[str, Job] = {
        OURS: packs,
        LOOP: run_python("rivals.pack_loop", root, folder / "loop.tar"),
        ENCODER: run_python("rivals.encode_loop", root, clips, WORKERS),
    }
    runs = by_turns(jobs, repeats)
    seconds, cpu, memory = medians(runs, "seconds"), medians(runs, "cpu_seconds"), medians(runs, "largest_mb")
    encoding = sorted(float(run.output) for run in runs[ENCODER])
    seconds[ENCODER] = encoding[len(encoding) // 2]
    for name in jobs:
        of_core = None if name == ENCODER else 1000 * cpu[name] / clips
        yield [kind, name, clips / seconds[name], seconds[LOOP] / seconds[name], of_core, memory[name]]


def _write_lists(root: Path, lists: Path, kind: str) -> Path:
    """What goes into each pack, as a plan lists it."""
    from workflow_scripts.exports.audio.form import AudioForm
    from workflow_scripts.exports.audio.plan import sound_of
    from workflow_scripts.media.content import Content

    _, rate, channels, _ = KINDS[kind]
    files = sorted(root.iterdir())
    digests = {file.stat().st_ino: file for file in files}
    of_inode = {inode: Content.of(file.read_bytes()).digest() for inode, file in digests.items()}
    clips = pl.DataFrame(
        {
            "clip_id": [file.stem for file in files],
            "path": [file.name for file in files],
            "media_path": [str(file) for file in files],
            "bytes_digest": [of_inode[file.stat().st_ino] for file in files],
        }
    ).with_columns(
        root=pl.lit("clips"),
        member=pl.lit(None, pl.String),
        whole_media=pl.lit(value=True),
        start_s=pl.lit(None, pl.Float64),
        end_s=pl.lit(None, pl.Float64),
        duration_s=pl.lit(float(SECONDS)),
        sample_rate=pl.lit(rate),
        channels=pl.lit(channels),
    )
    form = AudioForm.of({"codec": "flac", "sample_rate": 48_000, "channels": "mono", "bits": 16, "overshoot": "clip"})
    rows = sound_of(clips, form, 0, pl.lit(value=False)).with_columns(
        clips["clip_id"],
        split=pl.lit("train"),
        texts=pl.lit(["A dog barks"], pl.List(pl.String)),
        tags=pl.lit(["Dog"], pl.List(pl.String)),
        class_ids=pl.lit(["/m/0bt9lr"], pl.List(pl.String)),
        said_start_s=pl.lit(None, pl.Float64),
        said_end_s=pl.lit(None, pl.Float64),
        licence=pl.lit("CC0-1.0"),
        source_url=pl.lit(None, pl.String),
    )
    lists.mkdir()
    for number, some in enumerate(rows.sort("order", "clip_id").iter_slices(A_TAR)):
        some.write_parquet(lists / f"{number}.parquet")
    return lists
