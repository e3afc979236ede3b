"""Archives that ask for gigabytes or minutes, or end the process that reads them, cost a root themselves alone."""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from tests.media.archives import bombs
from tests.media.archives.made_archives import SOME, write_parquet, write_tar, write_zip
from tests.scans import REPOSITORY, SCAN, listed, lister_beside, scanned
from workflow_scripts.media import limits, lister, listing
from workflow_scripts.media.archives import Listing
from workflow_scripts.media.listing import Archive

LIST_BATCH = listing.list_batch
SECONDS_TO_HANG = 10
MOST_BYTES = 3 << 30
"""Address space of each process of a scan that meets bombs; without limits they take 10 to 20 GB."""
BOMBS = {
    "n.parquet": bombs.parquet_of_one_long_name,
    "n.tar": bombs.tar_of_one_long_name,
    "n.zip": bombs.zip_of_overlapping_names,
    "e.zip": bombs.zip_of_many_ends,
    "o.zip": bombs.zip_that_overlaps,
}


def _root(folder: Path) -> Path:
    """A root of sound files and archives."""
    root = folder / "root"
    root.mkdir()
    (root / "loose.wav").write_bytes(b"1")
    write_tar(root / "a.tar", SOME)
    write_zip(root / "z.zip", SOME)
    write_parquet(root / "p.parquet", list(SOME.items()))
    return root


SOUND = [("a.tar", name) for name in sorted(SOME)] + [("loose.wav", None)]
SOUND += [(archive, name) for archive in ("p.parquet", "z.zip") for name in sorted(SOME)]


def test_bombs_take_no_more_memory_or_time_than_they_may_and_all_else_of_the_root_is_listed(tmp_path: Path) -> None:
    root = _root(tmp_path)
    for name, make in BOMBS.items():
        make(root / name)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SCAN, str(root), str(tmp_path / "media")],
        cwd=REPOSITORY,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES)),
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "POLARS_MAX_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < limits.SECONDS_AN_ARCHIVE
    media = listed(tmp_path / "media")
    assert media.select("path", "member").rows() == sorted([*SOUND, ("o.zip", "0.wav")], key=str)
    told = {(source, reason) for source, _, _, reason, *_ in json.loads(done.stdout)}
    assert told == {
        (f"{root}/n.parquet", "archive_too_large"),
        (f"{root}/n.tar", "name_too_long"),
        (f"{root}/n.zip", "archive_cut"),
        (f"{root}/n.zip", "archive_damaged"),
        (f"{root}/e.zip", "archive_damaged"),
        (f"{root}/o.zip", "overlapping_member"),
    }


def test_a_parquet_that_aborts_its_reader_is_a_reject(tmp_path: Path) -> None:
    """Arrow ends the process for some footers in which one byte is another."""
    root = _root(tmp_path)
    altered = bombs.parquets_with_altered_footers(root)
    _, tables = scanned(root, tmp_path / "media")
    rejects = tables["rejects"]
    media = listed(tmp_path / "media")
    crashed = rejects.filter(reason="archive_crashed")
    assert 0 < len(crashed) < len(altered)
    assert set(crashed["detail"]) <= {f"what reads it died with exit code -{number}" for number in (6, 7, 8, 11)}
    silent = {str(file) for file in altered} - set(rejects["source"]) - {f"{root}/{path}" for path in media["path"]}
    assert silent == set(), "each is listed, or says why not"
    assert set(SOUND) <= set(media.select("path", "member").iter_rows())


FAULTS: dict[str, Callable[[], object]] = {
    "segfaults": lambda: ctypes.string_at(0),
    "is_killed": lambda: os.kill(os.getpid(), 9),
    "exits": lambda: os._exit(0),
    "hangs": lambda: time.sleep(600),
    "takes_memory": lambda: bytearray(limits.LISTING_BYTES),
    "raises": lambda: [].pop(),
}
"""What reading an archive may do, by what it is called."""
TOLD = {
    "segfaults": ("archive_crashed", "what reads it died with exit code -11"),
    "is_killed": ("archive_crashed", "what reads it died with exit code -9"),
    "exits": ("archive_crashed", "what reads it ended its process"),
    "hangs": ("archive_timed_out", "listing it did not end in the time that a file of this size may take"),
    "takes_memory": ("archive_too_large", "listing it takes more than the 2,048 MB that may be; make several of it"),
    "raises": ("archive_damaged", "cannot be read: IndexError: pop from empty list"),
}


def list_with_culprits(batch: Sequence[Archive]) -> list[dict[str, list[object]]]:
    """Lists archives, of which those called after a fault meet it; for listing.list_batch, in a worker."""
    limits.SECONDS_AN_ARCHIVE = SECONDS_TO_HANG
    read = listing.list_members

    def faulty(path: str, mtime_ns: int) -> Listing:
        FAULTS.get(Path(path).stem, bool)()
        return read(path, mtime_ns)

    listing.list_members = faulty
    try:
        return LIST_BATCH(batch)
    finally:
        listing.list_members = read


