"""Decoding the sound of videos: what comes back, what is said of broken ones, and what it takes."""

import io
import random
import subprocess
import sys
import tracemalloc
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import Samples, noise16
from tests.sound.decoders.made_videos import RATE, melody, video
from workflow_scripts.media.content import Content, Window
from workflow_scripts.media.media import MediaError
from workflow_scripts.media.opened import OnDisk
from workflow_scripts.sound.decoders.blocks import in_blocks
from workflow_scripts.sound.decoders.ffmpeg import FFmpegStream, open_stream
from workflow_scripts.sound.decoders.ffmpeg.opening import speaks

FRAMES = RATE
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov", "frag_duration": "200000"}
MADE: dict[str, tuple[str, str, dict[str, str]]] = {
    "mp4": ("mp4", "aac", {"pictures": "mpeg4"}),
    "mp4 index first": ("mp4", "aac", {"moov_size": "8000"}),
    "mp4 in fragments": ("mp4", "aac", FRAGMENTS),
    "m4a": ("ipod", "aac", {}),
    "alac": ("ipod", "alac", {"kind": "s16p"}),
    "mov": ("mov", "pcm_s16le", {}),
    "webm": ("webm", "libopus", {"pictures": "libvpx"}),
    "mkv flac": ("matroska", "flac", {"kind": "s16", "pictures": "mpeg4"}),
    "mkv pcm": ("matroska", "pcm_s16le", {}),
    "mkv vorbis": ("matroska", "vorbis", {}),
    "adts": ("adts", "aac", {}),
}
INDEX_AT_THE_END = ("mp4", "m4a", "alac", "mov")
NAMES = {
    "mp4": ("MP4", "AAC"),
    "mp4 index first": ("MP4", "AAC"),
    "mp4 in fragments": ("MP4", "AAC"),
    "m4a": ("MP4", "AAC"),
    "alac": ("MP4", "ALAC"),
    "mov": ("MOV", "PCM_S16LE"),
    "webm": ("WEBM", "OPUS"),
    "mkv flac": ("MATROSKA", "FLAC"),
    "mkv pcm": ("MATROSKA", "PCM_S16LE"),
    "mkv vorbis": ("MATROSKA", "VORBIS"),
    "adts": ("AAC", "AAC"),
}
EXACT = ("alac", "mov", "mkv flac", "mkv pcm")


@cache
def sound(name: str) -> Samples:
    return melody(FRAMES, rate=rate_of(name))


def rate_of(name: str) -> int:
    return 48_000 if name == "webm" else RATE


@cache
def made(name: str) -> bytes:
    container, codec, options = MADE[name]
    return video(container, codec, sound(name), rate=rate_of(name), **options)


def decoded(data: bytes, frames: int = 1 << 14) -> tuple[FFmpegStream, Samples]:
    assert speaks(data[:16])
    with open_stream(Content.of(data)) as stream:
        blocks = [block.copy() for block in stream.blocks(frames)]
        assert all(len(block) == frames for block in blocks[:-1])
        assert all(0 < len(block) <= frames for block in blocks)
        return stream, np.concatenate(blocks) if blocks else np.empty((0, stream.channels), np.float32)


def complaint(data: bytes) -> str | None:
    """The kind of what is wrong, whether it shows at opening or later."""
    try:
        return (decoded(data)[0].fault or (None,))[0]
    except MediaError as error:
        return error.kind


def level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples.astype(np.float64)))))


def likeness(one: Samples, other: Samples) -> float:
    frames = min(len(one), len(other))
    return float(np.corrcoef(one[:frames, 0].astype(float), other[:frames, 0].astype(float))[0, 1])


@pytest.mark.parametrize("name", MADE)
def test_headers_are_told(name: str) -> None:
    stream, samples = decoded(made(name))
    assert (stream.format, stream.subtype) == NAMES[name]
    assert (stream.sample_rate, stream.channels) == (rate_of(name), 2)
    assert stream.fault is None
    assert samples.dtype == (np.int16 if name in EXACT else np.float32)
    assert name == "adts" or abs((stream.declared_frames or 0) - FRAMES) < 0.06 * RATE


