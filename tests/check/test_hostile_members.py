"""Members of archives that lie about themselves, or are bombs, are rows; their neighbours are decoded."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.made_files import noise16, wav
from tests.media.archives.made_archives import write_parquet, write_zip
from tests.workers import SETTINGS, scan_and_check
from workflow_scripts.check.pool import examine_all
from workflow_scripts.check.task import Task
from workflow_scripts.media.archives import list_members, zip_directory

SOUND = wav(noise16(16_000))


def _rows(root: Path, results: Path) -> dict[str, tuple[bool, str | None]]:
    checks = scan_and_check(root, results)
    return {member: (ok, kind) for member, ok, kind in checks.select("member", "load_ok", "error_kind").iter_rows()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (root := tmp_path / "root").mkdir()
    return root


def _altered(change: Callable[[bytearray, int], None], path: Path, member: str) -> None:
    """Change the archive at the local header of a member."""
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(member).header_offset
    data = bytearray(path.read_bytes())
    change(data, at)
    path.write_bytes(data)


LIES: dict[str, Callable[[bytearray, int], None]] = {
    "another signature": lambda data, at: data.__setitem__(at, 0),
    "another method": lambda data, at: data.__setitem__(at + 8, 12),
    "stored, and is not": lambda data, at: data.__setitem__(at + 8, 0),
    "a longer name": lambda data, at: data.__setitem__(at + 26, 200),
    "an extra field up to the end": lambda data, at: data.__setitem__(slice(at + 28, at + 30), b"\xff\xff"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_member_whose_own_header_lies_is_a_row(tmp_path: Path, root: Path, lie: str) -> None:
    path = write_zip(root / "x.zip", {"a.wav": SOUND, "liar.wav": SOUND, "z.wav": SOUND})
    _altered(LIES[lie], path, "liar.wav")
    rows = _rows(root, tmp_path / "results")
    assert (rows["a.wav"], rows["z.wav"]) == ((True, None), (True, None))
    assert rows["liar.wav"][0] is False
    assert rows["liar.wav"][1] in ("corrupt", "not_audio", "empty")


def test_a_member_that_unpacks_to_much_is_read_within_the_limits_and_leaves_nothing_on_disk(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_zip(root / "x.zip", {"zeros.wav": bytes(300 << 20), "b.wav": SOUND})
    assert (root / "x.zip").stat().st_size < 1 << 20
    (scratch := tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    rows = _rows(root, tmp_path / "results")
    assert rows == {"b.wav": (True, None), "zeros.wav": (False, "not_audio")}
    assert os.listdir(scratch) == []


def test_a_member_that_says_less_than_it_unpacks_to_is_a_row(tmp_path: Path, root: Path) -> None:
    path = write_zip(root / "x.zip", {"a.wav": SOUND, "liar.wav": bytes(100 << 20)})
    data = bytearray(path.read_bytes())
    at = data.rfind(zip_directory.ENTRY_SIGNATURE)
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    assert _rows(root, tmp_path / "results") == {"a.wav": (True, None), "liar.wav": (False, "corrupt")}


def test_a_parquet_that_is_another_since_it_was_listed_costs_its_rows_alone(tmp_path: Path, root: Path) -> None:
    path = write_parquet(root / "x.parquet", [(f"{number}.wav", SOUND) for number in range(7)])
    other = write_parquet(root / "y.parquet", [(f"{number}.wav", SOUND) for number in range(7)])
    tasks = [
        Task(media, None)
        for file in (path, other)
        for media in list_members(str(file), file.stat().st_mtime_ns).members
    ]
    path.write_bytes(b"PAR1 is no more PAR1")
    told = {(Path(task.media.path).name, row.get("error_kind")) for task, row in examine_all(tasks, SETTINGS, 2)}
    assert told == {("x.parquet", "changed"), ("y.parquet", None)}
