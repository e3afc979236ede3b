"""The same sound has one digest under whatever name, in whatever container and depth; another sound has another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import encoded, flac_of_unknown_length, noise, noise16, wav
from tests.workers import SETTINGS
from workflow_scripts.media.content import Content
from workflow_scripts.sound.examine import examine
from workflow_scripts.sound.pcm_digest import PROBE, PcmDigest

SOUND = noise16(9000, 2)
SOUND[:4] = [[-32768, 32767], [32767, -32768], [0, -1], [1, 0]]
SAME_IN = [
    ("WAV", "PCM_16", "FILE"),
    ("WAV", "PCM_16", "BIG"),
    ("WAV", "PCM_24", "FILE"),
    ("WAV", "PCM_32", "FILE"),
    ("WAV", "FLOAT", "FILE"),
    ("WAV", "DOUBLE", "FILE"),
    ("WAVEX", "PCM_16", "FILE"),
    ("RF64", "PCM_16", "FILE"),
    ("W64", "PCM_16", "FILE"),
    ("CAF", "PCM_16", "FILE"),
    ("CAF", "ALAC_16", "FILE"),
    ("AIFF", "PCM_16", "FILE"),
    ("AIFF", "PCM_16", "LITTLE"),
    ("AU", "PCM_16", "FILE"),
    ("FLAC", "PCM_16", "FILE"),
    ("FLAC", "PCM_24", "FILE"),
]


def _digest(data: bytes) -> str:
    row = examine(Content.of(data), None, SETTINGS)
    assert row["load_ok"], row
    return str(row["pcm_digest"])


def _floats(samples: np.ndarray) -> np.ndarray:
    return samples.astype(np.float32) / np.float32(32768)


def _of(*blocks: np.ndarray, rate: int = 16_000) -> str:
    digest = PcmDigest(rate, blocks[0].shape[1])
    for block in blocks:
        digest.add(np.ascontiguousarray(block))
    return digest.hexdigest()


ORIGINAL = _digest(wav(SOUND))


@pytest.mark.parametrize(("container", "subtype", "endian"), SAME_IN)
def test_the_same_samples_have_one_digest_in_any_container_and_depth(container: str, subtype: str, endian: str) -> None:
    samples = _floats(SOUND) if subtype in ("FLOAT", "DOUBLE") else SOUND
    assert _digest(encoded(samples, 16_000, container, subtype, endian)) == ORIGINAL


def test_a_flac_of_unknown_length_and_a_wav_of_open_length_have_it_too() -> None:
    assert _digest(flac_of_unknown_length(encoded(SOUND, 16_000, "FLAC", "PCM_16"))) == ORIGINAL
    assert _digest(wav(SOUND, declared_bytes=0)) == ORIGINAL
    assert _digest(wav(SOUND, before_data=b"LIST\4\0\0\0tags")) == ORIGINAL


@pytest.mark.parametrize(
    "other",
    [
        wav(SOUND, rate=16_001),
        wav(SOUND.reshape(-1, 1)),
        wav(SOUND[:, ::-1].copy()),
        wav(SOUND[::-1].copy()),
        wav(SOUND[:-1].copy()),
        wav(np.vstack([SOUND, SOUND[:1] * 0])),
        wav(_floats(SOUND) * np.float32(1.0001)),
    ],
)
def test_another_rate_layout_order_length_or_level_is_another_sound(other: bytes) -> None:
    assert _digest(other) != ORIGINAL


@settings(max_examples=25, deadline=None)
@given(st.integers(0, SOUND.size - 1), st.integers(0, 15), st.booleans())
def test_one_flipped_bit_is_another_sound(place: int, bit: int, is_float: bool) -> None:
    flipped = SOUND.copy()
    flipped.view(np.uint16).reshape(-1)[place] ^= 1 << bit
    assert _of(_floats(flipped) if is_float else flipped) != ORIGINAL


def test_24_bits_that_do_not_fit_16_are_another_sound() -> None:
    deep = SOUND.astype(np.int32) << 16
    assert _digest(encoded(deep, 16_000, "WAV", "PCM_24")) == ORIGINAL
    deep[-1, -1] += 1 << 8  # the lowest of 24 bits, of the last sample
    assert _digest(encoded(deep, 16_000, "WAV", "PCM_24")) != ORIGINAL


def test_24_bits_have_one_digest_in_wav_and_flac() -> None:
    deep = (noise(9000, 2) * 2**31).astype(np.int32) & ~0xFF
    digests = {_digest(encoded(deep, 44_100, container, "PCM_24")) for container in ("WAV", "FLAC", "AIFF")}
    assert len(digests) == 1
    assert digests != {_digest(encoded(deep >> 16 << 16, 44_100, "WAV", "PCM_24"))}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 3 * PROBE), min_size=1, max_size=4), st.booleans(), st.none() | st.integers(0, 10**6))
def test_how_a_sound_is_cut_into_blocks_does_not_matter(sizes: list[int], is_float: bool, odd: int | None) -> None:
    samples = noise16(sum(sizes), seed=3)
    if is_float:
        samples = _floats(samples)
        if odd is not None:
            samples[odd % len(samples)] += np.float32(2**-20)
    assert _of(*np.split(samples, np.cumsum(sizes)[:-1])) == _of(samples)


@pytest.mark.parametrize("value", [1.0, -1.0 - 2**-15, 2.0, 65536.0, 1e30, -1e30, np.inf, np.nan, 2**-16])
def test_a_float_that_no_16_bit_sample_holds_is_a_sound_of_floats(value: float) -> None:
    samples = np.zeros((PROBE + 10, 1), np.float32)
    silence, lowest = _of(samples), _of(np.vstack([samples[1:], [[-1]]]).astype(np.float32))
    samples[-1] = value
    assert _of(samples) not in (silence, lowest)


def test_the_lowest_sample_fits_16_bits() -> None:
    assert _of(np.full((5, 1), -1, np.float32)) == _of(np.full((5, 1), -32768, np.int16))
