"""One media, decoded once: whole, cut, damaged, absurd, or nothing that can be decoded."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import (
    encoded,
    flac_audio_start,
    flac_of_length,
    flac_of_unknown_length,
    noise,
    noise16,
    wav,
)
from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound import decode as decoding
from workflow_scripts.sound.decode import block_frames, open_stream, refuse_absurd

FORMATS = [
    ("WAV", "PCM_U8"),
    ("WAV", "PCM_16"),
    ("WAV", "PCM_24"),
    ("WAV", "PCM_32"),
    ("WAV", "FLOAT"),
    ("WAV", "DOUBLE"),
    ("WAV", "ULAW"),
    ("WAV", "ALAW"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_16"),
    ("FLAC", "PCM_S8"),
    ("FLAC", "PCM_16"),
    ("FLAC", "PCM_24"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
    ("AIFF", "PCM_16"),
    ("AU", "PCM_16"),
    ("CAF", "PCM_16"),
    ("CAF", "ALAC_16"),
    ("W64", "PCM_16"),
]
AS_INT16 = ("PCM_16", "PCM_U8", "PCM_S8", "ULAW", "ALAW", "ALAC_16")
TEN_SECONDS = noise(160_000)
SAMPLES = noise16(40_000)
FLAC = encoded(SAMPLES, 16_000, "FLAC", "PCM_16")
FLAC_BLOCK = 4096
"""Frames that libFLAC puts into one of its own."""


@dataclass
class Decoded:
    samples: np.ndarray
    sample_rate: int
    declared_frames: int | None
    fault: tuple[str, str] | None

    @property
    def kind(self) -> str | None:
        return self.fault and self.fault[0]


def _decoded(data: bytes) -> Decoded:
    with open_stream(Content.of(data)) as stream:
        refuse_absurd(stream)
        blocks = [block.copy() for block in stream.blocks(block_frames(stream))]
        samples = np.concatenate(blocks) if blocks else np.empty((0, stream.channels))
        return Decoded(samples, stream.sample_rate, stream.declared_frames, stream.fault)


def _kind(read: Callable[[], object]) -> str:
    with pytest.raises(MediaError) as caught:
        read()
    return caught.value.kind


@pytest.mark.parametrize(("container", "subtype"), FORMATS)
def test_a_whole_file_decodes_to_all_its_frames(container: str, subtype: str) -> None:
    rate = 48_000 if subtype == "OPUS" else 16_000
    decoded = _decoded(encoded(noise(20_000, 2), rate, container, subtype))
    assert decoded.samples.shape == (20_000, 2)
    assert (decoded.declared_frames, decoded.fault, decoded.sample_rate) == (20_000, None, rate)


@pytest.mark.parametrize(("container", "subtype"), FORMATS)
def test_samples_are_those_that_soundfile_reads(container: str, subtype: str) -> None:
    data = encoded(noise(20_000, 2), 48_000 if subtype == "OPUS" else 16_000, container, subtype)
    dtype = "int16" if subtype in AS_INT16 else "float32"
    expected, _ = soundfile.read(io.BytesIO(data), dtype=dtype, always_2d=True)
    samples = _decoded(data).samples
    assert samples.dtype == expected.dtype
    rounding = 1e-7 if container == "MP3" else 0  # soundfile.read seeks before it reads
    np.testing.assert_allclose(samples, expected, rtol=0, atol=rounding)


@pytest.mark.parametrize("container", ["WAV", "FLAC"])
@pytest.mark.parametrize("seconds", [1.0, 2.0, 4.0, 4.5])
def test_a_file_of_several_blocks_is_read_whole(
    monkeypatch: pytest.MonkeyPatch, container: str, seconds: float
) -> None:
    monkeypatch.setattr(decoding, "BLOCK_SECONDS", 2)
    samples = noise16(round(seconds * 11_025), 2)
    decoded = _decoded(encoded(samples, 11_025, container, "PCM_16"))
    np.testing.assert_array_equal(decoded.samples, samples)
    assert decoded.fault is None


@settings(max_examples=50, deadline=None)
@given(st.integers(100, 2_000_000), st.integers(1, 1024))
def test_a_block_is_whole_seconds_and_no_more_than_is_allowed(rate: int, channels: int) -> None:
    with open_stream(Content.of(wav(noise16(1)))) as stream:
        stream.sample_rate, stream.channels = rate, channels
        frames = block_frames(stream)
    assert frames % rate == 0
    assert frames == rate or frames * channels <= decoding.BLOCK_SAMPLES
    assert frames <= 16 * rate


@pytest.mark.parametrize(
    ("container", "subtype", "endian"),
    [("WAV", subtype, "FILE") for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW")]
    + [("WAV", "PCM_16", "BIG"), ("RF64", "PCM_16", "FILE"), ("WAVEX", "PCM_24", "FILE")],
)
def test_cut_wav_is_truncated(container: str, subtype: str, endian: str) -> None:
    data = encoded(noise(16_000, 2), 16_000, container, subtype, endian)
    decoded = _decoded(data[: len(data) // 2])
    held = len(decoded.samples)
    assert decoded.fault == ("truncated", f"the header declares 16,000 frames, the file holds {held:,}")
    assert decoded.declared_frames == 16_000
    assert 7_900 < held <= 8_000


@settings(max_examples=30, deadline=None)
@given(st.integers(44, 43 + 2 * 3000))
def test_a_wav_that_lacks_a_single_byte_or_more_is_truncated(length: int) -> None:
    decoded = _decoded(wav(noise16(3000))[:length])
    assert decoded.kind == "truncated"
    assert (decoded.declared_frames, len(decoded.samples)) == (3000, (length - 44) // 2)


def test_header_without_samples_is_truncated() -> None:
    decoded = _decoded(wav(noise16(16_000))[:44])
    assert decoded.fault == ("truncated", "the header declares 16,000 frames, the file holds 0")
    assert len(decoded.samples) == 0


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("AIFF", "PCM_16"), ("AU", "PCM_16"), ("W64", "PCM_16"), ("WAV", "IMA_ADPCM"), ("MP3", "MPEG_LAYER_III")],
)
def test_other_cut_files_whose_header_declares_a_length_are_truncated(container: str, subtype: str) -> None:
    data = encoded(TEN_SECONDS, 16_000, container, subtype)
    assert _decoded(data[: len(data) // 2]).kind == "truncated"


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_ogg_without_its_last_page_is_truncated(subtype: str) -> None:
    """The last page of an Ogg stream is marked as such (RFC 3533, header type 4): so the container declares its end."""
    data = encoded(np.tile(TEN_SECONDS, (3, 1)), 16_000, "OGG", subtype)
    decoded = _decoded(data[: len(data) // 2])
    assert 0 < len(decoded.samples) < 0.9 * 30 * decoded.sample_rate
    assert decoded.kind == "truncated"


def test_a_wav_with_a_wrong_frame_size_in_its_header_is_not_truncated() -> None:
    """libsndfile reckons the size of a frame from channels and bits, and finds all samples that the data chunk has."""
    decoded = _decoded(wav(noise16(16_000), block_align=1))
    assert len(decoded.samples) == 16_000
    assert decoded.fault is None


@pytest.mark.parametrize("left_open", [0, 0xFFFFFFFF])
def test_a_wav_of_open_length_is_decoded_to_the_end_of_the_file_and_is_not_truncated(left_open: int) -> None:
    """A recorder that writes 0 first, and the length when it is done, was stopped before."""
    decoded = _decoded(wav(noise16(16_000), declared_bytes=left_open))
    np.testing.assert_array_equal(decoded.samples, noise16(16_000))
    assert (decoded.declared_frames, decoded.fault) == (None, None)


@settings(max_examples=40, deadline=None)
@given(st.integers(4, len(FLAC) - 1))
def test_cut_flac_is_truncated_and_holds_what_comes_before(length: int) -> None:
    try:
        decoded = _decoded(FLAC[:length])
    except MediaError as error:
        assert error.kind == "not_audio"  # noqa: PT017  cut within its first header it is nothing at all
        return
    assert decoded.kind == "truncated"
    assert decoded.declared_frames == 40_000
    held = len(decoded.samples)
    np.testing.assert_array_equal(decoded.samples, SAMPLES[:held])
    assert held >= 40_000 * (length / len(FLAC)) - 2 * FLAC_BLOCK


@settings(max_examples=40, deadline=None)
@given(st.integers(flac_audio_start(FLAC), len(FLAC) - 1), st.integers(0, 7))
def test_one_flipped_bit_in_flac_is_caught_and_what_comes_before_is_salvaged(place: int, bit: int) -> None:
    damaged = bytearray(FLAC)
    damaged[place] ^= 1 << bit
    decoded = _decoded(bytes(damaged))
    reached = 40_000 * (place / len(FLAC))
    in_last_frame = reached > 40_000 - 40_000 % FLAC_BLOCK - FLAC_BLOCK / 4
    assert decoded.kind in (("corrupt", "truncated") if in_last_frame else ("corrupt",))
    held = len(decoded.samples)
    np.testing.assert_array_equal(decoded.samples, SAMPLES[:held])
    assert reached - 2 * FLAC_BLOCK < held < reached + FLAC_BLOCK


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 4), st.floats(0.1, 0.9))
def test_damage_beyond_the_first_block_is_salvaged_up_to_there(block_seconds: int, part: float) -> None:
    samples = noise16(5 * 16_000, 2)
    damaged = bytearray(encoded(samples, 16_000, "FLAC", "PCM_16"))
    damaged[round(part * len(damaged))] ^= 0x55
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "BLOCK_SECONDS", block_seconds)
        decoded = _decoded(bytes(damaged))
    held = len(decoded.samples)
    assert decoded.kind == "corrupt"
    np.testing.assert_array_equal(decoded.samples, samples[:held])
    assert part * len(samples) - 2 * FLAC_BLOCK < held < part * len(samples) + FLAC_BLOCK


def test_flac_of_unknown_length_is_whole() -> None:
    """As `flac -` leaves it that writes to a pipe; libsndfile reads it to its end, but cannot seek there."""
    decoded = _decoded(flac_of_unknown_length(FLAC))
    assert (decoded.declared_frames, decoded.fault, len(decoded.samples)) == (None, None, 40_000)


def test_cut_flac_of_unknown_length_is_truncated() -> None:
    data = flac_of_unknown_length(FLAC)
    decoded = _decoded(data[: len(data) * 2 // 3])
    assert (decoded.kind, decoded.declared_frames) == ("truncated", None)
    assert len(decoded.samples) > 20_000


@pytest.mark.parametrize(
    "data",
    [b"<!DOCTYPE html><title>404 Not Found</title>" * 20, b"RIFF", b"\0" * 4096, b"fLaC", b"{}", bytes(range(256))],
)
def test_what_is_no_audio_is_not_audio(data: bytes) -> None:
    assert _kind(lambda: _decoded(data)) == "not_audio"


def test_no_bytes_are_empty() -> None:
    assert _kind(lambda: _decoded(b"")) == "empty"


@pytest.mark.parametrize(
    ("rate", "kind"), [(99, "absurd_rate"), (100, None), (2_000_000, None), (2_000_001, "absurd_rate")]
)
def test_a_rate_that_no_sound_has_is_absurd(rate: int, kind: str | None) -> None:
    data = wav(noise16(10), rate=rate)
    if kind is None:
        assert _decoded(data).fault is None
    else:
        assert _kind(lambda: _decoded(data)) == kind


def test_more_samples_a_second_than_are_decoded_are_too_large() -> None:
    assert _kind(lambda: _decoded(wav(noise16(2, 1000), rate=16_778))) == "too_large"
    assert _decoded(wav(noise16(2, 1000), rate=16_777)).fault is None


def test_a_few_bytes_that_declare_more_samples_than_are_decoded_are_too_large() -> None:
    assert _kind(lambda: _decoded(flac_of_length(FLAC, (1 << 34) + 1))) == "too_large"
    assert _decoded(flac_of_length(FLAC, 1 << 34)).kind == "truncated"


def test_more_samples_than_are_decoded_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_SAMPLES", 20_000)
    assert _decoded(wav(noise16(10_000, 2))).fault is None
    assert _kind(lambda: _decoded(wav(noise16(10_001, 2)))) == "too_large"
