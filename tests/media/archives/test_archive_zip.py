"""Members of a zip, and what is left of a damaged one."""

import os
import random
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.archives.bombs import zip_that_overlaps
from tests.media.archives.made_archives import (
    CONTENTS,
    SOME,
    listed,
    members,
    of,
    read,
    reasons,
    write_parquet,
    write_tar,
    write_zip,
)
from workflow_scripts.media import content, limits
from workflow_scripts.media.archives import contents, stretch, zip_directory, zipped
from workflow_scripts.media.names import to_text

METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
LARGE = bytes(range(256)) * 20_000


@settings(max_examples=40, deadline=None)
@given(CONTENTS, st.sampled_from(METHODS), st.binary(max_size=9).filter(lambda comment: b"PK" not in comment))
def test_whatever_is_put_in_comes_back(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, bytes], method: int, comment: bytes
) -> None:
    path = write_zip(tmp_path_factory.mktemp("zip") / "x.zip", contents, method)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = comment
    assert read(path) == {to_text(name): data for name, data in contents.items()}
    assert reasons(path) == []


def test_members_are_told_as_the_directory_tells_them(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", SOME)
    with zipfile.ZipFile(path) as archive:
        expected = [(i.filename, i.file_size, i.header_offset, i.compress_size, i.CRC) for i in archive.infolist()]
    assert [(m.member, m.bytes, m.offset, m.packed_bytes, m.crc32) for m in listed(path)[0]] == expected


@pytest.mark.parametrize("method", METHODS)
def test_members_written_as_a_stream_and_in_64_bits_are_read(tmp_path: Path, method: int) -> None:
    with (
        zipfile.ZipFile(tmp_path / "x.zip", "w", method) as archive,
        archive.open("a.wav", "w", force_zip64=True) as one,
    ):
        one.write(LARGE)
    assert read(tmp_path / "x.zip") == {"a.wav": LARGE}


def test_a_directory_in_64_bits_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    path = write_zip(tmp_path / "x.zip", SOME, zipfile.ZIP_STORED)
    assert zip_directory.END64_SIGNATURE in path.read_bytes()
    assert (read(path), reasons(path)) == (SOME, [])


def test_what_stands_before_an_archive_is_passed_over(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", SOME)
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert (read(path), reasons(path)) == (SOME, [])


@pytest.mark.parametrize(("raw", "text"), [("é".encode(), "é"), (b"\x82", "é")])
def test_names_without_the_flag_of_utf8_are_utf8_where_they_can_be(tmp_path: Path, raw: bytes, text: str) -> None:
    path = write_zip(tmp_path / "x.zip", {f"{'n' * len(raw)}.wav": b"1"})
    path.write_bytes(path.read_bytes().replace(b"n" * len(raw), raw))
    assert read(path) == {f"{text}.wav": b"1"}


def test_one_strange_member_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"né.wav": b"1", "b.wav": b"2"})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    with pytest.raises(UnicodeDecodeError):
        zipfile.ZipFile(path)
    assert read(path) == {"n\\xff\\xfe.wav": b"1", "b.wav": b"2"}


def test_the_last_of_one_name_counts(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.wav", b"old")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.wav", b"new")
    assert read(tmp_path / "x.zip") == {"a.wav": b"new"}
    assert reasons(tmp_path / "x.zip") == ["superseded_member"]


def _with_flag(path: Path, flag: int) -> None:
    data = bytearray(path.read_bytes())
    place = data.find(b"PK\1\2")
    data[place + 8] |= flag
    path.write_bytes(data)


def test_encrypted_and_strangely_packed_members_and_links_are_told(tmp_path: Path) -> None:
    _with_flag(write_zip(tmp_path / "e.zip", SOME), 1)
    assert (reasons(tmp_path / "e.zip"), members(tmp_path / "e.zip")) == (["encrypted_member"], list(SOME)[1:])
    write_zip(tmp_path / "b.zip", {"a.wav": b"1" * 99}, zipfile.ZIP_BZIP2)
    assert (reasons(tmp_path / "b.zip"), members(tmp_path / "b.zip")) == (["unknown_compression"], [])
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        info = zipfile.ZipInfo("l.wav")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "a.wav")
    assert (reasons(tmp_path / "l.zip"), members(tmp_path / "l.zip")) == (["not_a_regular_member"], [])


