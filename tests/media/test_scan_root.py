"""The media lists of a root."""

import os
from pathlib import Path

import polars as pl
import pytest
import xxhash

from tests.media.archives.made_archives import SOME, write_parquet, write_tar, write_zip
from tests.scans import listed, scanned, scanned_by_somebody
from workflow_scripts.media.scan import ScanError
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate


def _root(folder: Path, count: int = 60) -> Path:
    root = folder / "root"
    for number in range(count):
        file = root / f"{number % 3}" / f"Y{number:011d}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"1" * number)
    return root


def _lists(root: Path, output: Path, files: int) -> dict[str, bytes]:
    scanned(root, output, files)
    return {file.name: file.read_bytes() for file in output.glob("*.parquet")}


def _bits(path: str, member: str = "") -> str:
    """What a path's shard is called with all bits: worked out anew."""
    of_path, of_member = (f"{xxhash.xxh3_64_intdigest(text.encode()):064b}" for text in (path, member))
    return of_path[:32] + of_member[:32] if member else of_path


def test_every_file_is_in_the_list_of_its_shard_and_what_holds_nothing_has_no_list(tmp_path: Path) -> None:
    shards, _ = scanned(_root(tmp_path), tmp_path / "media", files=7)
    assert {f"shard={shard}.parquet" for shard in shards} == set(os.listdir(tmp_path / "media"))
    for shard, count in shards.items():
        rows = pl.read_parquet(tmp_path / f"media/shard={shard}.parquet")
        validate(rows, schemas.MEDIA)
        assert 0 < len(rows) == count <= 7
        assert rows["path"].is_sorted()
        assert set(rows["shard"]) == {shard}
        assert all(_bits(path).startswith(shard) for path in rows["path"])
    media = listed(tmp_path / "media").sort("bytes")
    assert media["bytes"].to_list() == list(range(60))
    assert media["stem"].to_list() == [f"Y{number:011d}" for number in range(60)]


def test_a_few_files_are_one_shard(tmp_path: Path) -> None:
    assert scanned(_root(tmp_path), tmp_path / "media")[0] == {"all": 60}


