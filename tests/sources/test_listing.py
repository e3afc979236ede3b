"""What lies in a folder, as a source of rows."""

from pathlib import Path

import polars as pl
import pytest

from workflow_scripts.media.look import choose_listing, look_into
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.listing import FolderListing


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"1234")


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    put(tmp_path, "b.wav", "a/b.wav", "a.wav", "a/._b.wav", ".hidden.wav", "a/x.zip", "x.txt")
    rows = FolderListing.of(str(tmp_path)).rows
    assert rows.select("line", "path", "bytes", "reason").rows() == [
        (1, ".hidden.wav", 4, None),
        (2, "a.wav", 4, None),
        (3, "a/b.wav", 4, None),
        (4, "a/x.zip", 4, "archive"),
        (5, "b.wav", 4, None),
    ]
    assert rows["raw"].equals(rows["path"].alias("raw"))


def test_what_the_look_of_the_run_saw_is_not_looked_at_again(tmp_path: Path) -> None:
    put(tmp_path / "s", "a.wav")
    looks = tmp_path / "looks"
    choose_listing(looks, look_into(looks, str(tmp_path / "s")))
    put(tmp_path / "s", "b.wav")
    assert FolderListing.of(str(tmp_path / "s"), str(looks)).rows["path"].to_list() == ["a.wav"]
    assert FolderListing.of(str(tmp_path / "s"), str(tmp_path / "none")).rows["path"].to_list() == ["a.wav", "b.wav"]


def test_digest_of_a_listing_is_of_names_and_of_what_else_was_read(tmp_path: Path) -> None:
    put(tmp_path / "one", "a.wav", "b.wav")
    put(tmp_path / "two", "b.wav", "a.wav")
    one, two = (FolderListing.of(str(tmp_path / name)) for name in ("one", "two"))
    assert (one.counted().sha256, one.counted().bytes) == (two.counted().sha256, 12)
    assert one.counted(pl.Series("told", ["x", "y"])).sha256 != one.counted(pl.Series("told", ["x", "z"])).sha256
    assert one.counted().read == 2


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="gone: cannot be gone through: No such file"):
        FolderListing.of(str(tmp_path / "gone"))
