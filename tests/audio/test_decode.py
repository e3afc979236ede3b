"""One media, opened and decoded once."""

import io
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audio.made_files import encoded, flac_audio_start, flac_of_unknown_length, noise, noise16, wav
from workflow_scripts.audio import decode as decoding
from workflow_scripts.audio.decode import MediaError, decode, read_bytes

FORMATS = [
    ("WAV", "PCM_U8"),
    ("WAV", "PCM_16"),
    ("WAV", "PCM_24"),
    ("WAV", "PCM_32"),
    ("WAV", "FLOAT"),
    ("WAV", "DOUBLE"),
    ("WAV", "ULAW"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("FLAC", "PCM_24"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
    ("AIFF", "PCM_16"),
    ("AU", "PCM_16"),
    ("CAF", "PCM_16"),
    ("W64", "PCM_16"),
]
TEN_SECONDS = noise(160_000)
FLAC = encoded(noise16(40_000), 16_000, "FLAC", "PCM_16")


def _kind(read: Callable[[], object]) -> str:
    with pytest.raises(MediaError) as caught:
        read()
    return caught.value.kind


@pytest.mark.parametrize(("container", "subtype"), FORMATS)
def test_a_whole_file_decodes_to_all_its_frames(container: str, subtype: str) -> None:
    decoded = decode(encoded(noise(20_000, 2), 16_000, container, subtype))
    assert decoded.samples.shape == (20_000, 2)
    assert (decoded.declared_frames, decoded.fault, decoded.sample_rate) == (20_000, None, 16_000)


@pytest.mark.parametrize(("container", "subtype"), FORMATS)
def test_samples_are_those_that_soundfile_reads(container: str, subtype: str) -> None:
    data = encoded(noise(20_000, 2), 16_000, container, subtype)
    dtype = "int16" if subtype == "PCM_16" else "float32"
    expected, _ = soundfile.read(io.BytesIO(data), dtype=dtype, always_2d=True)
    samples = decode(data).samples
    assert samples.dtype == expected.dtype
    rounding = 1e-7 if container == "MP3" else 0  # soundfile.read seeks before it reads
    np.testing.assert_allclose(samples, expected, rtol=0, atol=rounding)


def test_a_file_longer_than_a_block_is_read_whole() -> None:
    samples = noise16(2 * decoding.BLOCK_FRAMES + 12_345, 2)
    decoded = decode(encoded(samples, 44_100, "FLAC", "PCM_16"))
    np.testing.assert_array_equal(decoded.samples, samples)


@pytest.mark.parametrize(
    ("container", "subtype", "endian"),
    [("WAV", subtype, "FILE") for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW")]
    + [("WAV", "PCM_16", "BIG"), ("RF64", "PCM_16", "FILE"), ("WAVEX", "PCM_24", "FILE")],
)
def test_cut_wav_is_truncated(container: str, subtype: str, endian: str) -> None:
    data = encoded(noise(16_000, 2), 16_000, container, subtype, endian)
    decoded = decode(data[: len(data) // 2])
    held = len(decoded.samples)
    assert decoded.fault == ("truncated", f"the header declares 16,000 frames, the file holds {held:,}")
    assert decoded.declared_frames == 16_000
    assert 7_900 < held <= 8_000


@settings(max_examples=30, deadline=None)
@given(st.integers(44, 43 + 2 * 3000))
def test_a_wav_that_lacks_a_single_byte_or_more_is_truncated(length: int) -> None:
    decoded = decode(wav(noise16(3000))[:length])
    assert decoded.fault is not None
    assert decoded.fault[0] == "truncated"
    assert (decoded.declared_frames, len(decoded.samples)) == (3000, (length - 44) // 2)


def test_header_without_samples_is_truncated() -> None:
    decoded = decode(wav(noise16(16_000))[:44])
    assert decoded.fault == ("truncated", "the header declares 16,000 frames, the file holds 0")
    assert len(decoded.samples) == 0


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("AIFF", "PCM_16"), ("AU", "PCM_16"), ("W64", "PCM_16"), ("WAV", "IMA_ADPCM"), ("MP3", "MPEG_LAYER_III")],
)
def test_other_cut_files_whose_header_declares_a_length_are_truncated(container: str, subtype: str) -> None:
    data = encoded(TEN_SECONDS, 16_000, container, subtype)
    decoded = decode(data[: len(data) // 2])
    assert decoded.fault is not None
    assert decoded.fault[0] == "truncated"


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_ogg_without_its_last_page_is_truncated(subtype: str) -> None:
    """The last page of an Ogg stream is marked as such (RFC 3533, header type 4): so the container declares its end."""
    data = encoded(np.tile(TEN_SECONDS, (3, 1)), 16_000, "OGG", subtype)
    decoded = decode(data[: len(data) // 2])
    assert 0 < len(decoded.samples) < 400_000
    assert decoded.fault is not None
    assert decoded.fault[0] == "truncated"


def test_a_wav_with_a_wrong_frame_size_in_its_header_is_not_truncated() -> None:
    """libsndfile reckons the size of a frame from channels and bits, and finds all samples that the data chunk has."""
    decoded = decode(wav(noise16(16_000), block_align=1))
    assert len(decoded.samples) == 16_000
    assert decoded.fault is None


@pytest.mark.parametrize("left_open", [0, 0xFFFFFFFF])
def test_a_wav_of_open_length_is_not_truncated(left_open: int) -> None:
    assert decode(wav(noise16(16_000), declared_bytes=left_open)).fault is None


def test_a_wav_of_open_length_is_decoded_to_the_end_of_the_file() -> None:
    assert len(decode(wav(noise16(16_000), declared_bytes=0xFFFFFFFF)).samples) == 16_000


def test_a_wav_whose_length_was_never_filled_in_is_decoded_to_the_end_of_the_file() -> None:
    """A recorder that writes 0 first, and the length when it is done, was stopped before."""
    assert len(decode(wav(noise16(16_000), declared_bytes=0)).samples) == 16_000


@settings(max_examples=25, deadline=None)
@given(st.integers(4, len(FLAC) - 1))
def test_cut_flac_never_passes_for_whole(length: int) -> None:
    try:
        decoded = decode(FLAC[:length])
    except MediaError as error:
        assert error.kind == "not_audio"  # noqa: PT017  cut within its first header it is nothing at all
    else:
        assert decoded.fault is not None
        assert decoded.fault[0] in ("corrupt", "truncated")
        assert decoded.declared_frames == 40_000


@settings(max_examples=25, deadline=None)
@given(st.integers(flac_audio_start(FLAC), len(FLAC) - 1), st.integers(0, 7))
def test_one_flipped_bit_in_flac_is_caught(place: int, bit: int) -> None:
    damaged = bytearray(FLAC)
    damaged[place] ^= 1 << bit
    fault = decode(bytes(damaged)).fault
    assert fault is not None
    assert fault[0] == "corrupt"


def test_flac_of_unknown_length_is_whole() -> None:
    """As `flac -` leaves it that writes to a pipe; libsndfile reads it to its end, but cannot seek there."""
    decoded = decode(flac_of_unknown_length(FLAC))
    assert (decoded.declared_frames, decoded.fault, len(decoded.samples)) == (None, None, 40_000)


def test_cut_flac_of_unknown_length_is_corrupt() -> None:
    data = flac_of_unknown_length(FLAC)
    decoded = decode(data[: len(data) * 2 // 3])
    assert decoded.fault is not None
    assert decoded.fault[0] == "corrupt"


@pytest.mark.parametrize(
    "data",
    [b"<!DOCTYPE html><title>404 Not Found</title>" * 20, b"RIFF", b"\0" * 4096, b"fLaC", b"{}", bytes(range(256))],
)
def test_what_is_no_audio_is_not_audio(data: bytes) -> None:
    assert _kind(lambda: decode(data)) == "not_audio"


def test_no_bytes_are_empty() -> None:
    assert _kind(lambda: decode(b"")) == "empty"


def test_more_samples_than_are_decoded_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "BLOCK_FRAMES", 1000)
    monkeypatch.setattr(decoding, "MAX_SAMPLES", 20_000)
    assert decode(wav(noise16(10_000, 2))).fault is None
    assert _kind(lambda: decode(wav(noise16(10_001, 2)))) == "too_large"


def test_a_file_above_the_size_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "x.wav").open("wb") as file:
        file.truncate(decoding.MAX_FILE_BYTES + 1)  # takes no room on disk
    assert _kind(lambda: read_bytes(str(tmp_path / "x.wav"))) == "too_large"


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.wav")
    before = time.monotonic()
    assert _kind(lambda: read_bytes(str(tmp_path / "x.wav"))) == "not_a_file"
    assert time.monotonic() - before < 5


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "x.wav").mkdir()
    assert _kind(lambda: read_bytes(str(tmp_path / "x.wav"))) == "not_a_file"


def test_a_file_that_is_gone_has_vanished(tmp_path: Path) -> None:
    assert _kind(lambda: read_bytes(str(tmp_path / "x.wav"))) == "vanished"


def test_a_link_to_nowhere_has_vanished(tmp_path: Path) -> None:
    (tmp_path / "x.wav").symlink_to("nowhere.wav")
    assert _kind(lambda: read_bytes(str(tmp_path / "x.wav"))) == "vanished"


def test_a_link_to_itself_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "x.wav").symlink_to("x.wav")
    assert _kind(lambda: read_bytes(str(tmp_path / "x.wav"))) == "not_openable"


def test_a_file_without_permission_cannot_be_opened(
    open_folder: Path, as_ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    file = open_folder / "x.wav"
    file.write_bytes(wav(noise16(100)))
    file.chmod(0)
    with as_ordinary_user():
        assert _kind(lambda: read_bytes(str(file))) == "not_openable"
