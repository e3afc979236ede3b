"""Archives are unpacked whole or not at all, and nothing that they say leads out of their folder."""

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from workflow_scripts.acquire.unpack.archive import UnpackedArchive, unpack
from workflow_scripts.acquire.unpack.bounds import UnpackBounds, UnpackError
from workflow_scripts.fetch.progress import FetchProgress

MEMBERS = {
    "audio/dev/1.wav": random.Random(1).randbytes(300_000),
    "audio/dev/2.wav": b"",
    "labels.csv": b"fname,labels\n1,Bark\n" * 9_000,
    "naïve/ünï.txt": "größer".encode(),
}
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".tar": lambda plain: plain,
    ".tar.gz": gzip.compress,
    ".tgz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".tar.zst": zstandard.compress,
}


def tar_of(members: dict[str, bytes], *more: tarfile.TarInfo) -> bytes:
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in more:
            tar.addfile(info)
    return stored.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stored.getvalue()


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


def written(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def found(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(archive: Path, to: Path, bounds: UnpackBounds | None = None) -> str:
    """Why an archive is refused; nothing of it is left, in its folder or beside."""
    before = sorted(to.parent.rglob("*"))
    with pytest.raises(UnpackError) as caught:
        unpack(archive, to, bounds)
    assert sorted(to.parent.rglob("*")) == before
    assert str(archive) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_tars(tmp_path: Path, suffix: str) -> None:
    archive = written(tmp_path, f"a{suffix}", COMPRESS[suffix](tar_of(MEMBERS)))
    assert unpack(archive, tmp_path / "to") == UnpackedArchive(4, sum(map(len, MEMBERS.values())))
    assert found(tmp_path / "to") == MEMBERS
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a{suffix}", "to"]


def test_zips(tmp_path: Path) -> None:
    archive = written(tmp_path, "a.zip", zip_of(MEMBERS))
    assert unpack(archive, tmp_path / "to" / "deep").files == 4
    assert found(tmp_path / "to" / "deep") == MEMBERS


def test_seven_zips(tmp_path: Path) -> None:
    py7zr = pytest.importorskip("py7zr", reason="`make remote` installs it")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as file:
        for name, content in MEMBERS.items():
            file.writef(io.BytesIO(content), name)
    assert unpack(tmp_path / "a.7z", tmp_path / "to").files == 4
    assert found(tmp_path / "to") == MEMBERS
    stored = bytearray((tmp_path / "a.7z").read_bytes())
    stored[200] ^= 1
    archive = written(tmp_path, "b.7z", bytes(stored))
    assert "damaged" in refused(archive, tmp_path / "other")
    assert "too much" in refused(tmp_path / "a.7z", tmp_path / "other", UnpackBounds(bytes=1000, ratio=1))


@pytest.mark.parametrize(
    "how", [["-s", "64k"], ["-s", "100k"], ["-s", "64k", "-fz"], ["-0", "-s", "64k"]], ids=" ".join
)
def test_zips_in_volumes(tmp_path: Path, how: list[str]) -> None:
    """As Info-ZIP splits them, and FSD50K comes; with -fz in wide numbers, as above 4 GB."""
    members = {f"FSD50K.dev_audio/{n}.wav": random.Random(n).randbytes(30_000 + n) for n in range(30)}
    for name, content in members.items():
        written(tmp_path / "FSD50K.dev_audio", name.rpartition("/")[2], content)
    split = ["zip", "-q", "-r", *how, "FSD50K.dev_audio.zip", "FSD50K.dev_audio"]
    try:
        subprocess.run(split, cwd=tmp_path, check=True)
    except FileNotFoundError:
        pytest.skip("needs Info-ZIP's zip")
    assert (tmp_path / "FSD50K.dev_audio.z03").is_file()
    assert unpack(tmp_path / "FSD50K.dev_audio.zip", tmp_path / "to").files == 30
    assert found(tmp_path / "to") == members
    (tmp_path / "FSD50K.dev_audio.z02").unlink()
    assert "there are not: FSD50K.dev_audio.z02" in refused(tmp_path / "FSD50K.dev_audio.zip", tmp_path / "other")


def test_volumes_whose_directory_counts_in_wide_numbers(tmp_path: Path) -> None:
    """As that of a zip does whose members are too large or too far for 32 bits."""
    stored = zip_of({"1.wav": b"1" * 3_000, "2.wav": random.Random(3).randbytes(90_000)})
    directory_at = stored.rfind(b"PK\5\6") - int.from_bytes(stored[-10:-6], "little")
    entries, at = b"", directory_at
    volume_bytes = directory_at - 7  # the directory begins in the second volume
    for _ in range(2):
        fields = list(struct.unpack_from("<4s6H3L5H2L", stored, at))
        name = stored[at + 46 : at + 46 + fields[10]]
        wide = struct.pack("<2H3QL", 1, 28, fields[9], fields[8], fields[16], 0)
        fields[8] = fields[9] = fields[16] = 0xFFFFFFFF
        fields[11], fields[13] = len(wide), 0xFFFF
        entries += struct.pack("<4s6H3L5H2L", *fields) + name + wide
        at += 46 + len(name)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 1, 0, 2, 2, len(entries), directory_at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 1, 0, 2)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    whole = stored[:directory_at] + entries + end64 + locator + end
    # the directory is told to begin in the first volume, where its bytes would be if that went on
    written(tmp_path, "a.z01", whole[:volume_bytes])
    archive = written(tmp_path, "a.zip", whole[volume_bytes:])
    assert unpack(archive, tmp_path / "to").files == 2
    assert found(tmp_path / "to")["2.wav"] == random.Random(3).randbytes(90_000)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "a.tar.zst"])
