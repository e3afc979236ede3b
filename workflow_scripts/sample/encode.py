"""Samples to the bytes of a file, the same bytes every time, and the ways a file goes bad."""

import io
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import PurePath
from typing import Literal

import av
import numpy as np
import soundfile

from workflow_scripts.sample.sounds import Samples

FORMATS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG", ".mp3": "MP3"}
Codec = Literal["aac", "libopus"]
PACKED_LIKE_VIDEO: dict[str, tuple[str, Codec]] = {".m4a": ("ipod", "aac"), ".webm": ("webm", "libopus")}
"""What libsndfile does not write, with FFmpeg's names of the container and of the codec in it."""
PACKED_BIT_RATE = 64_000
OGG_SERIAL = 0x534C4447
WAV_HEADER_BYTES = 44
HTML_PAGE = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>This sound is not available.</body></html>\n"


def encode(samples: Samples, rate: int, name: str, subtype: str | None = None) -> bytes:
    """The file `name` should hold: its suffix says the format, `subtype` the coding within it (None: the usual one).

    `samples` has the shape (frames, channels), `rate` is in Hz.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in PACKED_LIKE_VIDEO:
        return _packed_like_video(samples, rate, *PACKED_LIKE_VIDEO[suffix])
    file_format = FORMATS[suffix]
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=file_format, subtype=subtype)
    encoded = buffer.getvalue()
    if file_format == "OGG":
        return _with_fixed_serial(encoded)
    if subtype == "FLOAT":
        return _with_fixed_peak_time(encoded)
    return encoded


def reencoded(audio: bytes, name: str) -> bytes:
    """The very samples of a file, of 16 bits, as the file `name` should hold them; to one that loses none."""
    samples, rate = soundfile.read(io.BytesIO(audio), dtype="int16", always_2d=True)
    return encode(samples, rate, name)


def _packed_like_video(samples: Samples, rate: int, container: str, codec: Codec) -> bytes:
    """What FFmpeg makes of samples, told to write neither its version nor random numbers by which to know the file."""
    buffer = io.BytesIO()
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    packed = np.ascontiguousarray(samples, dtype=np.float32).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    with av.open(buffer, "w", format=container, options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream(codec, rate=rate, options={"flags": "+bitexact"})
        stream.layout, stream.bit_rate = layout, PACKED_BIT_RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def _with_fixed_peak_time(wav: bytes) -> bytes:
    """Put zero for the time of writing, which libsndfile notes in the PEAK chunk of a float WAV.

    The chunk reads: the name "PEAK", its size, a version, the time; four bytes each.
    """
    time_at = wav.index(b"PEAK") + 12
    return wav[:time_at] + bytes(4) + wav[time_at + 4 :]


def _with_fixed_serial(ogg: bytes) -> bytes:
    """Put `OGG_SERIAL` for the random number by which each page of an Ogg file names its stream.

    A page reads: "OggS" at 0, the serial number at 14, a checksum of the page at 22, the count of its segments at 26,
    one byte of length for each segment from 27, then the segments. The checksum covers the whole page, counting itself
    as zero, so it is computed anew.
    """
    pages = bytearray(ogg)
    start = 0
    while start < len(pages):
        body = start + 27 + pages[start + 26]
        end = body + sum(pages[start + 27 : body])
        pages[start + 14 : start + 18] = struct.pack("<I", OGG_SERIAL)
        pages[start + 22 : start + 26] = bytes(4)
        pages[start + 22 : start + 26] = struct.pack("<I", _ogg_checksum(pages[start:end]))
        start = end
    return bytes(pages)


def _ogg_checksum(page: bytes | bytearray) -> int:
    """Ogg's CRC-32: polynomial 0x04C11DB7, highest bit first, starting at zero, not inverted (so not zlib's)."""
    checksum = 0
    for byte in page:
        checksum = (checksum << 8 & 0xFFFFFFFF) ^ _CHECKSUM_OF_BYTE[checksum >> 24 ^ byte]
    return checksum


def _checksum_of_byte(byte: int) -> int:
    """The checksum of a single byte, bit by bit."""
    checksum = byte << 24
    for _ in range(8):
        checksum = checksum << 1 ^ (0x04C11DB7 if checksum & 0x80000000 else 0)
    return checksum & 0xFFFFFFFF


_CHECKSUM_OF_BYTE = [_checksum_of_byte(byte) for byte in range(256)]


def with_one_nan(samples: Samples) -> Samples:
    """The same samples, except that the middle frame is not a number."""
    spoilt = samples.copy()
    spoilt[len(spoilt) // 2] = np.nan
    return spoilt


def _with_zeros_inside(whole: bytes) -> bytes:
    """The same bytes, except that a tenth of them, from the middle on, are zero."""
    middle, length = len(whole) // 2, len(whole) // 10
    return whole[:middle] + bytes(length) + whole[middle + length :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "": lambda whole: whole,
    "no_bytes": lambda whole: b"",
    "html_page": lambda whole: HTML_PAGE,
    "cut_in_half": lambda whole: whole[: len(whole) // 2],
    "zeros_inside": _with_zeros_inside,
    "header_only": lambda whole: whole[:WAV_HEADER_BYTES],
}
"""What may happen to a file between its maker and us, by name; the empty name leaves it whole."""
