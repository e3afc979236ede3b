"""One media, opened and decoded once."""

import io
import os
import stat
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile

from workflow_scripts.audio.containers import Extent, ogg_ends_early, sound_extent, with_size_filled_in

BLOCK_FRAMES = 1 << 18
MAX_FILE_BYTES = 4 << 30
MAX_SAMPLES = 1 << 29
"""Frames times channels that are decoded at most: two gigabytes as float32, 3.2 hours of stereo at 22.05 kHz."""
LARGEST_LENGTH = 1 << 60
MP3_SLACK_FRAMES = 2 * 1152
"""An MP3 without a Xing header declares a length that is only reckoned from its size."""


class MediaError(Exception):
    """A media that cannot be read; becomes its row's error_kind and error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass
class Decoded:
    """What decoding gave.

    Attributes:
        samples: (frames, channels), int16 where the file holds 16-bit integers, else float32 with full scale 1.
        sample_rate: samples a second.
        format, subtype: as libsndfile names container and encoding.
        declared_frames: what the header says, None where it leaves the length open.
        fault: kind and words of what went wrong on the way, None where it decoded to its end.
    """

    samples: np.ndarray[Any, Any]
    sample_rate: int
    format: str
    subtype: str
    declared_frames: int | None
    fault: tuple[str, str] | None


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file.

    Raises:
        MediaError: it is gone, is no regular file (a pipe would block for ever), or is too large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        kind = "vanished" if isinstance(error, FileNotFoundError) else "not_openable"
        raise MediaError(kind, f"cannot be opened: {error.strerror}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise MediaError("not_a_file", "no regular file")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > MAX_FILE_BYTES:
            raise MediaError("too_large", f"{status.st_size:,} bytes; at most {MAX_FILE_BYTES:,} are read")
        try:
            return file.read()
        except OSError as error:
            raise MediaError("io_error", f"cannot be read: {error.strerror}") from None


def decode(data: bytes) -> Decoded:
    """Decode the bytes of a media, block by block, up to where they hold.

    Raises:
        MediaError: nothing of it can be decoded.
    """
    if not data:
        raise MediaError("empty", "the file has no bytes")
    extent = sound_extent(data)
    if extent is not None and extent.size is None and data[:3] == b"RIF":
        data = with_size_filled_in(data, extent)
    try:
        file = soundfile.SoundFile(io.BytesIO(data))
    except soundfile.LibsndfileError as error:
        raise MediaError("not_audio", f"libsndfile cannot read it: {_words(error)}") from None
    with file:
        declared = _declared_frames(file, extent)
        if file.frames > LARGEST_LENGTH:
            file.seekable = lambda: False  # soundfile would seek after each block, and fail
        blocks, failure = _read_blocks(file)
        samples = np.concatenate(blocks) if blocks else np.empty((0, file.channels), np.float32)
        fault = _fault(file, len(samples), declared, failure) or _cut(data, extent)
        return Decoded(samples, file.samplerate, file.format, file.subtype, declared, fault)


def _declared_frames(file: soundfile.SoundFile, extent: Extent | None) -> int | None:
    if extent is not None and (extent.frames is not None or extent.size is None):
        return extent.frames
    # libsndfile gives its largest number for a FLAC that was written to a pipe and does not know its length
    return None if file.frames > LARGEST_LENGTH else file.frames


def _read_blocks(file: soundfile.SoundFile) -> tuple[list[np.ndarray[Any, Any]], str | None]:
    """Blocks of BLOCK_FRAMES, never what a header merely declares, and the decoder's complaint if it has one."""
    dtype = "int16" if file.subtype == "PCM_16" else "float32"
    blocks: list[np.ndarray[Any, Any]] = []
    frames = 0
    while True:
        try:
            block = file.read(BLOCK_FRAMES, dtype=dtype, always_2d=True)
        except soundfile.LibsndfileError as error:
            return blocks, _words(error)
        if not len(block):
            return blocks, None
        frames += len(block)
        if frames * file.channels > MAX_SAMPLES:
            raise MediaError("too_large", f"more than {MAX_SAMPLES:,} samples; cut it into shorter files")
        blocks.append(block)


def _fault(file: soundfile.SoundFile, got: int, declared: int | None, failure: str | None) -> tuple[str, str] | None:
    if failure is not None:
        of = "" if declared is None else f" of {declared:,}"
        return "corrupt", f"decoding stopped after {got:,}{of} frames: {failure}"
    slack = MP3_SLACK_FRAMES if file.format in ("MP3", "MPEG") else 0
    if declared is not None and got + slack < declared:
        return "truncated", f"the header declares {declared:,} frames, the file holds {got:,}"
    return None


def _cut(data: bytes, extent: Extent | None) -> tuple[str, str] | None:
    """What only the bytes tell, where the decoder took a cut file for a shorter one. A padding byte may be missing."""
    if extent is not None and extent.size is not None and extent.start + extent.size > len(data) + 1:
        held = max(0, len(data) - extent.start)
        return "truncated", f"the header declares {extent.size:,} bytes of sound, the file holds {held:,}"
    if ogg_ends_early(data):
        return "truncated", "the Ogg stream has no last page"
    return None


def _words(error: soundfile.LibsndfileError) -> str:
    return str(error).removeprefix(error.prefix).strip() or f"libsndfile error {error.code}"
