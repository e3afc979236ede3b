"""Archives: what it takes to list them in processes of their own, and what becomes of damaged ones."""

import random
import statistics
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.report import Table
from workflow_scripts.media import archives
from workflow_scripts.media.lister import Lister
from workflow_scripts.media.listing import Archive, list_all
from workflow_scripts.media.scan import scan_root
from workflow_scripts.processes import cores
from workflow_scripts.tables.leaves import Bound

REPEATS = 5
SUFFIXES = ("tar", "zip", "parquet")
SOUNDS = {f"{number}.wav": bytes([number]) * (300 + number) for number in range(12)}


def run(small: bool) -> Iterator[Table]:
    """How long listing takes, and mutants."""
    yield _listing(small)
    yield _mutants(100 if small else 2_000)


def written(suffix: str, sounds: dict[str, bytes], path: Path) -> Path:
    """An archive of these sounds."""
    if suffix == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in sounds.items():
                archive.writestr(zipfile.ZipInfo(name), data)
    elif suffix == "tar":
        with tarfile.open(path, "w:") as tar:
            for name, data in sounds.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, BytesIO(data))
    else:
        rows = [{"audio": {"bytes": data, "path": name}} for name, data in sounds.items()]
        pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def _listing(small: bool) -> Table:
    """Listing in this process, in others, and by what is kept, each in turn."""
    members = 500 if small else 50_000
    with tempfile.TemporaryDirectory() as folder:
        tars, zips = Path(folder, "tars"), Path(folder, "zip")
        tars.mkdir()
        zips.mkdir()
        for number in range(100):
            some = {f"Y{number:03d}{member:08d}.wav": b"1" * 3000 for member in range(40)}
            written("tar", some, tars / f"{number}.tar")
        written("zip", {f"Y{member:011d}.wav": b"1" for member in range(members)}, zips / "x.zip")
        rows = [["100 tars of 40 members", *_times(tars)], [f"1 zip of {members:,} members", *_times(zips)]]
    columns = ["root", "in one process, s", "in workers, s", "kept from before, s", "workers / one process"]
    notes = [f"Medians of {REPEATS}, in turn; {cores()} workers, with their start."]
    return Table("Listing archives", columns, rows, notes)


def _times(root: Path) -> list[float]:
    """Medians: in this process, in workers, by what is kept; and the second by the first."""
    found = [Archive(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(root.iterdir())]
    table = pl.DataFrame(
        {
            "path": [Path(archive.path).name for archive in found],
            "bytes": [archive.bytes for archive in found],
            "mtime_ns": [archive.mtime_ns for archive in found],
        }
    )
    lister = Lister(root.parent / f"{root.name}.kept", cores())
    lister.told(str(root), table)  # and the server that workers are forked from is started
    ways: list[Callable[[], object]] = [
        lambda: [archives.list_members(archive.path, archive.mtime_ns) for archive in found],
        lambda: list(list_all(found, cores())),
        lambda: lister.told(str(root), table),
    ]
    seen = [[_seconds(way) for way in ways] for _ in range(REPEATS)]
    alone, side_by_side, kept = (statistics.median(times) for times in zip(*seen, strict=True))
    return [alone, side_by_side, kept, side_by_side / alone]


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _mutants(count: int) -> Table:
    """Archives with one to five bytes changed, cut, or with a piece twice, in one root: each is listed or told of."""
    chance = random.Random(14)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        root.mkdir()
        whole = {suffix: written(suffix, SOUNDS, Path(folder, f"whole.{suffix}")).read_bytes() for suffix in SUFFIXES}
        for number in range(count):
            suffix = SUFFIXES[number % len(SUFFIXES)]
            (root / f"{number:05d}.{suffix}").write_bytes(_mutant(bytearray(whole[suffix]), chance))
        lists = Path(folder, "media")
        lister = Lister(Path(folder, "kept"), cores())
        _, tables = scan_root(
            str(root), "", Bound(8_000, 1 << 34), lambda shard: lists / f"shard={shard}.parquet", lister
        )
        media = pl.concat([pl.read_parquet(file) for file in lists.glob("*.parquet")])
    told = tables["rejects"].with_columns(path=pl.col("source").str.extract("([^/]+)$"))
    rows = []
    for suffix in SUFFIXES:
        names = {f"{number:05d}.{suffix}" for number in range(count) if SUFFIXES[number % len(SUFFIXES)] == suffix}
        listed, rejected = names & set(media["path"]), names & set(told["path"])
        reasons = Counter(told.filter(pl.col("path").is_in(list(names))).unique(["path", "reason"])["reason"])
        lost = sum(reasons[f"archive_{fault}"] for fault in ("crashed", "timed_out", "too_large"))
        rows.append([suffix, len(names), len(listed), len(rejected), lost, len(names - listed - rejected)])
    columns = [
        "kind",
        "mutants",
        "listed",
        "with rejects",
        "ended, filled or hung a worker",
        "not told of",
    ]
    return Table("Damaged archives in one scan", columns, rows, [])


def _mutant(data: bytearray, chance: random.Random) -> bytes:
    way = chance.randrange(4)
    if way == 0:
        return bytes(data[: chance.randrange(len(data))])
    if way == 1:
        first, size, at = chance.randrange(len(data)), chance.randrange(200), chance.randrange(len(data))
        data[at:at] = data[first : first + size]
        return bytes(data)
    end = len(data) if way == 2 else min(len(data), 1500)  # headers and directories, at both ends, are hit more often
    for _ in range(chance.randint(1, 5)):
        data[-1 - chance.randrange(end)] = chance.randrange(256)
    return bytes(data)
