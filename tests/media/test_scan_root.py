"""The media lists of a root."""

import doctest
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.archives.made_archives import SOME, write_parquet, write_tar, write_zip
from workflow_scripts.media import scan
from workflow_scripts.media.scan import ScanError, scan_root, shard_of
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


def test_a_root_that_is_gone_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="gone: no such folder or archive"):
        scan_root(str(tmp_path / "gone"), 2, tmp_path / "results" / "media")


def test_fewer_shards_leave_none_of_the_former_behind(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.wav").write_bytes(b"x")
    scan_root(str(root), 5, tmp_path / "results" / "media")
    scan_root(str(root), 2, tmp_path / "results" / "media")
    left = sorted(file.name for file in (tmp_path / "results").rglob("*.parquet"))
    assert left == ["shard=0000.parquet"] * 2 + ["shard=0001.parquet"] * 2


def _mixed(folder: Path) -> Path:
    """A root of loose files, whole archives, a cut one and a compressed one."""
    root = folder / "root"
    (root / "deep").mkdir(parents=True)
    (root / "a.wav").write_bytes(b"loose")
    write_tar(root / "deep/t.tar", SOME)
    write_zip(root / "z.zip", SOME)
    write_parquet(root / "p.parquet", list(SOME.items()))
    cut = write_tar(folder / "whole.tar", {"x.wav": b"1" * 5000}).read_bytes()[:2000]
    (root / "cut.tar").write_bytes(cut)
    (root / "packed.tar.gz").write_bytes(b"")
    return root


def test_files_and_members_stand_in_one_table(tmp_path: Path) -> None:
    rejects = scan_root(str(_mixed(tmp_path)), 4, tmp_path / "media")["rejects"]
    lists = [pl.read_parquet(tmp_path / f"media/shard={shard:04d}.parquet") for shard in range(4)]
    for rows in lists:
        validate(rows, schemas.MEDIA)
    media = pl.concat(lists).sort("path", "member")
    members = [(path, name) for path in ("deep/t.tar", "p.parquet", "z.zip") for name in sorted(SOME)]
    expected = sorted([*members, ("cut.tar", "x.wav")])
    assert media.select("path", "member").rows() == [("a.wav", None), *expected]
    assert media["stem"].to_list() == ["a", "x", *["a", "c", "b"] * 3]
    assert media.filter(path="z.zip").null_count().row(0) == (0,) * len(media.columns)
    assert media.filter(path="p.parquet")["bytes"].null_count() == 3
    assert media.filter(path="a.wav").select("bytes", "offset", "packed_bytes", "crc32").row(0) == (5, None, None, None)
    validate(rejects, schemas.REJECTS)
    root = str(tmp_path / "root")
    assert rejects.select("source", "line", "scope", "reason", "raw").rows() == [
        (f"{root}/cut.tar", 1, "media", "archive_cut", ""),
        (f"{root}/packed.tar.gz", 1, "media", "compressed_archive", ""),
    ]


def test_what_is_not_looked_at_is_named_in_files_and_archives(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in ("a.wav", "b.wma", "c.ts", "notes.txt"):
        (root / name).write_bytes(b"1" * 188)
    write_tar(root / "t.tar", {"d.amr": b"1", "e.mp2": b"1", "f.txt": b"1", "d.amr ": b""})
    write_zip(root / "z.zip", {"deep/g.MPG": b"1", "h.ts": b"export {}", "i.ts": b"1" * 376})
    write_parquet(root / "p.parquet", [("j.wma", b"1")])
    named = scan_root(str(root), 1, tmp_path / "media")["not_looked_at"]
    validate(named, schemas.NOT_LOOKED_AT)
    assert named.rows() == [
        ("b.wma", None),
        ("c.ts", None),
        ("t.tar", "d.amr"),
        ("z.zip", "deep/g.MPG"),
        ("z.zip", "i.ts"),
    ]
    listed = pl.read_parquet(tmp_path / "media/shard=0000.parquet").select("path", "member").rows()
    assert listed == [("a.wav", None), ("p.parquet", "j.wma"), ("t.tar", "e.mp2")]


def test_a_root_of_what_is_not_looked_at_alone_has_empty_lists(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.wma").write_bytes(b"1")
    assert scan_root(str(tmp_path / "root"), 1, tmp_path / "media")["not_looked_at"].rows() == [("a.wma", None)]
    assert pl.read_parquet(tmp_path / "media/shard=0000.parquet").is_empty()


def test_what_macos_leaves_beside_files_is_neither_media_nor_fault(tmp_path: Path) -> None:
    shadows = {"._a.wav": b"1", "__MACOSX/x.wav": b"1", "__MACOSX/deep/._a.wma": b"1", "._a.wma": b"1"}
    root = tmp_path / "root"
    for name in [*shadows, "a.wav", "._z.zip", "._t.tar.gz", "._folder/b.wav"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"1")
    write_tar(root / "t.tar", shadows | {"a.wav": b"1"})
    write_zip(root / "z.zip", shadows | {"a.wav": b"1"})
    tables = scan_root(str(root), 1, tmp_path / "media")
    assert [len(table) for table in tables.values()] == [0, 0]
    listed = pl.read_parquet(tmp_path / "media/shard=0000.parquet").select("path", "member").rows()
    assert listed == [("._folder/b.wav", None), ("a.wav", None), ("t.tar", "a.wav"), ("z.zip", "a.wav")]


def test_the_members_of_an_archive_are_in_one_shard(tmp_path: Path) -> None:
    scan_root(str(_mixed(tmp_path)), 5, tmp_path / "media")
    for shard in range(5):
        rows = pl.read_parquet(tmp_path / f"media/shard={shard:04d}.parquet")
        assert {shard_of(path, 5) for path in rows["path"]} <= {shard}


@pytest.mark.parametrize("suffix", ["tar", "zip", "parquet"])
def test_a_root_that_is_an_archive_is_shared_by_its_shards(tmp_path: Path, suffix: str) -> None:
    contents = {f"deep/{number}.wav": b"%d" % number for number in range(50)}
    path = tmp_path / f"root.{suffix}"
    {"tar": write_tar, "zip": write_zip, "parquet": lambda path, some: write_parquet(path, list(some.items()))}[suffix](
        path, contents
    )
    rejects = scan_root(str(path), 3, tmp_path / "media")["rejects"]
    lists = [pl.read_parquet(tmp_path / f"media/shard={shard:04d}.parquet") for shard in range(3)]
    assert all(len(rows) > 5 for rows in lists)
    for shard, rows in enumerate(lists):
        assert {shard_of(member, 3) for member in rows["member"]} == {shard}
        assert set(rows["path"]) == {path.name}
    assert sorted(pl.concat(lists)["member"]) == sorted(contents)
    assert rejects.is_empty()


def test_stems_of_members_are_those_of_files(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    write_tar(tmp_path / "root/x.tar", {"d.e/a.b.wav": b"", "./c.FLAC": b"", "..d.ogg": b""})
    scan_root(str(tmp_path / "root"), 1, tmp_path / "media")
    rows = pl.read_parquet(tmp_path / "media/shard=0000.parquet")
    assert dict(rows.select("member", "stem").iter_rows()) == {"d.e/a.b.wav": "a.b", "./c.FLAC": "c", "..d.ogg": "..d"}


def test_an_archive_that_cannot_be_read_stops_the_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its members would be given up as missing, and stay so: nothing of the root changes when it can be read again."""

    def refuses(path: str, mtime_ns: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(scan, "list_members", refuses)
    with pytest.raises(ScanError, match=r"cut\.tar: cannot be read: Input/output error"):
        scan_root(str(_mixed(tmp_path)), 2, tmp_path / "media")


def test_a_root_whose_only_archive_is_emptied_is_scanned(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    path = write_tar(tmp_path / "root/x.tar", SOME)
    scan_root(str(tmp_path / "root"), 1, tmp_path / "results" / "media")
    path.write_bytes(b"")
    rejects = scan_root(str(tmp_path / "root"), 1, tmp_path / "results" / "media")["rejects"]
    assert rejects["reason"].to_list() == ["archive_cut"]
