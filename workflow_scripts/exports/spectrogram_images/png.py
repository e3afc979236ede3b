"""Grey images as PNG files with a text in them, written and read by FFmpeg.

Source: Portable Network Graphics (PNG) Specification, third edition, W3C 2025: 5.3 (chunks), 11.3.3 (texts).
"""

import io
import json
import struct
import zlib
from fractions import Fraction
from typing import Any

import av
import numpy as np

from workflow_scripts.sound.mel import Array

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD_BYTES = len(SIGNATURE) + 25
"""With the first chunk, which tells width and height."""
KEYWORD = b"spectrogram"


def png(pixels: Array, told: dict[str, Any]) -> bytes:
    """A file of pixels (height, width) uint8, with what is told of them as JSON."""
    encoder: Any = av.CodecContext.create("png", "w")
    encoder.height, encoder.width = pixels.shape
    encoder.pix_fmt, encoder.time_base = "gray", Fraction(1, 1)
    encoder.options = {"pred": "mixed", "compression_level": "9"}
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="gray")
    image = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    text = _chunk(b"tEXt", KEYWORD + b"\0" + json.dumps(told, sort_keys=True).encode("ascii"))
    return image[:HEAD_BYTES] + text + image[HEAD_BYTES:]


def pixels_of(content: bytes) -> Array:
    """The pixels (height, width) of a PNG file, as grey."""
    with av.open(io.BytesIO(content), "r", format="png_pipe") as file:
        pixels: Array = next(file.decode(video=0)).to_ndarray(format="gray")
    return pixels


def told_of(content: bytes) -> dict[str, Any]:
    """What is told of the pixels.

    Raises:
        ValueError: nothing is: it is another's PNG, or none.
    """
    place = len(SIGNATURE)
    while content.startswith(SIGNATURE) and place + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + length]
        if kind == b"tEXt" and body.startswith(KEYWORD + b"\0"):
            told: dict[str, Any] = json.loads(body[len(KEYWORD) + 1 :])
            return told
        place += 12 + length
    raise ValueError("not a PNG with the parameters of a spectrogram in it")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
