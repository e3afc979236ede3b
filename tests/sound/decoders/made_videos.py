"""The bytes of videos and of what is packed like them, written by FFmpeg for tests."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np

from tests.made_files import Samples

RATE = 44_100
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def melody(frames: int, channels: int = 2, rate: int = RATE) -> Samples:
    """Tones that glide, another in each channel, as int16: what AAC and Opus give back much as it was."""
    time = np.arange(frames)[:, None] / rate
    pitch = 300 * (1 + np.arange(channels))
    return (8000 * np.sin(2 * np.pi * (pitch + 40 * time) * time)).astype(np.int16)


def video(
    container: str,
    codec: str | None,
    samples: Samples,
    rate: int = RATE,
    pictures: str | None = None,
    bit_rate: int = 128_000,
    kind: str | None = None,
    **options: str,
) -> bytes:
    """Int16 or int32 samples in a container, of a sample format if one is given; with pictures of a codec, if named."""
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as output:
        shown: Any = output.add_stream(pictures, rate=25) if pictures else None
        sound: Any = output.add_stream(codec, rate=rate) if codec else None
        if shown:
            shown.width, shown.height, shown.pix_fmt = 64, 48, "yuv420p"
        if sound:
            sound.layout = LAYOUTS[samples.shape[1]]
            sound.format = kind or sound.codec.audio_formats[0].name
            sound.bit_rate = bit_rate
            sound.codec_context.options = {"strict": "experimental"}  # Vorbis
        _write(output, shown, sound, samples, rate)
    return file.getvalue()


def _write(output: Any, shown: Any, sound: Any, samples: Samples, rate: int) -> None:
    pictures = 25 * len(samples) // rate if shown else 0
    for second in range(-(-len(samples) // rate)):
        for number in range(25 * second, min(25 * (second + 1), pictures)):
            output.mux(shown.encode(_picture(number)))
        if sound:
            for start in range(second * rate, min((second + 1) * rate, len(samples)), 1024):
                output.mux(sound.encode(_frame(samples, rate, start, min(start + 1024, (second + 1) * rate))))
    for stream in filter(None, (shown, sound)):
        output.mux(stream.encode(None))


def _picture(number: int) -> av.VideoFrame:
    picture = av.VideoFrame(64, 48, "yuv420p")
    for plane in picture.planes:
        plane.update(bytes([16 + number % 200]) * plane.buffer_size)
    picture.pts, picture.time_base = number, Fraction(1, 25)
    return picture


def _frame(samples: Samples, rate: int, start: int, end: int) -> av.AudioFrame:
    piece = np.ascontiguousarray(samples[start:end]).reshape(1, -1)
    kind = {"int16": "s16", "int32": "s32"}[samples.dtype.name]
    frame = av.AudioFrame.from_ndarray(piece, format=kind, layout=LAYOUTS[samples.shape[1]])
    frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
    return frame
