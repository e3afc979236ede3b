"""What a WAV's own header says of its length."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audio.made_files import encoded, noise, noise16, wav
from workflow_scripts.audio.containers import sound_extent


def declared_wav_frames(data: bytes) -> int | None:
    """The frames that a WAV declares; None for other containers, too."""
    extent = sound_extent(data) if data[8:12] == b"WAVE" else None
    return extent.frames if extent else None


SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SUBTYPES), st.integers(0, 500), st.integers(1, 6), st.sampled_from(["FILE", "BIG", "RF64"]))
def test_a_whole_wav_declares_what_it_holds(subtype: str, frames: int, channels: int, kind: str) -> None:
    container, endian = ("RF64", "FILE") if kind == "RF64" else ("WAV", kind)
    data = encoded(noise(frames, channels), 8000, container, subtype, endian)
    assert data[:4] == {"FILE": b"RIFF", "BIG": b"RIFX", "RF64": b"RF64"}[kind]
    assert declared_wav_frames(data) == frames


@settings(max_examples=40, deadline=None)
@given(st.integers(44, 44 + 2000))
def test_a_wav_cut_anywhere_in_its_samples_declares_them_all(length: int) -> None:
    assert declared_wav_frames(wav(noise16(1000))[:length]) == 1000


@settings(max_examples=44, deadline=None)
@given(st.integers(0, 43))
def test_a_wav_cut_in_its_header_declares_nothing(length: int) -> None:
    assert declared_wav_frames(wav(noise16(1000))[:length]) is None


@pytest.mark.parametrize("size", [4, 5])
def test_chunks_before_the_samples_are_stepped_over(size: int) -> None:
    chunk = struct.pack("<4sI", b"LIST", size) + b"data!"[:size] + bytes(size % 2)
    assert declared_wav_frames(wav(noise16(300), before_data=chunk)) == 300


def test_chunks_behind_the_samples_do_not_count() -> None:
    chunk = struct.pack("<4sI4s", b"LIST", 4, b"INFO")
    assert declared_wav_frames(wav(noise16(300), after_data=chunk)) == 300


@pytest.mark.parametrize("left_open", [0, 0xFFFFFFFF])
def test_a_length_left_open_declares_nothing(left_open: int) -> None:
    assert declared_wav_frames(wav(noise16(300), declared_bytes=left_open)) is None


def test_the_length_that_sox_writes_to_a_pipe_declares_nothing() -> None:
    """wav.c of SoX: MS_UNSPEC 0x7ffff000, "when its not possible to write valid lengths", rounded to whole frames."""
    for channels in (1, 2, 3):
        mark = 0x7FFFF000 // (2 * channels) * 2 * channels
        assert declared_wav_frames(wav(noise16(300, channels), declared_bytes=mark)) is None


def test_a_wav_without_samples_declares_none() -> None:
    assert declared_wav_frames(wav(np.empty((0, 1), np.int16))) == 0


def test_a_compressed_wav_leaves_it_to_the_decoder() -> None:
    assert declared_wav_frames(encoded(noise(4000), 8000, "WAV", "IMA_ADPCM")) is None


@pytest.mark.parametrize("data", [b"", b"RIFF", b"fLaC" + bytes(60), b"<html>RIFFWAVE</html>", b"RIFF\0\0\0\0AVI " * 9])
def test_what_is_no_wav_declares_nothing(data: bytes) -> None:
    assert declared_wav_frames(data) is None


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"RIFF", b"RIFX", b"RF64"]),
    st.lists(st.tuples(st.sampled_from([b"fmt ", b"ds64", b"data", b"LIST"]), st.binary(max_size=40)), max_size=5),
)
def test_any_bytes_behind_a_wav_head_give_a_count_or_nothing(magic: bytes, chunks: list[tuple[bytes, bytes]]) -> None:
    frames = declared_wav_frames(magic + b"\0\0\0\0WAVE" + b"".join(name + content for name, content in chunks))
    assert frames is None or frames >= 0
