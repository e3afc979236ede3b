"""Which kinds of files are looked at: those that a decoder reads, and no other."""

from collections.abc import Callable

import pytest

from tests.made_files import encoded, noise16
from tests.sound.decoders.made_videos import melody, video
from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.media.walk import AUDIO_SUFFIXES, UNREAD_SUFFIXES
from workflow_scripts.sound.decode import block_frames, open_stream

RATE = 48_000
SILENT_LAYER_1 = b"\xff\xff\x18\xc0" + bytes(44)
"""A frame of 384 samples, MPEG-1 Layer I at 32 kbit/s and 32 kHz: no bits are allocated to any band."""


def _by_libsndfile(container: str, subtype: str = "PCM_16") -> Callable[[], bytes]:
    return lambda: encoded(noise16(RATE), 16_000, container, subtype)


def _by_ffmpeg(container: str, codec: str, pictures: str | None = None) -> Callable[[], bytes]:
    return lambda: video(container, codec, melody(RATE, rate=RATE), RATE, pictures)


MADE: dict[str, Callable[[], bytes]] = {
    "wav wave bwf x-wav": _by_libsndfile("WAV"),
    "rf64": _by_libsndfile("RF64"),
    "w64": _by_libsndfile("W64"),
    "flac x-flac": _by_libsndfile("FLAC"),
    "ogg oga": _by_libsndfile("OGG", "VORBIS"),
    "opus": _by_libsndfile("OGG", "OPUS"),
    "aif aiff aifc x-aiff": _by_libsndfile("AIFF"),
    "au snd": _by_libsndfile("AU"),
    "caf": _by_libsndfile("CAF"),
    "sph nist": _by_libsndfile("NIST"),
    "voc": _by_libsndfile("VOC"),
    "ircam": _by_libsndfile("IRCAM"),
    "8svx svx": _by_libsndfile("SVX"),
    "avr": _by_libsndfile("AVR"),
    "pvf": _by_libsndfile("PVF"),
    "mp1": lambda: SILENT_LAYER_1 * 300,
    "mp2 mpa mpga m2a": _by_ffmpeg("mp2", "mp2"),
    "mp3": _by_libsndfile("MP3", "MPEG_LAYER_III"),
    "aac adts": _by_ffmpeg("adts", "aac"),
    "mp4 m4v": _by_ffmpeg("mp4", "aac", "mpeg4"),
    "m4a m4b m4r f4a x-m4a": _by_ffmpeg("ipod", "aac"),
    "mov qt": _by_ffmpeg("mov", "pcm_s16le"),
    "3gp 3gpp": _by_ffmpeg("3gp", "aac"),
    "3g2 3gp2": _by_ffmpeg("3g2", "aac"),
    "f4v": _by_ffmpeg("f4v", "aac"),
    "webm weba": _by_ffmpeg("webm", "libopus"),
    "mkv mka": _by_ffmpeg("matroska", "mp2"),
}
RARE = {
    "ts": _by_ffmpeg("mpegts", "aac"),
    "m2ts": _by_ffmpeg("mpegts", "mp2"),
}
"""Decoded under other names: downloaders leave MPEG-TS as .mp4. But .ts is a program's text as often."""
UNREAD = {
    "wv": _by_ffmpeg("wv", "wavpack"),
    "wma asf": _by_ffmpeg("asf", "wmav2"),
    "ac3": _by_ffmpeg("ac3", "ac3"),
    "eac3": _by_ffmpeg("eac3", "eac3"),
    "tta": _by_ffmpeg("tta", "tta"),
    "avi": _by_ffmpeg("avi", "mp2", "mpeg4"),
    "flv": _by_ffmpeg("flv", "aac"),
    "mpg mpeg": _by_ffmpeg("mpeg", "mp2", "mpeg1video"),
    "vob": _by_ffmpeg("vob", "ac3", "mpeg2video"),
    "wtv": _by_ffmpeg("wtv", "mp2", "mpeg2video"),
    "latm": _by_ffmpeg("latm", "aac"),
    "sbc": _by_ffmpeg("sbc", "sbc"),
}


def _suffixes(made: dict[str, Callable[[], bytes]]) -> set[str]:
    return {f".{suffix}" for suffixes in made for suffix in suffixes.split()}


def test_every_suffix_that_is_looked_at_is_of_a_kind_that_is_tried_here() -> None:
    assert _suffixes(MADE) == AUDIO_SUFFIXES


@pytest.mark.parametrize("suffixes", MADE)
def test_what_is_looked_at_is_decoded(suffixes: str) -> None:
    with open_stream(Content.of(MADE[suffixes]())) as stream:
        seconds = sum(len(block) for block in stream.blocks(block_frames(stream))) / stream.sample_rate
    assert stream.fault is None
    expected = {"mp1": 3.6, "opus": RATE / 16_000}
    assert seconds == pytest.approx(expected.get(suffixes, RATE / stream.sample_rate), abs=0.1)


@pytest.mark.parametrize("suffixes", RARE)
def test_what_is_decoded_under_other_names_alone(suffixes: str) -> None:
    assert _suffixes({suffixes: bytes}) <= UNREAD_SUFFIXES
    with open_stream(Content.of(RARE[suffixes]())) as stream:
        seconds = sum(len(block) for block in stream.blocks(block_frames(stream))) / stream.sample_rate
    assert (stream.fault, stream.format) == (None, "MPEGTS")
    assert seconds == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("suffixes", UNREAD)
def test_what_is_not_looked_at_would_not_be_decoded(suffixes: str) -> None:
    assert _suffixes({suffixes: bytes}) <= UNREAD_SUFFIXES
    with pytest.raises(MediaError) as caught, open_stream(Content.of(UNREAD[suffixes]())):
        pass
    assert caught.value.kind == "not_audio"
