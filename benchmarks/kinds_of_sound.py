"""One sound file of each container and codec that is read, as libsndfile and FFmpeg write them."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
import soundfile

from tests.sound.decoders.made_videos import melody, video
from workflow_scripts.sound.containers.ogg import checksum

Samples = np.ndarray[Any, Any]
SECONDS = 2
RATE = 16_000
BY_SNDFILE = "WAV WAVEX RF64 W64 AIFF AU CAF NIST FLAC OGG MP3 VOC IRCAM SVX AVR PVF"
"""Containers that libsndfile writes and that are looked at."""
RATES = {
    "OPUS": 48_000,
    "GSM610": 8_000,
    "libopus": 48_000,
    "opus": 48_000,
    "amr_nb": 8_000,
    "libopencore_amrnb": 8_000,
    "ac3": 48_000,
}
"""Of codecs that have not RATE."""
BY_FFMPEG = (
    ("ipod", "aac alac"),
    ("mp4", "aac libopus flac libmp3lame ac3"),
    ("mov", "pcm_s16le pcm_s24le adpcm_ima_qt alac"),
    ("3gp", "aac libopencore_amrnb"),
    ("webm", "libopus vorbis"),
    ("matroska", "aac flac libmp3lame libopus pcm_s16le vorbis wavpack tta"),
    ("mpegts", "aac mp2 libmp3lame ac3"),
    ("adts", "aac"),
    ("caf", "alac aac libopus adpcm_ima_qt"),
    ("ogg", "flac"),
    ("wav", "libmp3lame adpcm_ima_wav adpcm_ms"),
)
"""FFmpeg's names of containers, and of encoders of what may be in them."""


@dataclass(frozen=True)
class Kind:
    """A container and a codec in it.

    Attributes:
        called: what the container is called, where that is not what the check calls it.
        data: a file of it.
        samples: how many went in, a channel.
    """

    called: str | None
    data: bytes
    samples: int


def kinds() -> Iterator[Kind]:
    """All that are made here; an encoder that is not there is left out."""
    for container in BY_SNDFILE.split():
        for subtype in sorted(soundfile.available_subtypes(container)):
            yield from _if_it_is_written(_of_sndfile, container, subtype)
    for container, codecs in BY_FFMPEG:
        for codec in codecs.split():
            yield from _if_it_is_written(_of_ffmpeg, container, codec)
    yield Kind("FLAC of 32 bits", video("flac", "flac", _wide(), RATE, kind="s32"), SECONDS * RATE)
    yield Kind("MP4 in fragments", _fragments(), SECONDS * RATE)
    yield Kind("OGG, chained", _one("OGG", "VORBIS", 1) + _one("OGG", "VORBIS", 2), 2 * SECONDS * RATE)
    yield Kind("OPUS, its rate not said", _without_its_rate(_one("OGG", "OPUS", 3)), SECONDS * RATES["OPUS"])
    yield Kind("MP3s, joined", _one("MP3", "MPEG_LAYER_III", 1) + _one("MP3", "MPEG_LAYER_III", 2), 2 * SECONDS * RATE)
    tag = b"ID3\4\0\0\0\0\x0f\x68" + bytes([7]) * 2024
    for container in ("WAV", "AIFF"):
        yield Kind(None, tag + _one(container, "PCM_16", 4), SECONDS * RATE)


def _if_it_is_written(write: Callable[[str, str], Kind], container: str, codec: str) -> Iterator[Kind]:
    try:
        yield write(container, codec)
    except (soundfile.LibsndfileError, av.error.FFmpegError, av.codec.codec.UnknownCodecError):
        return


def _of_sndfile(container: str, subtype: str) -> Kind:
    return Kind(None, _one(container, subtype, 0), SECONDS * RATES.get(subtype, RATE))


def _of_ffmpeg(container: str, codec: str) -> Kind:
    rate = RATES.get(codec, RATE)
    samples = tones(rate)
    if codec == "vorbis":  # FFmpeg's own encoder knows two channels alone
        samples = np.repeat(samples, 2, axis=1)
    kind = "s16p" if codec == "alac" else None
    return Kind(
        None,
        video(container, codec, samples, rate, kind=kind, bit_rate=12_200 if "amr" in codec else 96_000),
        len(samples),
    )


def tones(rate: int, seed: int = 0) -> Samples:
    """Tones that glide in noise, (frames, 1), int16: no stretch is like another."""
    noise = np.random.default_rng(seed).normal(0, 300, (SECONDS * rate, 1))
    return (melody(SECONDS * rate, 1, rate) + noise).astype(np.int16)


def _one(container: str, subtype: str, seed: int) -> bytes:
    rate = RATES.get(subtype, RATE)
    file = io.BytesIO()
    soundfile.write(file, tones(rate, seed), rate, format=container, subtype=subtype)
    return file.getvalue()


def _wide() -> Samples:
    return tones(RATE).astype(np.int32) << 16 | 0x5A5A


def _fragments() -> bytes:
    return video("mp4", "aac", tones(RATE), RATE, movflags="frag_keyframe+empty_moov", frag_duration="200000")


def _without_its_rate(opus: bytes) -> bytes:
    """The same with 0 as the rate that it was made of."""
    first = bytearray(opus[: opus.index(b"OggS", 4)])
    first[40:44], first[22:26] = bytes(4), bytes(4)
    first[22:26] = checksum(bytes(first)).to_bytes(4, "little")
    return bytes(first) + opus[len(first) :]