@pytest.mark.parametrize("method", METHODS)
def test_a_zip_cut_anywhere_gives_what_is_there(tmp_path: Path, method: int) -> None:
    contents = {f"{number}.wav": bytes((number * place) % 251 for place in range(900)) for number in range(1, 4)}
    whole = write_zip(tmp_path / "whole.zip", contents, method).read_bytes()
    medias, _ = listed(tmp_path / "whole.zip")
    for size in range(0, len(whole), 64):
        cut = tmp_path / f"{size}.zip"
        cut.write_bytes(whole[:size])
        assert reasons(cut) == ["archive_cut"]
        got = read(cut)
        begun = [media for media in medias if (media.offset or 0) + 35 <= size]
        assert list(got) == [media.member for media in begun]
        for media in begun:
            is_whole = (media.offset or 0) + 35 + (media.packed_bytes or 0) <= size
            data, expected = got[media.member], contents[str(media.member)]
            assert isinstance(data, bytes)
            assert data == expected if is_whole else expected.startswith(data) and len(data) < 900


def test_a_zip_whose_directory_is_damaged_is_listed_by_its_members(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", SOME)
    path.write_bytes(path.read_bytes().replace(b"PK\1\2", b"PK\1\3", 1))
    assert (reasons(path), read(path)) == (["archive_damaged"], SOME)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("in_memory", [0, 1 << 30])
def test_a_changed_byte_is_corrupt(
    tmp_path: Path, method: int, in_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (stretch, zipped):
        monkeypatch.setattr(module, "IN_MEMORY_BYTES", in_memory)
    path = write_zip(tmp_path / "x.zip", {"a.wav": LARGE, "b.wav": b"2"}, method)
    assert read(path) == {"a.wav": LARGE, "b.wav": b"2"}
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    assert read(path) == {"a.wav": "corrupt", "b.wav": b"2"}


def _with_sizes(path: Path, size: int) -> None:
    """The directory says another size."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.find(b"PK\1\2") + 24, size)
    path.write_bytes(data)


@pytest.mark.parametrize("said", [0, 10, 5_119_999, 5_120_001, 1 << 30, (1 << 32) - 2])
@pytest.mark.parametrize("method", METHODS)
def test_a_member_of_another_size_than_it_says_is_corrupt(tmp_path: Path, said: int, method: int) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.wav": LARGE, "b.wav": b"2"}, method)
    _with_sizes(path, said)
    assert read(path) == {"a.wav": "corrupt", "b.wav": b"2"}


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = write_zip(tmp_path / "x.zip", {"a.wav": bytes(200 << 20)})
    _with_sizes(path, 1 << 20)
    tracemalloc.start()
    assert read(path) == {"a.wav": "corrupt"}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 << 20


def test_a_member_larger_than_any_media_may_be_is_listed_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MAX_FILE_BYTES", 100)
    path = write_zip(tmp_path / "x.zip", {"a.wav": b"1" * 101, "b.wav": b"1" * 100})
    assert read(path) == {"a.wav": "too_large", "b.wav": b"1" * 100}


def test_headers_that_stand_close_take_no_more_time_than_reading(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\3\4" * 300_000)
    assert members(tmp_path / "x.zip") == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_raises_nothing(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = write_zip(tmp_path_factory.mktemp("zip") / "x.zip", SOME)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    listed(path)
    read(path)


def test_sources_in_memory_outlive_the_archive(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", SOME)
    held = [content for _, content in contents(listed(path)[0])]
    assert [of(content) for content in held] == list(SOME.values())


SOUND = random.Random(3).randbytes(3 << 20) + bytes(40 << 20) + random.Random(4).randbytes(3 << 20)


@pytest.fixture(scope="module")
def long_member(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_zip(tmp_path_factory.mktemp("zip") / "x.zip", {"a.wav": SOUND, "b.wav": b"2"})


def test_a_long_deflated_member_is_read_at_any_place_and_nothing_is_put_on_disk(
    long_member: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    medias, _ = listed(long_member)
    _, long = next(reading := contents(medias))
    assert isinstance(long, content.Content)
    assert long.size == len(SOUND) > limits.IN_MEMORY_BYTES
    file = long.file
    for place in [0, 1, len(SOUND) - 5, 3 << 20, 2 << 20, 45 << 20, 7, 20 << 20, len(SOUND), len(SOUND) + 9]:
        file.seek(place)
        assert file.read(9000) == SOUND[place : place + 9000], place
    part = long.stretch(3_000_000, 45 << 20)
    assert part.file.read() == SOUND[3_000_000 : 45 << 20]
    assert long.digest() == xxhash.xxh3_128_hexdigest(SOUND)
    assert [of(one) for _, one in reading] == [b"2"]


def test_a_long_deflated_member_of_a_cut_zip_gives_what_is_there(tmp_path: Path, long_member: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(long_member.read_bytes()[: 2 << 20])
    _, long = next(reading := contents(listed(cut)[0]))
    assert isinstance(long, content.Content)
    assert (1 << 20) < long.size < (3 << 20)
    assert long.file.read() == SOUND[: long.size]
    assert list(reading) == []


def test_a_long_deflated_member_tells_when_its_archive_changes_under_it(tmp_path: Path, long_member: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(long_member.read_bytes())
    _, long = next(reading := contents(listed(path)[0]))
    assert isinstance(long, content.Content)
    os.utime(path, ns=(1, 1))
    assert long.file.read() == b""
    assert long.failure is not None
    assert long.failure.kind == "changed"
    assert [of(one) for _, one in reading] == ["changed"]


def test_of_members_that_overlap_the_first_is_read(tmp_path: Path) -> None:
    path = zip_that_overlaps(tmp_path / "x.zip", members=250)
    assert {name: len(data) for name, data in read(path).items()} == {"0.wav": 1 << 20}
    assert reasons(path) == ["overlapping_member"] * 249


def test_a_zip_that_unpacks_to_more_than_anybody_meant_is_left_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_zip(tmp_path / "x.zip", {f"{number}.wav": bytes(1 << 20) for number in range(3)})
    monkeypatch.setattr(zipped, "LARGEST_UNPACKED", 3 << 20)
    assert len(members(path)) == 3
    monkeypatch.setattr(zipped, "LARGEST_UNPACKED", (3 << 20) - 1)
    [damage] = listed(path)[1]
    assert (members(path), damage.reason) == ([], "archive_too_large")
    assert f"unpack to {3 << 20:,} bytes, more than 100 times its own {path.stat().st_size:,}" in damage.detail


def test_an_archive_as_large_as_they_come_is_listed(tmp_path: Path) -> None:
    """Fifty thousand members in 30 GB, which unpack to twice that; only its directory takes room on this disk."""
    path, size, count = tmp_path / "x.zip", 30 << 30, 50_000
    extra = struct.Struct("<2H3Q")
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        for number in range(count):
            name = b"%06d.wav" % number
            packed, at = size // count - 100, number * (size // count)
            numbers = (0, 0xFFFFFFFF, 0xFFFFFFFF, len(name), extra.size, 0, 0, 0, 0, 0xFFFFFFFF)
            file.write(zip_directory.ENTRY.pack(b"PK\1\2", 45, 45, 0, 8, 0, 0, *numbers) + name)
            file.write(extra.pack(1, 24, 2 * packed, packed, at))
        end = file.tell()
        file.write(zip_directory.END64.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, end - size, size))
        file.write(zip_directory.LOCATOR.pack(b"PK\6\7", 0, end, 1))
        file.write(zip_directory.END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    medias, damages = listed(path)
    assert (len(medias), damages) == (count, [])
    assert sum(media.bytes or 0 for media in medias) > 59 << 30


@pytest.mark.parametrize("form", ["zip", "tar", "parquet"])
def test_a_name_of_more_bytes_than_a_path_has_is_told_and_the_others_are_listed(tmp_path: Path, form: str) -> None:
    contents = {f"{'é' * 2046}.wav": b"fits", f"{'é' * 2047}.wav": b"does not", "a.wav": b"1"}
    path = tmp_path / f"x.{form}"
    {"zip": write_zip, "tar": write_tar, "parquet": lambda path, some: write_parquet(path, list(some.items()))}[form](
        path, contents
    )
    assert sorted(members(path)) == ["a.wav", f"{'é' * 2046}.wav"]
    [damage] = listed(path)[1]
    assert (damage.reason, damage.line, damage.raw) == ("name_too_long", 2, f"…{'é' * 96}.wav")