def test_progress_is_told_in_what_comes_out_or_of_a_tar_in_what_was_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow_scripts.fetch.progress.TOLD_EVERY_S", 0.0)
    members = {f"{n}.wav": bytes(range(256)) * 8_000 for n in range(4)}
    content = zip_of(members) if name == "a.zip" else COMPRESS[name.removeprefix("a")](tar_of(members))
    archive, told = written(tmp_path, name, content), list[FetchProgress]()
    unpack(archive, tmp_path / "to", told=told.append)
    of = sum(map(len, members.values())) if name == "a.zip" else archive.stat().st_size
    assert {one.of for one in told} == {of}
    assert [one.bytes for one in told] == sorted(one.bytes for one in told)
    assert 0 < told[-1].bytes <= of
    assert [one.doing for one in told[-2:]] == ["syncing", "done"]


def test_two_archives_share_a_folder(tmp_path: Path) -> None:
    unpack(written(tmp_path, "a.zip", zip_of({"x/1.wav": b"1"})), tmp_path / "to")
    unpack(written(tmp_path, "b.tar", tar_of({"x/2.wav": b"2", "x/1.wav": b"1"})), tmp_path / "to")
    assert found(tmp_path / "to") == {"x/1.wav": b"1", "x/2.wav": b"2"}


def test_a_file_with_other_bytes_is_not_overwritten(tmp_path: Path) -> None:
    archive = written(tmp_path, "a.zip", zip_of({"x/1.wav": b"1", "x/0.wav": b"0"}))
    (tmp_path / "to" / "x").mkdir(parents=True)
    (tmp_path / "to" / "x" / "1.wav").write_bytes(b"mine")
    assert "x/1.wav" in refused(archive, tmp_path / "to")
    assert found(tmp_path / "to") == {"x/1.wav": b"mine"}


def test_what_was_unpacked_is_unpacked_again_to_the_same(tmp_path: Path) -> None:
    archive = written(tmp_path, "a.tar", tar_of(MEMBERS))
    unpack(archive, tmp_path / "to")
    (tmp_path / "to" / "labels.csv").unlink()
    unpack(archive, tmp_path / "to")
    assert found(tmp_path / "to") == MEMBERS


