"""Members of archives against the same clips as loose files."""

import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.checks import WORKERS, Job, by_turns, check_of, medians
from benchmarks.clips import SECONDS, write_clips
from benchmarks.report import Table

CLIPS = {"16 kHz mono WAV": 4_000, "44.1 kHz stereo WAV": 1_000}
"""The cheapest to decode, and the one with most bytes a second: five times so many have to fit into memory."""
REPEATS = 3
ROW_GROUP = 100
"""Rows a row group, as Hugging Face's datasets write audio."""


def run(small: bool) -> Iterator[Table]:
    """One table a kind of clip."""
    for kind, clips in CLIPS.items():
        clips, repeats = (16, 1) if small else (clips, REPEATS)
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            rows = _rows(Path(temporary), kind, clips, repeats)
        columns = ["", "wall s", "clips/s", "speed / loose files", "tree MB"]
        notes = [
            f"{clips:,} clips of {SECONDS} s, one shard, {WORKERS} processes; medians of {repeats} by turns. Aim: 0.8."
        ]
        yield Table(f"Reading where it lies: {kind}", columns, rows, notes)


def _rows(folder: Path, kind: str, clips: int, repeats: int) -> list[list[object]]:
    loose = folder / "loose"
    write_clips(loose, kind, clips, shutil.copy)
    jobs: dict[str, Job] = {"loose files": check_of(loose, folder / "out" / "loose")}
    for name, (file, pack) in PACKERS.items():
        pack(loose, folder / file)
        jobs[name] = check_of(folder / file, folder / "out" / file)
    runs = by_turns(jobs, repeats)
    seconds, memory = medians(runs, "seconds"), medians(runs, "tree_mb")
    return [[name, s, clips / s, seconds["loose files"] / s, memory[name]] for name, s in seconds.items()]


def _tar(loose: Path, archive: Path) -> None:
    with tarfile.open(archive, "w") as tar:
        for clip in sorted(loose.iterdir()):
            with clip.open("rb") as file:  # not by its name: links would be stored as links
                member = tarfile.TarInfo(clip.name)
                member.size = clip.stat().st_size
                tar.addfile(member, file)


def _zip(compression: int) -> Callable[[Path, Path], None]:
    def pack(loose: Path, archive: Path) -> None:
        with zipfile.ZipFile(archive, "w", compression, compresslevel=1) as packed:
            for clip in sorted(loose.iterdir()):
                packed.write(clip, clip.name)

    return pack


def _parquet(loose: Path, archive: Path) -> None:
    audio = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    clips = sorted(loose.iterdir())
    with pq.ParquetWriter(archive, pa.schema([("audio", audio)])) as writer:
        for first in range(0, len(clips), ROW_GROUP):
            rows = [{"bytes": clip.read_bytes(), "path": clip.name} for clip in clips[first : first + ROW_GROUP]]
            writer.write_table(pa.table({"audio": pa.array(rows, audio)}))


PACKERS: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "tar": ("clips.tar", _tar),
    "zip, stored": ("stored.zip", _zip(zipfile.ZIP_STORED)),
    "zip, deflated": ("deflated.zip", _zip(zipfile.ZIP_DEFLATED)),
    "Parquet": ("clips.parquet", _parquet),
}
