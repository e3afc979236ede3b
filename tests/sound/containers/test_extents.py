"""What the headers of WAV, RF64, Wave64, AIFF, AU and CAF say of the length of their sound."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import encoded, noise, noise16, wav
from workflow_scripts.sound.containers import Extent, size_patch, sound_extent

SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"]
KINDS = ["WAV", "RIFX", "RF64", "W64", "AIFF", "AU", "CAF"]


def extent_of(data: bytes) -> Extent | None:
    return sound_extent(io.BytesIO(data), len(data))


def declared_frames(data: bytes) -> int | None:
    extent = extent_of(data)
    return extent.frames if extent else None


def file_of(kind: str, frames: int, channels: int = 1, subtype: str = "PCM_16") -> bytes:
    container, endian = ("WAV", "BIG") if kind == "RIFX" else (kind, "FILE")
    return encoded(noise(frames, channels), 8000, container, subtype, endian)


def patched(data: bytes) -> bytes:
    """A file whose header has been told what it holds."""
    extent = extent_of(data)
    assert extent is not None
    place, patch = size_patch(io.BytesIO(data), len(data), extent)
    return data[:place] + patch + data[place + len(patch) :]


def decoded_frames(data: bytes) -> int:
    return len(soundfile.read(io.BytesIO(data), always_2d=True)[0])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SUBTYPES), st.integers(1, 500), st.integers(1, 6), st.sampled_from(KINDS))
def test_a_whole_file_declares_what_it_holds(subtype: str, frames: int, channels: int, kind: str) -> None:
    if (kind, subtype) in {("AU", "PCM_U8"), ("CAF", "PCM_U8")}:
        subtype = "PCM_S8"
    if kind == "AIFF":
        frames += frames % 2  # libsndfile counts the padding behind an odd number of bytes as sound
    data = file_of(kind, frames, channels, subtype)
    extent = extent_of(data)
    assert extent is not None
    assert extent.size is not None
    assert extent.start + extent.size <= len(data)
    assert extent.frames == decoded_frames(data) == frames


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(1, 1999))
def test_a_file_cut_anywhere_in_its_samples_declares_more_than_it_holds(kind: str, missing: int) -> None:
    data = file_of(kind, 1000)[:-missing]
    extent = extent_of(data)
    assert extent is not None
    assert extent.size is not None
    assert extent.start + extent.size - len(data) == missing
    assert extent.frames == 1000


@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "MS_ADPCM"])
def test_a_compressed_wav_that_is_cut_lacks_bytes(subtype: str) -> None:
    data = encoded(noise(4000), 8000, "WAV", subtype)
    whole, cut = extent_of(data), extent_of(data[:-100])
    assert whole is not None
    assert whole == cut
    assert whole.frames is None
    assert whole.size is not None
    assert whole.start + whole.size == len(data)


@settings(max_examples=44, deadline=None)
@given(st.integers(0, 43))
def test_a_wav_cut_in_its_header_declares_nothing(length: int) -> None:
    assert extent_of(wav(noise16(1000))[:length]) is None


@pytest.mark.parametrize("size", [4, 5])
def test_chunks_before_the_samples_are_stepped_over(size: int) -> None:
    chunk = struct.pack("<4sI", b"LIST", size) + b"data!"[:size] + bytes(size % 2)
    assert declared_frames(wav(noise16(300), before_data=chunk)) == 300


def test_chunks_behind_the_samples_do_not_count() -> None:
    chunk = struct.pack("<4sI4s", b"LIST", 4, b"INFO")
    assert declared_frames(wav(noise16(300), after_data=chunk)) == 300


def test_a_wav_that_is_all_chunks_is_given_up() -> None:
    many, few = b"junk\0\0\0\0" * 100_000, b"junk\0\0\0\0" * 10
    assert extent_of(wav(noise16(300), before_data=many)) is None
    assert declared_frames(wav(noise16(300), before_data=few)) == 300


@pytest.mark.parametrize("left_open", [0, 0xFFFFFFFF])
def test_a_length_left_open_declares_nothing(left_open: int) -> None:
    data = wav(noise16(300), declared_bytes=left_open)
    assert extent_of(data) == Extent(44, None, 2)
    assert decoded_frames(patched(data)) == declared_frames(patched(data)) == 300


def test_the_length_that_sox_writes_to_a_pipe_declares_nothing() -> None:
    """wav.c of SoX: MS_UNSPEC 0x7ffff000, "when its not possible to write valid lengths", rounded to whole frames."""
    for channels in (1, 2, 3):
        mark = 0x7FFFF000 // (2 * channels) * 2 * channels
        assert declared_frames(wav(noise16(300, channels), declared_bytes=mark)) is None


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_the_length_that_sox_writes_to_a_pipe_of_aiff_declares_nothing(channels: int) -> None:
    """aiff.c of SoX: as many frames as fit in 0x7f000000 bytes, "the AIFF format does not provide for …" none."""
    data = file_of("AIFF", 300, channels)
    place = data.index(b"SSND") + 4
    mark = 8 + 0x7F000000 // (2 * channels) * 2 * channels
    assert declared_frames(data[:place] + struct.pack(">I", mark) + data[place + 4 :]) is None


@pytest.mark.parametrize(
    ("kind", "before_size", "form", "left_open"),
    [
        ("RIFX", b"data", ">I", 0),
        ("RIFX", b"data", ">I", 0xFFFFFFFF),
        ("W64", b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0O\x8e\xdb\x8a", "<Q", 0),
        ("W64", b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0O\x8e\xdb\x8a", "<Q", 24),
        ("W64", b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0O\x8e\xdb\x8a", "<Q", 0x7FFFFFFFFFFFFFFF),
        ("W64", b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0O\x8e\xdb\x8a", "<Q", 0xFFFFFFFFFFFFFFFF),
        ("AIFF", b"SSND", ">I", 0),
        ("AIFF", b"SSND", ">I", 8),
        ("AIFF", b"SSND", ">I", 0xFFFFFFFF),
        ("AU", b".snd\0\0\0\x18", ">I", 0),
        ("AU", b".snd\0\0\0\x18", ">I", 0xFFFFFFFF),
        ("CAF", b"data", ">Q", 4),
        ("CAF", b"data", ">Q", 0xFFFFFFFFFFFFFFFF),
    ],
)
def test_what_is_left_open_decodes_once_its_size_is_filled_in(
    kind: str, before_size: bytes, form: str, left_open: int
) -> None:
    data = file_of(kind, 300)
    place = data.index(before_size) + len(before_size)
    open_ended = data[:place] + struct.pack(form, left_open) + data[place + struct.calcsize(form) :]
    extent = extent_of(open_ended)
    assert extent is not None
    assert extent.size is None
    assert patched(open_ended) == data
    assert decoded_frames(data) == 300


@pytest.mark.parametrize("left_open", [0, 0xFFFFFFFFFFFFFFFF])
def test_an_rf64_left_open_decodes_once_its_long_size_is_filled_in(left_open: int) -> None:
    data = file_of("RF64", 300)
    place = data.index(b"ds64") + 16
    open_ended = data[:place] + struct.pack("<Q", left_open) + data[place + 8 :]
    assert declared_frames(open_ended) is None
    assert patched(open_ended) == data


def test_a_bw64_is_laid_out_as_an_rf64() -> None:
    assert declared_frames(b"BW64" + file_of("RF64", 300)[4:]) == 300


def test_a_size_beyond_the_field_is_the_largest_that_it_can_state() -> None:
    data = wav(noise16(300), declared_bytes=0)
    place, patch = size_patch(io.BytesIO(data), 1 << 33, Extent(44, None, 2))
    assert (place, patch) == (40, struct.pack("<I", 0xFFFFFFFE))


def test_a_wav_without_samples_declares_none() -> None:
    assert declared_frames(wav(np.empty((0, 1), np.int16))) == 0


def test_tags_behind_no_samples_are_not_sound() -> None:
    tags = struct.pack("<4sI4s4sI4s", b"LIST", 16, b"INFO", b"ISFT", 4, b"abc\0")
    assert declared_frames(wav(np.empty((0, 1), np.int16), after_data=tags)) == 0


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"fLaC" + bytes(60), b"<html>RIFFWAVE</html>", b"RIFF\0\0\0\0AVI " * 9, b".snd", b"caff"]
)
def test_what_is_none_of_them_declares_nothing(data: bytes) -> None:
    assert extent_of(data) is None


HEADS = [
    *(magic + b"\0\0\0\0WAVE" for magic in (b"RIFF", b"RIFX", b"RF64", b"BW64")),
    b"FORM\0\0\0\0AIFF",
    b"FORM\0\0\0\0AIFC",
    b"caff\0\1\0\0",
    b"riff\x2e\x91\xcf\x11".ljust(40, b"\0"),
    b".snd",
]
NAMES = [b"fmt ", b"ds64", b"data", b"LIST", b"COMM", b"SSND", b"desc"]


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(HEADS),
    st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=60)), max_size=5),
    st.integers(0, 1 << 70),
)
def test_any_bytes_behind_a_head_give_an_extent_or_nothing(
    head: bytes, chunks: list[tuple[bytes, bytes]], size: int
) -> None:
    data = head + b"".join(name + content for name, content in chunks)
    for told in (len(data), size):
        extent = sound_extent(io.BytesIO(data), min(told, 1 << 62))
        if extent is not None:
            assert extent.start >= 0
            assert extent.size is None or extent.size >= 0
            assert extent.frames is None or extent.frames >= 0
            place, patch = size_patch(io.BytesIO(data), min(told, 1 << 62), extent)
            assert len(patch) in (4, 8)
            assert place + len(patch) <= len(data)


@pytest.mark.shared
def test_every_real_wav_that_decodes_declares_what_it_decodes_to(shared: Path) -> None:
    early_end = "test-44100Hz-le-1ch-4bytes-early-eof.wav"
    files = sorted((shared / "data/odd_audio").rglob("*.wav"))
    compared = 0
    for file in files:
        data = file.read_bytes()
        declared = declared_frames(data)
        try:
            decoded = decoded_frames(data)
        except soundfile.LibsndfileError:
            continue
        if declared is not None:
            assert (declared > decoded) if file.name == early_end else (declared == decoded), file
            compared += 1
    assert compared > 30
