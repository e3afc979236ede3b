"""Members of a tar, and what is left of a damaged one."""

import io
import os
import random
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.archives.made_archives import CONTENTS, SOME, listed, members, read, reasons, write_tar
from workflow_scripts.media.archives import contents
from workflow_scripts.media.content import Content
from workflow_scripts.media.names import to_text


@settings(max_examples=40, deadline=None)
@given(CONTENTS, st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
def test_whatever_is_put_in_comes_back(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, bytes], form: int
) -> None:
    path = write_tar(tmp_path_factory.mktemp("tar") / "x.tar", contents, form)
    assert read(path) == {to_text(name): data for name, data in contents.items()}
    assert reasons(path) == []


def test_members_know_where_their_data_are(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", SOME)
    medias, _ = listed(path)
    with tarfile.open(path) as tar:
        expected = [(one.name, one.size, one.offset_data) for one in tar]
    assert [(media.member, media.bytes, media.offset) for media in medias] == expected
    assert {(media.path, media.mtime_ns) for media in medias} == {(str(path), os.stat(path).st_mtime_ns)}


def test_only_audio_is_listed(tmp_path: Path) -> None:
    assert members(write_tar(tmp_path / "x.tar", {"a.txt": b"1", "x/.wav": b"2", "b.WAV": b"3"})) == ["b.WAV"]


def test_a_name_that_is_no_utf8_is_listed_as_text(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {"caf\udce9.wav": b"1"}, tarfile.GNU_FORMAT)
    assert read(path) == {"caf\\xe9.wav": b"1"}


@pytest.mark.parametrize("name", ["../../etc/x.wav", "/root/x.wav", "a\nb.wav", f"{'n' * 400}.wav"])
def test_a_name_is_a_name_and_leads_nowhere(tmp_path: Path, name: str) -> None:
    assert read(write_tar(tmp_path / "x.tar", {name: b"1"})) == {name: b"1"}


def test_the_last_of_one_name_counts(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w:") as tar:
        for name, data in (("a.wav", b"old"), ("b.wav", b"b"), ("a.wav", b"new")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    assert read(tmp_path / "x.tar") == {"b.wav": b"b", "a.wav": b"new"}
    [damage] = listed(tmp_path / "x.tar")[1]
    assert (damage.reason, damage.line, damage.raw) == ("superseded_member", 1, "a.wav")


def test_links_and_sparse_members_without_a_map_are_told_and_folders_are_nothing(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w:") as tar:
        for name, kind in (("l.wav", b"2"), ("h.wav", b"1"), ("d.wav", b"5"), ("p.wav", b"6"), ("s.wav", b"S")):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "elsewhere.wav"
            tar.addfile(info)
        info = tarfile.TarInfo("pax_sparse.wav")
        info.pax_headers = {"GNU.sparse.name": "sparse.wav", "GNU.sparse.major": "1"}
        tar.addfile(info)
    assert read(tmp_path / "x.tar") == {"s.wav": b""}
    damages = listed(tmp_path / "x.tar")[1]
    assert [damage.raw for damage in damages] == ["l.wav", "h.wav", "p.wav", "sparse.wav"]
    assert [damage.reason for damage in damages] == ["not_a_regular_member"] * 3 + ["archive_damaged"]
    assert damages[3].detail == "a sparse file without a map of its holes"


def test_a_tar_cut_anywhere_gives_what_is_there(tmp_path: Path) -> None:
    contents = {f"{number}.wav": bytes([number]) * 700 * number for number in range(1, 4)}
    whole = write_tar(tmp_path / "whole.tar", contents).read_bytes()
    medias, _ = listed(tmp_path / "whole.tar")
    ends = [(media.offset or 0) + (media.bytes or 0) for media in medias]
    padded = -(-ends[-1] // 512) * 512
    for size in range(0, len(whole), 128):
        cut = tmp_path / f"{size}.tar"
        cut.write_bytes(whole[:size])
        begun = [media for media in medias if (media.offset or 0) <= size]
        got = read(cut)
        assert list(got) == [media.member for media in begun]
        for media in begun:
            assert got[media.member] == contents[str(media.member)][: max(0, size - (media.offset or 0))]
        assert ("archive_cut" in reasons(cut)) == (size < padded + 512)


@pytest.mark.parametrize("place", [0, 100, 124, 148, 156])
def test_behind_a_damaged_header_members_are_found_again(tmp_path: Path, place: int) -> None:
    contents = {f"{number}.wav": bytes([number]) * 1500 for number in range(1, 5)}
    path = write_tar(tmp_path / "x.tar", contents)
    data = bytearray(path.read_bytes())
    second = (listed(path)[0][1].offset or 0) - 512
    data[second + place] ^= 0x55
    path.write_bytes(data)
    assert members(path) == ["1.wav", "3.wav", "4.wav"]
    [damage] = listed(path)[1]
    assert (damage.reason, damage.line) == ("archive_damaged", 2)
    assert f"bytes {second:,} to {second + 2048:,}" in damage.detail


def test_tars_one_behind_the_other_are_read(tmp_path: Path) -> None:
    one = write_tar(tmp_path / "1.tar", {"a.wav": b"1"}).read_bytes()
    other = write_tar(tmp_path / "2.tar", {"b.wav": b"2"}).read_bytes()
    (tmp_path / "x.tar").write_bytes(one + other)
    assert (read(tmp_path / "x.tar"), reasons(tmp_path / "x.tar")) == ({"a.wav": b"1", "b.wav": b"2"}, [])


def _header(size: bytes, kind: bytes = b"0", name: bytes = b"x.wav") -> bytes:
    block = bytearray(tarfile.TarInfo("x.wav").tobuf())
    block[:100] = name.ljust(100, b"\0")
    block[124:136] = size.ljust(12, b"\0")
    block[156:157] = kind
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize("size", [b"\xff" * 12, b"\x80" + b"\xff" * 11, b"77777777777", b"-5", b"rubbish"])
@pytest.mark.parametrize("kind", [b"0", b"L", b"x", b"g", b"S", b"2", b"V"])
def test_lies_about_sizes_end_as_members_or_damage(tmp_path: Path, size: bytes, kind: bytes) -> None:
    rest = write_tar(tmp_path / "rest.tar", {"b.wav": b"2"}).read_bytes()
    (tmp_path / "x.tar").write_bytes(_header(size, kind) + rest)
    medias, damages = listed(tmp_path / "x.tar")
    assert medias or damages
    assert all(0 <= (media.bytes or 0) < 1 << 63 for media in medias)
    read(tmp_path / "x.tar")


@pytest.mark.parametrize(
    "record", [b"9 size=-1\n", b"99999999 path=x\n", b"0 a=b\n", b"12 path=x\n", b"\xff\xfe", b"6 =\n"]
)
def test_lies_in_pax_headers_end_as_members_or_damage(tmp_path: Path, record: bytes) -> None:
    pax = _header(b"%o" % len(record), b"x", b"pax") + record.ljust(512, b"\0")
    rest = write_tar(tmp_path / "rest.tar", {"b.wav": b"2"}).read_bytes()
    (tmp_path / "x.tar").write_bytes(pax + rest)
    assert listed(tmp_path / "x.tar")[0] or listed(tmp_path / "x.tar")[1]


def test_headers_that_only_announce_others_take_no_more_time_than_reading(tmp_path: Path) -> None:
    """Each of these says that a megabyte of name follows: going back to each of them would take days."""
    (tmp_path / "x.tar").write_bytes(_header(b"%o" % (1 << 20), b"x", b"pax") * 20_000)
    assert members(tmp_path / "x.tar") == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_raises_nothing(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = write_tar(tmp_path_factory.mktemp("tar") / "x.tar", SOME, tarfile.GNU_FORMAT)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, 5 * 1024))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    medias, damages = listed(path)
    assert medias or damages
    read(path)


def test_what_is_no_tar_is_damaged_and_what_is_empty_is_cut(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"<html>not found</html>")
    assert reasons(tmp_path / "x.tar") == ["archive_damaged", "archive_cut"]
    (tmp_path / "x.tar").write_bytes(b"")
    assert reasons(tmp_path / "x.tar") == ["archive_cut"]
    (tmp_path / "x.tar").write_bytes(b"\x1f\x8b" + b"1" * 600)
    assert reasons(tmp_path / "x.tar") == ["compressed_archive"]


WAYS = ["--format=gnu", "--format=posix --sparse-version=0.0", "--format=posix --sparse-version=0.1"]
WAYS.append("--format=posix --sparse-version=1.0")
TAR = shutil.which("tar")


def _sparse(file: Path, stretches: dict[int, bytes], size: int) -> Path:
    with file.open("wb") as out:
        for place, data in stretches.items():
            out.seek(place)
            out.write(data)
        out.truncate(size)
    return file


@pytest.fixture(params=WAYS)
def sparse_tar(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A tar of sparse files and others as tar itself makes it, in each way to say where holes are."""
    if TAR is None or "GNU tar" not in subprocess.run([TAR, "--version"], capture_output=True, text=True).stdout:
        pytest.skip("GNU tar is not installed")
    folder = tmp_path / "files"
    folder.mkdir()
    many = {place << 16: bytes([place % 251 + 1]) * 4096 for place in range(0, 60, 2)}
    _sparse(folder / "a.wav", {0: b"RIFF" * 2000, 1 << 20: b"data" * 1024}, 3 << 20)
    _sparse(folder / "many.wav", many, 61 << 16)
    _sparse(folder / "long.wav", {40 << 20: b"1" * 5000}, 50 << 20)
    _sparse(folder / "hole.wav", {}, 1 << 20)
    (folder / "plain.wav").write_bytes(b"plain")
    path = tmp_path / "x.tar"
    names = sorted(os.listdir(folder))
    subprocess.run([TAR, "-cf", path, "--sparse", *request.param.split(), "-C", folder, *names], check=True)
    if path.stat().st_size > 2 << 20:
        pytest.skip("this file system has no holes")
    return path


def test_sparse_members_are_read_as_the_files_that_they_were(sparse_tar: Path) -> None:
    files = {file.name: file.read_bytes() for file in (sparse_tar.parent / "files").iterdir()}
    assert read(sparse_tar) == files
    medias, damages = listed(sparse_tar)
    assert damages == []
    assert {str(media.member): media.bytes for media in medias} == {name: len(data) for name, data in files.items()}
    for media, content in contents(medias):
        if media.member == "long.wav":
            assert isinstance(content, Content)
            part = content.stretch((40 << 20) - 10, (40 << 20) + 6000)
            assert part.file.read() == bytes(10) + b"1" * 5000 + bytes(1000)


def test_a_sparse_member_that_is_cut_gives_what_is_before_the_cut(sparse_tar: Path) -> None:
    files = {file.name: file.read_bytes() for file in (sparse_tar.parent / "files").iterdir()}
    [many] = [media for media in listed(sparse_tar)[0] if media.member == "many.wav"]
    os.truncate(sparse_tar, (many.offset or 0) + 70_000)
    got = read(sparse_tar)["many.wav"]
    assert isinstance(got, bytes)
    assert 500_000 < len(got) < len(files["many.wav"])
    assert files["many.wav"].startswith(got)


def test_a_changed_byte_in_a_sparse_tar_raises_nothing(sparse_tar: Path) -> None:
    raw = sparse_tar.read_bytes()
    random_ = random.Random(1)
    for _ in range(40):
        data = bytearray(raw)
        data[random_.randrange(4096)] = random_.randrange(256)
        sparse_tar.write_bytes(data)
        medias, damages = listed(sparse_tar)
        assert medias or damages
        read(sparse_tar)
