"""Roots at addresses against the same clips on this disk: servers on loopback, whose answers may come late."""

import contextlib
import functools
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import requests

from benchmarks.checks import WORKERS, Job, check_of
from benchmarks.clips import SECONDS, write_clips
from benchmarks.in_place import PACKERS
from benchmarks.processes import Measured
from benchmarks.report import Table
from benchmarks.served_files import served
from tests.fetch.counted import Counted, counted
from tests.fetch.hub import Hub, hub
from tests.fetch.stores import AS_SOMEBODY, s3_server

KIND = "16 kHz mono WAV"
"""The cheapest to decode: of no other are so many bytes wanted in a second of work."""
CLIPS = 1_000
REPEATS = 3
LATE_S = {"": 0.0, ", 20 ms late": 0.02, ", 100 ms late": 0.1}
"""By so much answers come later: as from a server some hundred kilometres away, and from one beyond an ocean."""
LATE = ("loose files", "one zip")
"""Of the others the same is true: what is asked for is some MiB each time."""
FOLDERS = {"tar": "tars", "zip, stored": "zips", "Parquet": "parquets"}
"""Of archives on S3, whose stand-in reads all of an object to give a part of it."""
IN_ONE = 100
"""Clips in each of these."""
NAME = "somebody/sounds"


@dataclass
class _Root:
    """A root to be checked.

    Attributes:
        path: of it; an address, or on this disk.
        local: the row of the same clips on this disk.
        needed: bytes of its files.
        counts: what its clients ask and get; None on this disk.
        environment: that its clients want.
    """

    path: str
    local: str
    needed: int
    counts: "Counted | Hub | None" = None
    environment: dict[str, str] = field(default_factory=dict)

    def counted(self) -> tuple[int, int]:
        """Bytes that came, and questions that were asked, so far."""
        if isinstance(self.counts, Hub):
            return self.counts.bytes_given(), len(self.counts.asked)
        return (self.counts.bytes, self.counts.questions) if self.counts else (0, 0)


@dataclass(frozen=True)
class _Checked:
    """A check, and what was fetched meanwhile."""

    run: Measured
    bytes: int
    questions: int


def run(small: bool) -> Iterator[Table]:
    """One table."""
    clips, repeats = (16, 1) if small else (CLIPS, REPEATS)
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary, contextlib.ExitStack() as stack:
        roots = _roots(Path(temporary), clips, stack)
        rows = _rows(roots, Path(temporary), clips, repeats)
    columns = ["", "scan s", "check s", "clips/s", "speed / on disk", "fetched / needed", "questions a clip", "tree MB"]
    notes = [
        f"{clips:,} clips of {SECONDS} s, {KIND}, one shard, {WORKERS} processes; medians of {repeats} by turns, "
        "Python's start and imports included; scans once. Needed are the files, or archives. The servers are "
        "Python's, on the same cores; what lies between counts bytes and lets answers come later (not on the hub, "
        "which counts without headers)."
    ]
    yield Table("Checking where it lies", columns, rows, notes)


def _roots(folder: Path, clips: int, stack: contextlib.ExitStack) -> dict[str, _Root]:
    """The same clips in all places, by what their rows are called."""
    lie = folder / "lie"
    files = _lay(lie, clips)
    needed = {name: sum(one.stat().st_size for one in _all_of(lie / file)) for name, file in files.items()}
    roots = {f"on disk, {name}": _Root(str(lie / file), "", needed[name]) for name, file in files.items()}
    s3, http, there = (stack.enter_context(it) for it in (s3_server(), served(lie), hub()))
    _put(s3, lie)
    for late, wait_s in LATE_S.items():
        for name, file in files.items():
            if late and name not in LATE:
                continue
            local = f"on disk, {name}"
            if (lie / file).is_dir():
                between = stack.enter_context(counted(s3, wait_s))
                to_s3 = {**AS_SOMEBODY, "AWS_ENDPOINT_URL": between.url}
                roots[f"S3, {name}{late}"] = _Root(f"s3://sounds/{file}", local, needed[name], between, to_s3)
            else:
                between = stack.enter_context(counted(http, wait_s))
                roots[f"https, {name}{late}"] = _Root(f"{between.url}/{file}", local, needed[name], between)
    content = functools.cache(Path.read_bytes)
    commit = there.commit(NAME, {f"loose/{file.name}": content(file) for file in _all_of(lie / "loose")})
    of_hub, to_hub = f"hf://datasets/{NAME}@{commit}/loose", {"HF_ENDPOINT": there.url}
    roots["hub, loose files"] = _Root(of_hub, "on disk, loose files", needed["loose files"], there, to_hub)
    return roots


def _lay(lie: Path, clips: int) -> dict[str, str]:
    """Put the clips there: loose, in archives of a hundred, all in one zip. The paths, by what is shown."""
    write_clips(lie / "loose", KIND, clips, shutil.copy)
    for number, some in enumerate(_in_parts(_all_of(lie / "loose"))):
        (part := lie.parent / "part").mkdir()
        for clip in some:
            os.link(clip, part / clip.name)
        for name, folder in FOLDERS.items():
            (lie / folder).mkdir(exist_ok=True)
            file, pack = PACKERS[name]
            pack(part, lie / folder / f"{number}-{file}")
        shutil.rmtree(part)
    file, pack = PACKERS["zip, stored"]
    pack(lie / "loose", lie / file)
    return {"loose files": "loose", **FOLDERS, "one zip": file}


def _in_parts(clips: list[Path]) -> Iterator[list[Path]]:
    return (clips[first : first + IN_ONE] for first in range(0, len(clips), IN_ONE))


def _all_of(place: Path) -> list[Path]:
    return sorted(place.iterdir()) if place.is_dir() else [place]


def _put(s3: str, lie: Path) -> None:
    """All of it onto S3."""
    requests.put(f"{s3}/sounds", timeout=30).raise_for_status()
    with requests.Session() as session:
        for file in lie.glob("*/*"):
            key = file.relative_to(lie)
            session.put(f"{s3}/sounds/{key}", data=file.read_bytes(), timeout=600).raise_for_status()


def _rows(roots: dict[str, _Root], folder: Path, clips: int, repeats: int) -> list[list[object]]:
    """By turns: a slow minute of the machine slows all of them."""
    jobs: dict[str, Job] = {}
    scans: dict[str, float] = {}
    for number, (name, root) in enumerate(roots.items()):
        started = time.perf_counter()
        with mock.patch.dict(os.environ, root.environment):
            jobs[name] = check_of(root.path, folder / "out" / str(number))
        scans[name] = time.perf_counter() - started
    checks: dict[str, list[_Checked]] = {name: [] for name in roots}
    for _ in range(repeats):
        for name, root in roots.items():
            before = root.counted()
            with mock.patch.dict(os.environ, root.environment):
                run = jobs[name]()
            fetched, questions = (now - then for now, then in zip(root.counted(), before, strict=True))
            checks[name].append(_Checked(run, fetched, questions))
    seconds = {name: statistics.median(one.run.seconds for one in some) for name, some in checks.items()}
    return [
        [
            name,
            scans[name],
            seconds[name],
            clips / seconds[name],
            seconds[root.local] / seconds[name] if root.local else 1.0,
            checks[name][-1].bytes / root.needed if root.counts else None,
            checks[name][-1].questions / clips if root.counts else None,
            statistics.median(one.run.tree_mb for one in checks[name]),
        ]
        for name, root in roots.items()
    ]