@pytest.mark.parametrize("name", EXACT)
def test_lossless_samples_are_exact(name: str) -> None:
    stream, samples = decoded(made(name))
    np.testing.assert_array_equal(samples, sound(name))
    assert stream.declared_frames == FRAMES


@pytest.mark.parametrize("name", ["mp4", "m4a", "webm", "mp4 index first"])
def test_lossy_samples_stay_where_they_were(name: str) -> None:
    _, samples = decoded(made(name))
    assert likeness(samples, sound(name)) > 0.95
    assert 20 * np.log10(level(samples) * 32768 / level(sound(name))) == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize("name", ["adts", "mp4 in fragments"])
def test_priming_stays_where_nothing_tells_of_it(name: str) -> None:
    _, samples = decoded(made(name))
    assert likeness(samples[1024:], sound(name)) > 0.95


@pytest.mark.parametrize("frames", [FRAMES, 1024, 1025, 5000])
def test_aac_comes_back_longer_by_less_than_two_packets(frames: int) -> None:
    stream, samples = decoded(video("ipod", "aac", melody(frames)))
    assert stream.declared_frames == pytest.approx(frames, abs=RATE / 1000)  # edit lists count milliseconds
    assert frames - RATE / 1000 < len(samples) < frames + 2048


@pytest.mark.parametrize("frames", [1, 1000, 1024, 4096, 1 << 18])
def test_blocks_do_not_change_the_sound(frames: int) -> None:
    data = video("ipod", "alac", sound("alac")[:5000], kind="s16p")
    np.testing.assert_array_equal(decoded(data, frames)[1], sound("alac")[:5000])


@pytest.mark.parametrize(
    ("codec", "kind", "tolerance"),
    [
        ("pcm_u8", "u8", 1 / 100),
        ("pcm_s24le", "s32", 1e-6),
        ("pcm_s32le", "s32", 1e-6),
        ("pcm_f32le", "flt", 1e-6),
        ("pcm_f64le", "dbl", 1e-6),
        ("flac", "s32", 1e-6),
    ],
)
def test_full_scale_is_one(codec: str, kind: str, tolerance: float) -> None:
    stream, samples = decoded(video("matroska", codec, sound("mkv pcm"), kind=kind))
    assert stream.fault is None
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples, sound("mkv pcm") / 32768, atol=tolerance)