OUTSIDE = ["/etc/evil", "../evil", "a/../../evil", "a/..", "//evil"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_tar_writes_outside(tmp_path: Path, name: str) -> None:
    archive = written(tmp_path, "a.tar", tar_of({"fine.wav": b"1", name: b"evil"}))
    assert "absolute" in (why := refused(archive, tmp_path / "in" / "to")) or "outside" in why


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_zip_writes_outside(tmp_path: Path, name: str) -> None:
    archive = written(tmp_path, "a.zip", zip_of({"fine.wav": b"1", name: b"evil"}))
    assert "absolute" in (why := refused(archive, tmp_path / "in" / "to")) or "outside" in why


def test_no_seven_zip_writes_outside(tmp_path: Path) -> None:
    py7zr = pytest.importorskip("py7zr", reason="`make remote` installs it")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as file:
        file.writef(io.BytesIO(b"evil"), "aa/evil")
        file.files[0]._file_info["filename"] = "../evil"
    refused(tmp_path / "a.7z", tmp_path / "in" / "to")


@pytest.mark.parametrize(
    "more",
    [
        link("out", "/etc/passwd"),
        link("out", "../../etc/passwd"),
        link("a/out", "../.."),
        link("out", "../evil", tarfile.LNKTYPE),
        link("out", "/etc/passwd", tarfile.LNKTYPE),
        link("nowhere", "no/such/file"),
        link("folder", "audio"),
        link("circle", "circle"),
    ],
    ids=lambda info: f"{info.name} to {info.linkname}",
)
def test_links_that_lead_out_or_nowhere(tmp_path: Path, more: tarfile.TarInfo) -> None:
    assert "the link" in refused(written(tmp_path, "a.tar", tar_of(MEMBERS, more)), tmp_path / "in" / "to")


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w") as tar:
        tar.addfile(link("x", str(tmp_path / "victim")))
        info = tarfile.TarInfo("x/evil")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
    refused(written(tmp_path, "a.tar", stored.getvalue()), tmp_path / "in" / "to")
    assert list((tmp_path / "victim").iterdir()) == []


def test_links_within_an_archive_are_names_of_its_files(tmp_path: Path) -> None:
    more = [link("audio/again.wav", "dev/1.wav"), link("hard.wav", "audio/dev/1.wav", tarfile.LNKTYPE)]
    archive = written(tmp_path, "a.tar", tar_of(MEMBERS, *more))
    assert unpack(archive, tmp_path / "to").files == 6
    assert found(tmp_path / "to")["audio/again.wav"] == found(tmp_path / "to")["hard.wav"] == MEMBERS["audio/dev/1.wav"]
    assert not any(path.is_symlink() for path in (tmp_path / "to").rglob("*"))


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    for to, is_fine in (("1.wav", True), ("../../etc/passwd", False)):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
            file.writestr("1.wav", b"1")
            info = zipfile.ZipInfo("2.wav")
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            file.writestr(info, to)
        if is_fine:
            unpack(tmp_path / "a.zip", tmp_path / "to")
            assert found(tmp_path / "to") == {"1.wav": b"1", "2.wav": b"1"}
        else:
            assert "leads out" in refused(tmp_path / "a.zip", tmp_path / "in" / "other")


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_devices_and_pipes(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("dev")
    info.type = kind
    assert "device or a pipe" in refused(written(tmp_path, "a.tar", tar_of({}, info)), tmp_path / "to")


def test_more_than_an_archive_of_its_size_holds(tmp_path: Path) -> None:
    bounds = UnpackBounds(bytes=1_000_000, ratio=100)
    zeros = {"zeros.wav": bytes(50_000_000)}
    for name, stored in (
        ("a.zip", zip_of(zeros)),
        ("a.tar.gz", gzip.compress(tar_of(zeros))),
        ("a.tar.zst", zstandard.compress(tar_of(zeros))),
    ):
        assert "too much for an archive of" in refused(written(tmp_path, name, stored), tmp_path / "to", bounds)


def test_a_zip_that_lies_about_sizes(tmp_path: Path) -> None:
    """Its directory says 10 bytes of each member, which hold 50 MB."""
    stored = bytearray(zip_of({"zeros.wav": bytes(50_000_000)}))
    at = stored.rfind(b"PK\1\2")
    stored[at + 24 : at + 28] = (10).to_bytes(4, "little")
    refused(written(tmp_path, "a.zip", bytes(stored)), tmp_path / "to", UnpackBounds(bytes=1_000_000, ratio=1))


def test_more_members_than_any_archive_has(tmp_path: Path) -> None:
    many = {f"{n}.wav": b"" for n in range(101)}
    for name, stored in (("a.zip", zip_of(many)), ("a.tar", tar_of(many))):
        why = refused(written(tmp_path, name, stored), tmp_path / "to", UnpackBounds(members=100))
        assert "more than 100 members" in why


@pytest.mark.parametrize("suffix", COMPRESS)
def test_tars_that_are_cut(tmp_path: Path, suffix: str) -> None:
    stored = COMPRESS[suffix](tar_of(MEMBERS))
    for at in (len(stored) // 3, len(stored) * 2 // 3):
        assert "damaged or cut" in refused(written(tmp_path, f"a{suffix}", stored[:at]), tmp_path / "to")


def test_a_damaged_header_is_no_end(tmp_path: Path) -> None:
    stored = bytearray(tar_of({"1.wav": b"1" * 600, "2.wav": b"2" * 600}))
    stored[1536 + 20] ^= 0xFF  # in the second header
    assert "damaged or cut" in refused(written(tmp_path, "a.tar", bytes(stored)), tmp_path / "to")


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip"])
def test_bytes_that_changed(tmp_path: Path, suffix: str) -> None:
    noise = {"1.wav": random.Random(2).randbytes(100_000)}
    stored = bytearray(zip_of(noise) if suffix == ".zip" else COMPRESS[suffix](tar_of(noise)))
    if suffix == ".tar.zst":
        stored[-1:] = b""
    else:
        stored[50_000] ^= 1
    refused(written(tmp_path, f"a{suffix}", bytes(stored)), tmp_path / "to")


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as tar:
        tar.addfile(tarfile.TarInfo("caf\xe9.wav"))
    unpack(written(tmp_path, "a.tar", stored.getvalue()), tmp_path / "tar")
    assert os.listdir(os.fsencode(tmp_path / "tar")) == [b"caf\xe9.wav"]

    for raw, name in (("größe.wav".encode(), "größe.wav"), ("größe.wav".encode("cp437"), "größe.wav")):
        stored_zip = zip_of({"x" * len(raw): b"1"}).replace(b"x" * len(raw), raw)
        to = tmp_path / f"zip{len(raw)}"
        unpack(written(tmp_path, "a.zip", stored_zip), to)
        assert os.listdir(to) == [name]


def test_what_is_no_archive(tmp_path: Path) -> None:
    assert ".tar.gz" in refused(written(tmp_path, "a.rar", b""), tmp_path / "to")
    assert "no such archive" in refused(tmp_path / "none.zip", tmp_path / "to")
    for name in ("page.zip", "page.tar.gz", "page.tar", "page.7z"):
        if name.endswith(".7z"):
            pytest.importorskip("py7zr", reason="`make remote` installs it")
        refused(written(tmp_path, name, b"<!doctype html><html>" * 100), tmp_path / "to")


def test_an_encrypted_zip(tmp_path: Path) -> None:
    stored = bytearray(zip_of({"1.wav": b"1"}))
    stored[stored.rfind(b"PK\1\2") + 8] |= 1
    assert "encrypted" in refused(written(tmp_path, "a.zip", bytes(stored)), tmp_path / "to")


def test_what_a_killed_run_left_beside_is_swept(tmp_path: Path) -> None:
    archive = written(tmp_path, "a.tar", tar_of(MEMBERS))
    gone = subprocess.Popen(["true"])
    gone.wait()
    written(tmp_path / f".to.a.tar.aside.{gone.pid}.part", "half", b"half")
    unpack(archive, tmp_path / "to")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "to"]
