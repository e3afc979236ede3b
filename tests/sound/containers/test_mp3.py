"""How many frames an MP3 declares."""

import io
import struct

import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import encoded, noise
from workflow_scripts.sound.containers import mp3
from workflow_scripts.sound.containers.tags import end_of_tags

LAME = encoded(noise(30_000), 44_100, "MP3", "MPEG_LAYER_III")
TAG = b"ID3\4\0\0\0\0\0\x0a" + bytes(10)
TAG_WITH_FOOTER = b"ID3\4\0\x10\0\0\0\x0a" + bytes(10) + b"3DI\4\0\x10\0\0\0\x0a"
FRAMES_FLAG = 1


def declared(data: bytes) -> int | None:
    return mp3.declared_frames(io.BytesIO(data), len(data))


def delivered(data: bytes) -> int:
    """Frames that libsndfile gives, however many it claims: `blocks` of soundfile makes up what is missing."""
    frames = 0
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        while len(block := file.read(10_000)):
            frames += len(block)
    return frames


def xing(data: bytes) -> int:
    return max(data.find(b"Xing", 0, 200), data.find(b"Info", 0, 200))


def with_bytes(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def with_delay_and_padding(data: bytes, delay: int, padding: int) -> bytes:
    return with_bytes(data, data.index(b"LAME") + 21, (delay << 12 | padding).to_bytes(3, "big"))


def without_count(data: bytes) -> bytes:
    """The same with a first frame that tells nothing, as of an encoder that writes none."""
    return with_bytes(data, xing(data), bytes(60))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20_000), st.sampled_from([1, 2]), st.sampled_from([8000, 11_025, 16_000, 22_050, 32_000, 48_000]))
def test_a_whole_file_declares_what_it_was_made_of(frames: int, channels: int, rate: int) -> None:
    data = encoded(noise(frames, channels), rate, "MP3", "MPEG_LAYER_III")
    assert declared(data) == delivered(data) == frames


@pytest.mark.parametrize(
    ("delay", "padding"), [(0, 0), (576, 0), (576, 100), (576, 529), (576, 1000), (1105, 1152), (0, 1152), (4000, 4000)]
)
def test_delay_and_padding_are_taken_off_as_the_decoder_does(delay: int, padding: int) -> None:
    data = with_delay_and_padding(LAME, delay, padding)
    assert declared(data) == delivered(data)


def test_without_an_encoder_s_name_there_is_no_delay() -> None:
    data = with_bytes(LAME, LAME.index(b"LAME"), bytes(9))
    assert declared(data) == delivered(data)


@settings(max_examples=40, deadline=None)
@given(st.integers(3000, len(LAME) - 1))
def test_a_file_cut_anywhere_still_declares_all(length: int) -> None:
    assert declared(LAME[:length]) == 30_000
    if length < len(LAME) - 1000:
        assert delivered(LAME[:length]) < 30_000


@pytest.mark.parametrize("count", [0, 10, 0xFFFFFFFF])
def test_a_count_of_frames_is_taken_as_told(count: int) -> None:
    data = with_bytes(LAME, xing(LAME) + 8, struct.pack(">I", count))
    told = int.from_bytes(LAME[LAME.index(b"LAME") + 21 :][:3], "big")
    assert declared(data) == (count * 1152 - (told >> 12) - (told & 0xFFF) if count else None)


def test_without_a_count_nothing_is_declared() -> None:
    assert declared(without_count(LAME)) is None
    flags = int.from_bytes(LAME[xing(LAME) + 4 :][:4], "big")
    assert flags & FRAMES_FLAG
    assert declared(with_bytes(LAME, xing(LAME) + 4, struct.pack(">I", flags & ~FRAMES_FLAG))) is None


def test_a_vbri_header_declares_whole_frames() -> None:
    """Fraunhofer's: 32 bytes behind the header of the frame; version, delay, quality, bytes, frames."""
    header = b"VBRI" + struct.pack(">HHHII", 1, 0, 75, len(LAME), 27)
    assert declared(with_bytes(without_count(LAME), 36, header)) == 27 * 1152


def test_libsndfile_gives_less_than_all_of_a_variable_bit_rate_that_has_no_count() -> None:
    """Why a file whose count is not libsndfile's is better left to another decoder."""
    assert delivered(without_count(LAME)) < 30_000


@pytest.mark.parametrize("tags", [TAG, TAG + TAG, TAG_WITH_FOOTER, TAG_WITH_FOOTER + TAG])
def test_tags_are_stepped_over(tags: bytes) -> None:
    assert end_of_tags(io.BytesIO(tags + LAME), len(tags + LAME)) == len(tags)
    assert declared(tags + LAME) == 30_000


def test_what_looks_like_a_frame_in_a_tag_is_none() -> None:
    false = LAME[:400].replace(b"Xing", b"Xinf").replace(b"Info", b"Infp")
    tag = b"ID3\4\0\0" + bytes([0, 0, len(false) >> 7, len(false) & 0x7F]) + false
    assert declared(tag + LAME) == 30_000


def test_a_frame_of_another_stream_is_not_the_first() -> None:
    mpeg2 = b"\xff\xf3\x80\x44".ljust(576 // 8 * 64_000 // 22_050, b"\0")
    assert declared(mpeg2 + LAME) == 30_000


def test_rubbish_before_the_first_frame_is_stepped_over() -> None:
    assert declared(b"\xff\xfb\x90\x44" + bytes(1000) + LAME) == 30_000
    assert declared(bytes(mp3.SEARCHED_BYTES) + LAME) is None


def test_a_file_of_nothing_but_tags_declares_nothing() -> None:
    empty = b"ID3\4\0\0\0\0\0\0"
    assert end_of_tags(io.BytesIO(empty * 1000), 10_000) == 640
    assert declared(empty * 1000) is None


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from([b"", b"ID3\4\0\0\0\0\0\5", LAME[:4], LAME[:36], LAME[:100], LAME[:600]]),
    st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"Xing\0\0\0\x0f", b"\xff\xfb\x90\x44"])), max_size=20),
)
def test_any_bytes_give_a_count_or_nothing(head: bytes, rest: list[bytes]) -> None:
    frames = declared(head + b"".join(rest))
    assert frames is None or frames >= 0