def test_a_root_without_audio_has_no_list(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    assert scanned(tmp_path / "root", tmp_path / "media")[0] == {}
    assert os.listdir(tmp_path / "media") == []


def test_a_shard_holds_no_more_bytes_than_may_be_and_a_larger_file_is_one_of_its_own(tmp_path: Path) -> None:
    root = _root(tmp_path)
    small, _ = scanned(root, tmp_path / "before", size=200)
    (root / "large.wav").write_bytes(b"1" * 201)
    shards, _ = scanned(root, tmp_path / "media", size=200)
    assert shards == {**small, _bits("large.wav"): 1}, "a large file splits no shard of others"
    sizes = (
        listed(tmp_path / "media").filter(pl.col("path") != "large.wav").group_by("shard").agg(pl.col("bytes").sum())
    )
    assert len(sizes) > 8
    assert sizes["bytes"].max() <= 200


def test_scanning_again_gives_the_same_bytes(tmp_path: Path) -> None:
    root = _root(tmp_path)
    assert _lists(root, tmp_path / "one", 5) == _lists(root, tmp_path / "other", 5)


@pytest.mark.parametrize("change", ["remove", "replace", "touch"])
def test_only_the_list_of_a_changed_file_changes(tmp_path: Path, change: str) -> None:
    root = _root(tmp_path)
    before = _lists(root, tmp_path / "one", 40)
    path = "1/Y00000000004.wav"
    match change:
        case "replace":
            (root / path).write_bytes(b"other bytes")
        case "remove":
            (root / path).unlink()
        case "touch":
            os.utime(root / path, ns=(1, 1))
    after = _lists(root, tmp_path / "other", 40)
    [changed] = {name for name in before if before[name] != after[name]}
    assert _bits(path).startswith(changed[len("shard=") : -len(".parquet")])


def test_a_root_that_grows_file_by_file_touches_one_shard_at_a_time_and_ends_as_one_that_was_there_at_once(
    tmp_path: Path,
) -> None:
    """Through three bounds: 4, 8 and 16 files."""
    whole, growing = _root(tmp_path, 20), tmp_path / "growing"
    before: dict[str, bytes] = {}
    for file in sorted(whole.rglob("*.wav")):
        path = file.relative_to(whole)
        (growing / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(file, growing / path)
        now = _lists(growing, tmp_path / "media", 4)
        gone = before.keys() - now.keys()
        touched = gone | {name for name in before.keys() & now.keys() if before[name] != now[name]}
        assert len(touched) <= 1, path
        before = now
    assert len(before) > 4
    assert before == _lists(whole, tmp_path / "at once", 4)
    for file in sorted(growing.rglob("*.wav"))[:-1]:
        file.unlink()
    assert _lists(growing, tmp_path / "media", 4).keys() == {"shard=all.parquet"}


def test_stems_are_names_without_their_last_suffix(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in ("a.b.wav", "id_30.000.FLAC", "..wav", "-x.ogg"):
        (root / name).write_bytes(b"")
    scanned(root, tmp_path / "media")
    rows = pl.read_parquet(tmp_path / "media/shard=all.parquet")
    expected = {"-x.ogg": "-x", "a.b.wav": "a.b", "id_30.000.FLAC": "id_30.000"}
    assert dict(rows.select("path", "stem").iter_rows()) == expected


def test_names_that_are_no_utf8_are_listed_as_text(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with open(os.path.join(os.fsencode(root), b"caf\xe9.wav"), "wb"):
        pass
    scanned(root, tmp_path / "media")
    rows = pl.read_parquet(tmp_path / "media/shard=all.parquet")
    assert rows.select("path", "stem").row(0) == ("caf\\xe9.wav", "caf\\xe9")


def test_a_name_that_looks_like_the_text_of_another_does_not_stop_the_scan(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in (b"caf\xe9.wav", b"caf\\xe9.wav"):
        with open(os.path.join(os.fsencode(root), name), "wb"):
            pass
    scanned(root, tmp_path / "media")
    assert pl.read_parquet(tmp_path / "media/shard=all.parquet")["path"].n_unique() == 2


def test_a_root_that_held_files_and_holds_none_stops_the_scan(tmp_path: Path) -> None:
    """More likely it is not mounted; to go on would give every clip up and forget every check."""
    root = tmp_path / "root"
    root.mkdir()
    scanned(root, tmp_path / "results" / "media")
    (root / "a.wav").write_bytes(b"x")
    scanned(root, tmp_path / "results" / "media")
    (root / "a.wav").unlink()
    with pytest.raises(ScanError, match="holds no audio file, and held 1 when it was scanned last"):
        scanned(root, tmp_path / "results" / "media", held=1)


def test_a_root_that_is_gone_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="gone: no such folder or archive"):
        scanned(tmp_path / "gone", tmp_path / "results" / "media")


def test_lists_of_former_shards_go(tmp_path: Path) -> None:
    root = _root(tmp_path)
    scanned(root, tmp_path / "results" / "media", files=7)
    scanned(root, tmp_path / "results" / "media")
    left = sorted(file.name for file in (tmp_path / "results").rglob("*.parquet"))
    assert left == ["shard=all.parquet"] * 2


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
    rejects = scanned(_mixed(tmp_path), tmp_path / "media")[1]["rejects"]
    media = listed(tmp_path / "media")
    validate(media, schemas.MEDIA)
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
    named = scanned(root, tmp_path / "media")[1]["not_looked_at"]
    validate(named, schemas.NOT_LOOKED_AT)
    assert named.rows() == [
        ("b.wma", None),
        ("c.ts", None),
        ("t.tar", "d.amr"),
        ("z.zip", "deep/g.MPG"),
        ("z.zip", "i.ts"),
    ]
    media = listed(tmp_path / "media").select("path", "member").rows()
    assert media == [("a.wav", None), ("p.parquet", "j.wma"), ("t.tar", "e.mp2")]


def test_a_root_of_what_is_not_looked_at_alone_has_no_list(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.wma").write_bytes(b"1")
    assert scanned(tmp_path / "root", tmp_path / "media")[1]["not_looked_at"].rows() == [("a.wma", None)]
    assert os.listdir(tmp_path / "media") == []


def test_what_macos_leaves_beside_files_is_neither_media_nor_fault(tmp_path: Path) -> None:
    shadows = {"._a.wav": b"1", "__MACOSX/x.wav": b"1", "__MACOSX/deep/._a.wma": b"1", "._a.wma": b"1"}
    root = tmp_path / "root"
    for name in [*shadows, "a.wav", "._z.zip", "._t.tar.gz", "._folder/b.wav"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"1")
    write_tar(root / "t.tar", shadows | {"a.wav": b"1"})
    write_zip(root / "z.zip", shadows | {"a.wav": b"1"})
    _, tables = scanned(root, tmp_path / "media")
    assert {name: len(table) for name, table in tables.items()} == {"rejects": 0, "not_looked_at": 0, "passing": 0}
    media = listed(tmp_path / "media").select("path", "member").rows()
    assert media == [("._folder/b.wav", None), ("a.wav", None), ("t.tar", "a.wav"), ("z.zip", "a.wav")]


def test_the_members_of_an_archive_stay_side_by_side(tmp_path: Path) -> None:
    root = _mixed(tmp_path)
    for files in (4, 2):
        shards, _ = scanned(root, tmp_path / "media", files)
        for shard in shards:
            rows = pl.read_parquet(tmp_path / f"media/shard={shard}.parquet")
            assert all(
                _bits(path, member or "").startswith(shard) for path, member in rows.select("path", "member").rows()
            )
        of_archive = listed(tmp_path / "media").filter(path="z.zip")
        assert (of_archive["shard"].n_unique() == 1) == (files == 4), "as long as a shard can hold them"


@pytest.mark.parametrize("suffix", ["tar", "zip", "parquet"])
def test_a_root_that_is_an_archive_is_shared_by_its_shards(tmp_path: Path, suffix: str) -> None:
    contents = {f"deep/{number}.wav": b"%d" % number for number in range(50)}
    path = tmp_path / f"root.{suffix}"
    {"tar": write_tar, "zip": write_zip, "parquet": lambda path, some: write_parquet(path, list(some.items()))}[suffix](
        path, contents
    )
    shards, tables = scanned(path, tmp_path / "media", files=16)
    assert len(shards) > 3
    assert all(len(shard) < 8 for shard in shards), "told by the members alone"
    media = listed(tmp_path / "media")
    assert set(media["path"]) == {path.name}
    assert sorted(media["member"]) == sorted(contents)
    assert tables["rejects"].is_empty()


def test_stems_of_members_are_those_of_files(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    write_tar(tmp_path / "root/x.tar", {"d.e/a.b.wav": b"", "./c.FLAC": b"", "..d.ogg": b""})
    scanned(tmp_path / "root", tmp_path / "media")
    rows = pl.read_parquet(tmp_path / "media/shard=all.parquet")
    assert dict(rows.select("member", "stem").iter_rows()) == {"d.e/a.b.wav": "a.b", "./c.FLAC": "c", "..d.ogg": "..d"}


def test_an_archive_that_cannot_be_read_stops_the_scan(open_folder: Path) -> None:
    """Its members would be given up as missing, and stay so: nothing of the root changes when it can be read again."""
    root = _mixed(open_folder)
    (root / "cut.tar").chmod(0)
    told = scanned_by_somebody(root, open_folder)
    assert f"ScanError: {root}/cut.tar: cannot be read: Permission denied. Mend that, or move it elsewhere" in told


def test_a_root_whose_only_archive_is_emptied_is_scanned(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    path = write_tar(tmp_path / "root/x.tar", SOME)
    scanned(tmp_path / "root", tmp_path / "results" / "media")
    path.write_bytes(b"")
    rejects = scanned(tmp_path / "root", tmp_path / "results" / "media")[1]["rejects"]
    assert rejects["reason"].to_list() == ["archive_cut"]
