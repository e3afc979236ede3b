"""Times, sizes, folders and paths as nobody expects them: a row, or a clear word with the place and what to do."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.made_files import noise16, wav
from tests.scans import listed, scanned, scanned_by_somebody
from tests.workers import scan_and_check
from workflow_scripts.media import lookers
from workflow_scripts.media.scan import ScanError
from workflow_scripts.media.walk import Stats

LATEST = (1 << 63) - 1
TIMES = {
    "1901.wav": -(1 << 31),
    "1969.wav": -1,
    "2262.wav": 9_223_372_036,
    "2263.wav": 9_223_372_037,
    "2446.wav": 1 << 34,
}
"""Seconds since 1970 of files called by their year."""


def _archive_of(root: Path, names: list[str]) -> None:
    with tarfile.open(root / "2300.tar", "w:") as archive:
        for name in names:
            archive.add(root / name, name)
    os.utime(root / "2300.tar", (10_413_792_000, 10_413_792_000))


def test_files_of_any_time_are_rows_and_are_decoded(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name, seconds in TIMES.items():
        (root / name).write_bytes(wav(noise16(1600)))
        os.utime(root / name, (seconds, seconds))
    _archive_of(root, list(TIMES))
    kept = os.stat(root / "2446.wav").st_mtime_ns
    if kept <= LATEST:
        pytest.skip("this file system keeps no such times")
    checks = scan_and_check(root, tmp_path / "results")
    assert checks["load_ok"].to_list() == [True] * 10
    times = dict(checks.filter(pl.col("member").is_null()).select("path", "mtime_ns").iter_rows())
    assert times["1901.wav"] < times["1969.wav"] == -(10**9) < times["2262.wav"] == 9_223_372_036 * 10**9
    assert times["2263.wav"] == times["2446.wav"] == LATEST
    assert scan_and_check(root, tmp_path / "results").equals(checks)


def test_members_of_a_tar_that_say_they_have_2_to_the_61_bytes_are_rows(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "loose.wav").write_bytes(wav(noise16(1600)))
    for number in range(9):  # in all more than 64 bits hold
        member = tarfile.TarInfo(f"{number}.wav")
        member.size = 1 << 61
        (root / f"{number}.tar").write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(512))
    checks = scan_and_check(root, tmp_path / "results")
    assert dict(checks.select("path", "load_ok").iter_rows()) == {f"{n}.tar": False for n in range(9)} | {
        "loose.wav": True
    }
    assert set(checks.filter(pl.col("load_ok").not_())["error_kind"]) == {"too_large"}
    shards, tables = scanned(root, tmp_path / "media", size=1 << 34)
    assert len(shards) == 10, "each is more than a shard may hold"
    assert set(tables["rejects"]["reason"]) == {"archive_cut"}


def _tree(root: Path) -> Path:
    for name in ("a.wav", "b/c.wav", "b/deep/d.wav", "e/f.wav"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"1")
    return root


def test_a_folder_that_goes_while_others_are_looked_at_is_gone_and_all_else_is_found(tmp_path: Path) -> None:
    root = _tree(tmp_path / "root")
    found = b""
    for part in lookers.parts(str(root)):
        shutil.rmtree(root / "b", ignore_errors=True)
        found += part.text
    assert b"a.wav" in found
    assert b"f.wav" in found
    assert b"d.wav" not in found


@pytest.mark.parametrize("steps", [0, 1])
def test_a_folder_that_goes_while_it_is_looked_at_is_gone(tmp_path: Path, steps: int) -> None:
    root = _tree(tmp_path / "root")
    answers = lookers._answers(str(root), ["b", "e"], Stats(), False)
    for _ in range(steps):
        next(answers)
    shutil.rmtree(root / "b")
    *_, identity, part, below = answers
    assert isinstance(identity, lookers.Identity)
    assert isinstance(part, lookers.Part)
    assert b"f.wav" in part.text
    assert isinstance(below, lookers.Below)


def test_a_root_that_goes_is_an_error(tmp_path: Path) -> None:
    answers = lookers._answers(str(tmp_path / "gone"), [""], Stats(), False)
    assert [type(answer) for answer in answers] == [FileNotFoundError]


def test_a_folder_that_may_not_be_read_is_named_with_what_to_do(open_folder: Path) -> None:
    root = _tree(open_folder / "root")
    (root / "b").chmod(0)
    told = scanned_by_somebody(root, open_folder)
    assert f"ScanError: {root}/b: cannot be gone through: Permission denied. Give the user that runs this" in told


@pytest.fixture
def deep_folder(tmp_path: Path) -> Iterator[Path]:
    """A root in which folders lie so deep that the path of the last is as long as one may be, and go on from there."""
    (root := tmp_path / "root").mkdir()
    here, length = os.open(root, os.O_RDONLY), len(os.fsencode(root))
    while length < 4096 + 600:
        room = 4090 - length
        name = "d" * (200 if room > 402 or room < 0 else max(1, room - 1) if room <= 200 else room // 2)
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here, length = inner, length + 1 + len(name)
        file = os.open("a file of a name as names are.wav", os.O_CREAT | os.O_WRONLY, dir_fd=here)
        os.write(file, b"RIFF")
        os.close(file)
    os.close(here)
    yield root
    shutil.rmtree(root)


def test_a_path_longer_than_the_system_opens_is_named_with_what_to_do(deep_folder: Path, tmp_path: Path) -> None:
    (deep_folder / "x.wav").write_bytes(b"1")
    with pytest.raises(ScanError) as caught:
        scanned(deep_folder, tmp_path / "media")
    words = str(caught.value)
    assert words.startswith(f"{deep_folder}/ddd")
    assert (
        "/d: cannot be gone through: its path has 4," in words or "d: cannot be gone through: its path has 4," in words
    )
    assert words.endswith("Move it up, or call the folders above it by shorter names")


def test_a_file_whose_path_is_longer_than_the_system_opens_is_a_row(deep_folder: Path, tmp_path: Path) -> None:
    place = deep_folder
    while len(os.fsencode(place)) < 4080:  # the folders that go on from here are out of the way
        [name] = [entry.name for entry in os.scandir(place) if entry.is_dir()]
        place /= name
    here = os.open(place, os.O_RDONLY)
    shutil.rmtree(next(name for name in os.listdir(here) if name.startswith("d")), dir_fd=here)
    os.close(here)
    assert len(os.fsencode(place / "a file of a name as names are.wav")) >= 4096
    checks = scan_and_check(deep_folder, tmp_path / "results")
    [row] = checks.filter(error_kind="not_openable").rows(named=True)
    assert (row["bytes"], row["error"]) == (0, "cannot be opened: File name too long")
    assert len(listed(tmp_path / "results" / "media")) == len(checks) > 10
