"""What FFmpeg decoded: frames, and the channels of each."""

from typing import TYPE_CHECKING, Any

import numpy as np

from workflow_scripts.sound.decoders import Block
from workflow_scripts.sound.decoders.blocks import Piece
from workflow_scripts.sound.decoders.ffmpeg.opening import CHECKED_DECODERS

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream

SAMPLES: dict[str, tuple[str, int, float]] = {
    "u8": ("u1", 128, 2**-7),
    "s16": ("i2", 0, 1),
    "s32": ("i4", 0, 2**-31),
    "s64": ("i8", 0, 2**-63),
    "flt": ("f4", 0, 1),
    "dbl": ("f8", 0, 1),
}
"""FFmpeg's sample formats: their type, what silence is, and what makes their full scale 1 (int16 stays what it is)."""
OF_ANY_BITS = ("alac", "als", *CHECKED_DECODERS)
"""Codecs without loss whose names do not tell how many bits a sample has."""


def nature_of(sound: "AudioFrame | AudioStream") -> tuple[int, int, str]:
    """Rate, channels, and FFmpeg's name of the sample format."""
    kind = sound.format.name if sound.format is not None else "unknown"
    return sound.sample_rate, sound.layout.nb_channels, kind


def subtype_of(codec: str, kind: str) -> str:
    """A codec, and what its samples are where it may be anything and it is more than 16 bits.

    >>> subtype_of("alac", "s32p"), subtype_of("alac", "s16p"), subtype_of("aac", "fltp")
    ('ALAC_S32', 'ALAC', 'AAC')
    """
    samples = kind.removesuffix("p")
    return (f"{codec}_{samples}" if codec in OF_ANY_BITS and samples not in ("u8", "s16") else codec).upper()


def layout_of(sound: "AudioFrame | AudioStream") -> str | None:
    """FFmpeg's name of the channels, where it knows what each of them is."""
    names = [channel.name for channel in sound.layout.channels]
    return None if "NONE" in names or "UNK" in names else str(sound.layout.name)


def piece_of(frame: "AudioFrame") -> Piece:
    """The channels of a frame, int16 or float32."""
    kind, silence, scale = SAMPLES[frame.format.packed.name]
    channels, count = frame.layout.nb_channels, frame.samples
    if frame.format.is_planar:
        planes = [_plane(frame, channel, kind, count) for channel in range(channels)]
    else:
        planes = list(_plane(frame, 0, kind, count * channels).reshape(count, channels).T)
    return planes if scale == 1 else [_scaled(plane, silence, scale) for plane in planes]


def _plane(frame: "AudioFrame", index: int, kind: str, count: int) -> np.ndarray[Any, Any]:
    """What FFmpeg decoded, uncopied. Not by frame.planes: with eight planes it takes what lies behind for a ninth."""
    from av.audio.plane import AudioPlane

    plane: Any = AudioPlane(frame, index)
    return np.frombuffer(plane, kind, count)


def _scaled(plane: np.ndarray[Any, Any], silence: int, scale: float) -> Block:
    samples = plane.astype(np.float32)
    samples -= np.float32(silence)
    samples *= np.float32(scale)
    return samples
