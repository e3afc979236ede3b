"""The media lists of a root."""

import doctest
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.audio import scan
from workflow_scripts.audio.scan import ScanError, scan_root, shard_of
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate


def _root(folder: Path, count: int = 60) -> Path:
    root = folder / "root"
    for number in range(count):
        file = root / f"{number % 3}" / f"Y{number:011d}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"1" * number)
    return root


def _lists(root: Path, shards: int, output: Path) -> dict[str, bytes]:
    scan_root(str(root), shards, output)
    return {file.name: file.read_bytes() for file in output.glob("*.parquet")}


def test_the_examples_in_the_docstrings_hold() -> None:
    tried = doctest.testmod(scan)
    assert (tried.failed, tried.attempted > 0) == (0, True)


@settings(max_examples=100, deadline=None)
@given(st.text(), st.integers(1, 9999))
def test_every_path_has_a_shard(path: str, shards: int) -> None:
    assert 0 <= shard_of(path, shards) < shards


def test_paths_spread_over_the_shards() -> None:
    counts = pl.Series([shard_of(f"train/Y{number:011d}.wav", 16) for number in range(3200)]).value_counts()["count"]
    assert (len(counts), int(counts.min()) > 100, int(counts.max()) < 300) == (16, True, True)


def test_every_file_is_in_the_list_of_its_shard_and_every_shard_has_a_list(tmp_path: Path) -> None:
    scan_root(str(_root(tmp_path)), 7, tmp_path / "media")
    assert sorted(file.name for file in (tmp_path / "media").glob("*.parquet")) == [
        f"shard={shard:04d}.parquet" for shard in range(7)
    ]
    lists = [pl.read_parquet(tmp_path / f"media/shard={shard:04d}.parquet") for shard in range(7)]
    for shard, rows in enumerate(lists):
        validate(rows, schemas.MEDIA)
        assert rows["path"].is_sorted()
        assert {shard_of(path, 7) for path in rows["path"]} <= {shard}
    media = pl.concat(lists).sort("bytes")
    assert media["bytes"].to_list() == list(range(60))
    assert media["stem"].to_list() == [f"Y{number:011d}" for number in range(60)]


def test_a_root_without_audio_has_empty_lists(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    scan_root(str(tmp_path / "root"), 3, tmp_path / "media")
    for shard in range(3):
        rows = pl.read_parquet(tmp_path / f"media/shard={shard:04d}.parquet")
        validate(rows, schemas.MEDIA)
        assert rows.is_empty()


def test_scanning_again_gives_the_same_bytes(tmp_path: Path) -> None:
    root = _root(tmp_path)
    assert _lists(root, 5, tmp_path / "one") == _lists(root, 5, tmp_path / "other")


@pytest.mark.parametrize("change", ["add", "remove", "replace", "touch"])
def test_only_the_list_of_a_changed_file_changes(tmp_path: Path, change: str) -> None:
    root = _root(tmp_path)
    before = _lists(root, 8, tmp_path / "one")
    path = "2/Y00000000077.wav" if change == "add" else "1/Y00000000004.wav"
    match change:
        case "add" | "replace":
            (root / path).write_bytes(b"other bytes")
        case "remove":
            (root / path).unlink()
        case "touch":
            os.utime(root / path, ns=(1, 1))
    after = _lists(root, 8, tmp_path / "other")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {f"shard={shard_of(path, 8):04d}.parquet"}


def test_stems_are_names_without_their_last_suffix(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in ("a.b.wav", "id_30.000.FLAC", "..wav", "-x.ogg"):
        (root / name).write_bytes(b"")
    scan_root(str(root), 1, tmp_path / "media")
    rows = pl.read_parquet(tmp_path / "media/shard=0000.parquet")
    expected = {"-x.ogg": "-x", "a.b.wav": "a.b", "id_30.000.FLAC": "id_30.000"}
    assert dict(rows.select("path", "stem").iter_rows()) == expected


def test_names_that_are_no_utf8_are_listed_as_text(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with open(os.path.join(os.fsencode(root), b"caf\xe9.wav"), "wb"):
        pass
    scan_root(str(root), 1, tmp_path / "media")
    rows = pl.read_parquet(tmp_path / "media/shard=0000.parquet")
    assert rows.select("path", "stem").row(0) == ("caf\\xe9.wav", "caf\\xe9")


def test_a_name_that_looks_like_the_text_of_another_does_not_stop_the_scan(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in (b"caf\xe9.wav", b"caf\\xe9.wav"):
        with open(os.path.join(os.fsencode(root), name), "wb"):
            pass
    scan_root(str(root), 1, tmp_path / "media")
    assert pl.read_parquet(tmp_path / "media/shard=0000.parquet")["path"].n_unique() == 2


def test_a_root_that_held_files_and_holds_none_stops_the_scan(tmp_path: Path) -> None:
    """More likely it is not mounted; to go on would give every clip up and forget every check."""
    root = tmp_path / "root"
    root.mkdir()
    scan_root(str(root), 2, tmp_path / "results" / "media")
    (root / "a.wav").write_bytes(b"x")
    scan_root(str(root), 2, tmp_path / "results" / "media")
    (root / "a.wav").unlink()
    with pytest.raises(ScanError, match="holds no audio file, and held 1 when it was scanned last"):
        scan_root(str(root), 2, tmp_path / "results" / "media")


def test_fewer_shards_leave_none_of_the_former_behind(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.wav").write_bytes(b"x")
    scan_root(str(root), 5, tmp_path / "results" / "media")
    scan_root(str(root), 2, tmp_path / "results" / "media")
    left = sorted(file.name for file in (tmp_path / "results").rglob("*.parquet"))
    assert left == ["shard=0000.parquet"] * 2 + ["shard=0001.parquet"] * 2