@pytest.mark.parametrize("channels", [1, 6, 8])
def test_channels_come_back_apart(channels: int) -> None:
    x = melody(RATE // 2, channels)
    assert decoded(video("matroska", "pcm_s16le", x))[1].shape == x.shape
    _, samples = decoded(video("ipod", "aac", x, bit_rate=64_000 * channels))
    assert samples.shape[1] == channels
    full = [c for c in range(channels) if channels == 1 or c != 3]  # the fourth is for low tones only
    assert all(likeness(samples[:, c : c + 1], x[:, c : c + 1]) > 0.9 for c in full)


@pytest.mark.parametrize("container", ["webm", "matroska"])
def test_live_recording_declares_nothing(container: str) -> None:
    stream, samples = decoded(video(container, "libopus", melody(FRAMES, rate=48_000), rate=48_000, live="1"))
    assert (stream.declared_frames, stream.fault, len(samples)) == (None, None, FRAMES)


def test_tag_of_absurd_length_is_not_reckoned() -> None:
    tag = b"00:00:01.000000000"
    data = made("mkv pcm").replace(tag, b"00:00:1e9999999999")
    assert data != made("mkv pcm")
    assert decoded(data)[0].declared_frames == FRAMES  # the segment says so too


def test_length_that_ffmpeg_reckons_from_the_bit_rate_is_not_declared() -> None:
    for _ in range(2):  # also when its log only repeats itself
        assert decoded(made("adts"))[0].declared_frames is None


@pytest.mark.parametrize("name", INDEX_AT_THE_END)
def test_cut_with_its_index_is_no_index(name: str) -> None:
    chance = random.Random(name)
    for _ in range(12):
        assert complaint(made(name)[: chance.randrange(40, len(made(name)) - 200)]) == "no_index"


@pytest.mark.parametrize("name", sorted(set(MADE) - {*INDEX_AT_THE_END, "adts"}))
def test_cut_behind_its_index_is_truncated(name: str) -> None:
    data, chance = made(name), random.Random(name)
    for _ in range(12):
        assert complaint(data[: chance.randrange(len(data) // 2, int(0.97 * len(data)))]) == "truncated"


@pytest.mark.parametrize("missing", [1, 20, 100])
def test_raw_aac_cut_within_a_frame_is_truncated(missing: int) -> None:
    stream, samples = decoded(made("adts")[:-missing])
    assert stream.fault == ("truncated", f"the file ends before its container does, after {len(samples):,} frames")


@pytest.mark.parametrize("name", MADE)
def test_cut_head_is_never_sound(name: str) -> None:
    for length in (0, 1, 8, 12, 16, 40):
        with pytest.raises(MediaError), open_stream(Content.of(made(name)[:length])):
            pass


@pytest.mark.parametrize("name", ["mp4 index first", "webm", "mkv pcm"])
def test_what_comes_before_the_cut_is_given(name: str) -> None:
    _, whole = decoded(made(name))
    stream, samples = decoded(made(name)[: int(0.7 * len(made(name)))])
    assert 0.4 * FRAMES < len(samples) < len(whole)
    np.testing.assert_array_equal(samples, whole[: len(samples)])
    assert stream.fault == (
        "truncated",
        f"the header declares {stream.declared_frames:,} frames, the file holds {len(samples):,}",
    )


@pytest.mark.parametrize("name", ["mkv flac", "alac"])
def test_damage_is_corrupt_and_ends_the_sound(name: str) -> None:
    data = bytearray(made(name))
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    stream, samples = decoded(bytes(data))
    assert stream.fault is not None
    assert stream.fault[0] == "corrupt"
    assert stream.fault[1].startswith(f"decoding stopped after {len(samples):,} of {FRAMES:,} frames: ")
    np.testing.assert_array_equal(samples, sound(name)[: len(samples)])


def test_one_changed_bit_of_flac_is_corrupt() -> None:
    data = bytearray(video("matroska", "flac", noise16(FRAMES), kind="s16"))
    data[len(data) // 2] ^= 1
    assert complaint(bytes(data)) == "corrupt"


def test_change_of_rate_or_channels_is_a_kind_of_its_own() -> None:
    first = made("adts")
    for other in (
        video("adts", "aac", melody(FRAMES, rate=22_050), rate=22_050),
        video("adts", "aac", melody(FRAMES, 1)),
    ):
        stream, samples = decoded(first + other)
        assert len(samples) == len(decoded(first)[1])
        assert stream.fault is not None
        assert stream.fault[0] == "changes"
        assert "it changes from 44,100 Hz, 2 channels, fltp to " in stream.fault[1]


def test_video_without_sound_is_no_audio() -> None:
    for container in ("mp4", "matroska"):
        assert complaint(video(container, None, melody(FRAMES), pictures="mpeg4")) == "no_audio"


def test_index_that_was_never_written_is_no_index() -> None:
    assert complaint(b"\0\0\0\x08ftyp\0\0\0\x01mdat\0\0\0\0\0\1\0\0" + bytes(70_000)) == "no_index"
    assert complaint(b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat" + bytes(5000)) == "no_index"


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><html>",
        b"The free encyclopedia",
        b"#EXTM3U\n#EXTINF:1,",  # lists of other files and addresses
        b"ffconcat version 1.0",
        b"",
        b"\xff\xf1",
        b"\xff\xfb\x90\x64" + bytes(12),  # MP3
        b"\xff\xfe\x00\x00" + bytes(12),  # text in UTF-16
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"OggS" + bytes(12),
        b"fLaC\0\0\0\x22" + bytes(8),
        bytes(16),
    ],
)
def test_what_is_no_video_is_not_spoken(head: bytes) -> None:
    assert not speaks(head[:16])


@pytest.mark.parametrize("box", [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"])
def test_old_quicktime_is_spoken(box: bytes) -> None:
    assert speaks(b"\0\0\1\0" + box + bytes(8))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(MADE)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=8),
    st.floats(0.01, 1),
)
def test_mutations_never_raise(name: str, changes: list[tuple[float, bytes]], kept: float) -> None:
    data = bytearray(made(name))
    for place, bytes_there in changes:
        start = int(place * len(data))
        data[start : start + len(bytes_there)] = bytes_there
    run_through(bytes(data[: int(kept * len(data))]))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(MADE)), st.integers(0, 400), st.integers(0, 7), st.booleans())
def test_flipped_bits_of_an_index_never_raise(name: str, place: int, bit: int, at_the_end: bool) -> None:
    data = bytearray(made(name))
    data[-1 - 2 * place if at_the_end else place] ^= 1 << bit
    run_through(bytes(data))


def run_through(data: bytes) -> None:
    try:
        with open_stream(Content.of(data)) as stream:
            for block in stream.blocks(4096):
                assert block.shape[1] == stream.channels
    except MediaError:
        pass


class Failing(Window):
    """A file on a disk that gives its first bytes only."""

    def __init__(self, data: bytes, good: int) -> None:
        super().__init__(-1, 0, len(data))
        self._data = data[:good]

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        piece = self._data[self._place : self._place + len(buffer)]
        if not piece:
            self.failure = MediaError("io_error", "cannot be read: Input/output error")
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


def test_disk_that_fails_is_io_error() -> None:
    data = made("mkv pcm")
    with open_stream(Content(Failing(data, len(data) // 2), len(data))) as stream:
        assert sum(map(len, stream.blocks(4096))) > 0
        assert stream.fault == ("io_error", "cannot be read: Input/output error")
    with pytest.raises(MediaError, match="Input/output error"), open_stream(Content(Failing(data, 0), len(data))):
        pass


def test_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "some.mp4"
    path.write_bytes(b"before" + made("mp4") + b"after")
    with path.open("rb") as file:
        content = Content(Window(OnDisk(file.fileno()), 6, len(made("mp4"))), len(made("mp4")))
        assert content.file.read(16) == made("mp4")[:16]
        with open_stream(content) as stream:
            assert sum(map(len, stream.blocks(4096))) >= FRAMES
        assert content.file.read() == made("mp4")[16:]


def test_long_video_takes_little_memory() -> None:
    class Counting(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            self.largest = max(self.largest, len(piece))
            return piece

    second = noise16(8000)
    data = video("mp4", "aac", np.tile(second, (600, 1)), rate=8000, bit_rate=16_000)
    file = Counting(data)
    tracemalloc.start()
    try:
        before = resident()
        with open_stream(Content(file, len(data))) as stream:
            frames = sum(map(len, stream.blocks(1 << 16)))
        assert resident() - before < 50 << 20
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert stream.fault is None
    assert 600 * 8000 <= frames < 600 * 8000 + 2048
    assert file.largest <= 1 << 16


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_nothing_is_said_on_stderr_and_ffmpeg_is_loaded_when_needed() -> None:
    program = """
import sys
from workflow_scripts.sound.decoders.ffmpeg import open_stream
from workflow_scripts.sound.decoders.ffmpeg.opening import speaks
from workflow_scripts.media.content import Content
data = sys.stdin.buffer.read()
assert speaks(data) and "av" not in sys.modules
with open_stream(Content.of(data)) as stream:
    assert list(stream.blocks(4096)) and stream.fault
"""
    data = bytearray(made("mkv flac"))
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    done = subprocess.run([sys.executable, "-c", program], input=bytes(data), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@given(st.lists(st.integers(0, 40), max_size=20), st.integers(1, 50), st.integers(1, 3))
def test_pieces_of_any_length_become_blocks_of_one(lengths: list[int], frames: int, channels: int) -> None:
    whole = np.arange(sum(lengths) * channels, dtype=np.int16).reshape(-1, channels)
    pieces = [list(part.T) for part in np.split(whole, np.cumsum(lengths)[:-1])] if lengths else []
    blocks = [block.copy() for block in in_blocks(pieces, frames, channels, np.int16)]
    assert [len(block) for block in blocks[:-1]] == [frames] * (len(blocks) - 1)
    np.testing.assert_array_equal(np.concatenate([*blocks, whole[:0]]), whole)