def test_whatever_becomes_of_who_reads_an_archive_its_neighbours_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _root(tmp_path)
    for fault in FAULTS:
        write_tar(root / f"{fault}.tar", SOME)
    monkeypatch.setattr(limits, "SECONDS_AN_ARCHIVE", SECONDS_TO_HANG)
    monkeypatch.setattr(listing, "list_batch", list_with_culprits)
    _, tables = scanned(root, tmp_path / "media")
    rejects = tables["rejects"].select("source", "reason", "detail").rows()
    assert rejects == sorted((f"{root}/{fault}.tar", *told) for fault, told in TOLD.items())
    assert listed(tmp_path / "media").select("path", "member").rows() == SOUND
    monkeypatch.undo()
    assert scanned(root, tmp_path / "media")[1]["rejects"]["reason"].to_list() == [
        "archive_damaged",
        "archive_too_large",
    ]


def _opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of archives that are listed from now on."""
    names: list[str] = []
    list_all = lister.list_all

    def noting(archives: Sequence[Archive], workers: int) -> object:
        names.extend(sorted(Path(archive.path).name for archive in archives))
        return list_all(archives, workers)

    monkeypatch.setattr(lister, "list_all", noting)
    return names


def _everything(lists: Path, tables: dict[str, pl.DataFrame]) -> tuple[object, ...]:
    files = {file.name: file.read_bytes() for file in lists.glob("*")}
    return files, lister_beside(lists).kept.read_bytes(), [table.rows() for table in tables.values()]


def test_only_what_changed_is_listed_again_and_all_is_as_if_it_had_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, lists = _root(tmp_path), tmp_path / "media"
    write_tar(root / "cut.tar", SOME)
    os.truncate(root / "cut.tar", 900)
    write_zip(root / "other.zip", {"a.wma": b"1", "b.txt": b"2"})
    opened = _opened(monkeypatch)
    before = _everything(lists, scanned(root, lists)[1])
    assert opened == sorted(["a.tar", "cut.tar", "other.zip", "p.parquet", "z.zip"])
    opened.clear()
    assert _everything(lists, scanned(root, lists)[1]) == before
    assert opened == []
    write_zip(root / "z.zip", {"new.wav": b"1"})
    (root / "a.tar").unlink()
    after = _everything(lists, scanned(root, lists)[1])
    assert opened == ["z.zip"]
    assert after == _everything(tmp_path / "anew", scanned(root, tmp_path / "anew")[1])
    assert ("z.zip", "new.wav") in listed(lists).select("path", "member").rows()
    assert "a.tar" not in pl.read_parquet(lister_beside(lists).kept)["path"]


@pytest.mark.parametrize("left", [b"", b"PAR1 torn", None])
def test_what_is_kept_and_is_not_whole_is_as_if_it_were_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes | None
) -> None:
    root, lists = _root(tmp_path), tmp_path / "media"
    before = _everything(lists, scanned(root, lists)[1])
    kept = lister_beside(lists).kept
    if left is None:
        pl.DataFrame({"path": ["a.tar"]}).write_parquet(kept)
    else:
        kept.write_bytes(left)
    opened = _opened(monkeypatch)
    assert _everything(lists, scanned(root, lists)[1]) == before
    assert opened == ["a.tar", "p.parquet", "z.zip"]


def test_another_version_lists_all_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = _root(tmp_path)
    scanned(root, tmp_path / "media")
    opened = _opened(monkeypatch)
    monkeypatch.setattr(lister, "LISTING_VERSION", lister.LISTING_VERSION + 1)
    scanned(root, tmp_path / "media")
    assert opened == ["a.tar", "p.parquet", "z.zip"]


def test_archives_are_listed_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that wait for each other come to an end."""
    root = tmp_path / "root"
    root.mkdir()
    for name in ("1", "2"):
        write_tar(root / f"{name}.tar", SOME)
    monkeypatch.setattr(listing, "list_batch", list_where_two_meet)
    _, tables = scanned(root, tmp_path / "media")
    assert tables["rejects"].is_empty()


def list_where_two_meet(batch: Sequence[Archive]) -> list[dict[str, list[object]]]:
    """Lists an archive when another is being listed; for listing.list_batch, in a worker."""
    [archive] = batch
    here = Path(archive.path)
    here.with_suffix(".began").touch()
    other = here.with_name(f"{3 - int(here.stem)}.began")
    deadline = time.monotonic() + 30
    while not other.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return LIST_BATCH(batch)
