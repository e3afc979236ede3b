"""Whether a FLAC file was cut, or damaged otherwise."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import Samples, encoded, flac_audio_start, noise
from workflow_scripts.sound.containers import flac

RATE = 44_100
FRAMES = 20_000


def hum(channels: int) -> Samples:
    """A tone in faint noise, which takes linear prediction; a second channel that is like the first."""
    tone = 0.4 * np.sin(np.arange(FRAMES) / 20)[:, np.newaxis]
    return (tone + noise(FRAMES, channels, 0.001)).astype(np.float32)


def pair(left: Samples, right: Samples) -> Samples:
    """Two channels of which each, their middle or their difference may be the cheapest to write."""
    return np.hstack([left, right]).astype(np.float32)


TONE, NOISE = hum(1), noise(FRAMES, 1, 0.01)
FILES = {
    "hum": encoded(hum(1), RATE, "FLAC", "PCM_16"),
    "stereo": encoded(pair(TONE + NOISE, TONE - NOISE), RATE, "FLAC", "PCM_16"),
    "left": encoded(pair(TONE, TONE + NOISE), RATE, "FLAC", "PCM_16"),
    "right": encoded(pair(TONE + NOISE, TONE), RATE, "FLAC", "PCM_16"),
    "noise": encoded(noise(FRAMES, 2, 0.5), RATE, "FLAC", "PCM_24"),
    "surround": encoded(hum(6), 12_345, "FLAC", "PCM_16"),
    "silence": encoded(np.zeros((FRAMES, 1), np.float32), RATE, "FLAC", "PCM_S8"),
    "steps": encoded((np.arange(FRAMES) % 7 / 64).astype(np.float32)[:, np.newaxis], 8000, "FLAC", "PCM_16"),
}
EACH_FILE = pytest.mark.parametrize("data", FILES.values(), ids=FILES)


def ends_early(data: bytes, total: int = FRAMES) -> bool:
    return flac.ends_early(io.BytesIO(data), len(data), total)


def total_samples(data: bytes) -> int:
    return int.from_bytes(data[18:26], "big") & (1 << 36) - 1


def frame_starts(data: bytes) -> list[int]:
    """Where the frames start that libFLAC writes in blocks of one size: sync, then headers numbered in turn."""
    starts = [flac_audio_start(data)]
    while True:
        head = data[starts[0] : starts[0] + 2]
        place = data.find(head, starts[-1] + 2)
        while place >= 0 and data[place + 4] != len(starts):
            place = data.find(head, place + 1)
        if place < 0:
            return starts
        starts.append(place)


def test_the_files_have_all_ways_to_keep_channels() -> None:
    ways = {data[start + 3] >> 4 for data in FILES.values() for start in frame_starts(data)}
    assert ways == {0, 1, 5, 8, 9, 10}


@EACH_FILE
def test_a_whole_file_does_not_end_early(data: bytes) -> None:
    assert total_samples(data) == FRAMES
    assert not ends_early(data)
    assert not ends_early(data, 0)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_file_cut_anywhere_ends_early(name: str, draws: st.DataObject) -> None:
    data = FILES[name]
    assert ends_early(data[: draws.draw(st.integers(4, len(data) - 1))])


@EACH_FILE
def test_a_file_cut_in_its_last_bytes_ends_early(data: bytes) -> None:
    for missing in range(1, 60):
        assert ends_early(data[:-missing]), missing


@EACH_FILE
def test_a_file_cut_between_frames_ends_early_if_it_knows_its_length(data: bytes) -> None:
    starts = frame_starts(data)
    assert len(starts) == -(-FRAMES // 4096)
    for start in starts:
        assert ends_early(data[:start])
        assert not ends_early(data[:start], 0)


def test_a_file_of_unknown_length_that_is_cut_in_a_frame_ends_early() -> None:
    data = FILES["stereo"]
    for start in frame_starts(data)[1:]:
        for behind in (1, 2, 7, 12, 500):
            assert ends_early(data[: start + behind], 0), behind


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["hum", "stereo", "noise", "surround", "steps"]), st.integers(1, 255), st.data())
def test_a_byte_that_flips_before_the_last_frame_is_no_cut(name: str, flip: int, draws: st.DataObject) -> None:
    data = bytearray(FILES[name])
    place = draws.draw(st.integers(flac_audio_start(data), frame_starts(data)[-1] - 1))
    data[place] ^= flip
    assert not ends_early(bytes(data))


def test_a_byte_that_flips_in_the_header_of_the_last_frame_is_no_cut() -> None:
    for name in ("hum", "stereo", "noise", "surround"):
        start = frame_starts(FILES[name])[-1]
        for place in range(start, start + 7):
            data = bytearray(FILES[name])
            data[place] ^= 0x41
            assert not ends_early(bytes(data)), (name, place)


def test_few_bytes_that_flip_in_the_last_frame_look_like_a_cut() -> None:
    data, chance = FILES["stereo"], random.Random(1)
    start, cuts = frame_starts(data)[-1], 0
    for _ in range(300):
        damaged = bytearray(data)
        damaged[chance.randrange(start, len(data))] ^= chance.randrange(1, 256)
        cuts += ends_early(bytes(damaged))
    assert 0 < cuts < 75


@pytest.mark.parametrize("rubbish", [b"TAG".ljust(128), bytes(1000), b"\xff\xf8" * 3000, noise(10_000).tobytes()])
@EACH_FILE
def test_rubbish_behind_a_whole_file_is_no_cut(data: bytes, rubbish: bytes) -> None:
    assert not ends_early(data + rubbish)
    assert not ends_early(data + rubbish, 0)


def test_a_frame_behind_the_file_counts_only_with_a_true_checksum() -> None:
    data = FILES["stereo"]
    start = flac_audio_start(data)
    header = bytearray(data[start : start + 6])
    assert ends_early(data + header)
    header[-1] ^= 1
    assert not ends_early(data + header)


def test_more_than_a_frame_of_other_bytes_behind_the_last_frame_is_damage() -> None:
    data = FILES["stereo"]
    half = data[: frame_starts(data)[2] + 500]
    assert ends_early(half)
    assert not ends_early(half + bytes(40_000))


def test_a_tag_before_the_file_is_stepped_over() -> None:
    tag = b"ID3\4\0\0\0\0\1\0" + bytes(128)
    assert not ends_early(tag + FILES["hum"])
    assert ends_early(tag + FILES["hum"][:-5])


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from([b"", b"fLaC", FILES["hum"][:42], FILES["hum"][:2000]]),
    st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"\xff\xf8\xc9\x08", b"\xff\xf9"])), max_size=20),
    st.sampled_from([0, 1, FRAMES, (1 << 36) - 1]),
)
def test_any_bytes_give_an_answer(head: bytes, rest: list[bytes], total: int) -> None:
    assert ends_early(head + b"".join(rest), total) in (True, False)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=40))
def test_any_damage_gives_an_answer(name: str, damage: list[tuple[int, int]]) -> None:
    data = bytearray(FILES[name])
    for place, value in damage:
        data[place % len(data)] = value
    assert ends_early(bytes(data)) in (True, False)


@pytest.mark.parametrize("data", [b"", b"fLa", b"OggS" + bytes(100), b"RIFF" + b"fLaC" * 20])
def test_what_is_no_flac_does_not_end_early(data: bytes) -> None:
    assert not ends_early(data)


@pytest.mark.shared
def test_no_real_file_that_decodes_ends_early_and_all_do_when_cut(shared: Path) -> None:
    whole = ["empty_vorbis_comment", "pop", "repeated_vorbis_comment", "short", "wasted_bits"]
    files = [shared / f"data/odd_audio/claxon/{name}.flac" for name in whole]
    for file in files + sorted((shared / "data/soundata_layouts").rglob("*.flac")):
        data = file.read_bytes()
        total = total_samples(data)
        assert not ends_early(data, total), file
        assert not ends_early(data, 0), file
        for place in range(42, len(data), max(1, len(data) // 50)):
            assert ends_early(data[:place], total), (file, place)


@pytest.mark.shared
def test_a_stream_that_begins_with_its_second_frame_does_not_end_early(shared: Path) -> None:
    data = (shared / "data/odd_audio/claxon/non_subset.flac").read_bytes()
    assert not ends_early(data, total_samples(data))


@pytest.mark.shared
def test_fuzzed_files_give_an_answer(shared: Path) -> None:
    files = sorted((shared / "data/odd_audio/claxon").glob("*.flac"))
    assert len(files) > 30
    for file in files:
        data = file.read_bytes()
        assert ends_early(data, total_samples(data)) in (True, False)
