"""One media, decoded once: which decoder takes it, and what none of them may be asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound import choice
from workflow_scripts.sound.decoders import Stream
from workflow_scripts.sound.limits import MAX_SAMPLE_RATE, MAX_SAMPLES, MAX_SAMPLES_A_SECOND, MIN_SAMPLE_RATE

BLOCK_SECONDS = 16
BLOCK_SAMPLES = 1 << 21
"""Samples of a block at most, if a second does not take more: 8 MB as float32. A clip is one block."""


@contextmanager
def open_stream(content: Content) -> Iterator[Stream]:
    """The decoder of a media, by what its first bytes are and not by what it is called.

    Raises:
        MediaError: nothing of it can be decoded.
    """
    if not content.size:
        raise MediaError("empty", "the file has no bytes")
    with choice.first(content) as stream:
        yield stream


@contextmanager
def open_second(content: Content) -> Iterator[Stream]:
    """FFmpeg, of a media that libsndfile was asked for in vain or gave a doubtful answer; see Stream.is_doubted.

    Raises:
        MediaError: it does not know it.
    """
    with choice.second(content) as stream:
        yield stream


def refuse_absurd(stream: Stream) -> None:
    """Before anything is allocated for it.

    Raises:
        MediaError: it declares a rate that no sound has, or more samples than are decoded.
    """
    rate, channels, expected = stream.sample_rate, stream.channels, stream.expected_frames
    if not MIN_SAMPLE_RATE <= rate <= MAX_SAMPLE_RATE:
        raise MediaError(
            "absurd_rate",
            f"it declares {rate:,} samples a second; sound has {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE:,}",
        )
    if rate * channels > MAX_SAMPLES_A_SECOND:
        raise MediaError(
            "too_large",
            f"it declares {channels:,} channels of {rate:,} samples a second; "
            f"at most {MAX_SAMPLES_A_SECOND:,} samples a second are decoded",
        )
    if expected is not None and expected * channels > MAX_SAMPLES:
        raise too_many_samples(f"{expected:,} frames of {channels} channels")


def too_many_samples(words: str) -> MediaError:
    """The fault of a media that holds more than is decoded."""
    return MediaError("too_large", f"{words}; at most {MAX_SAMPLES:,} samples are decoded. Cut it into shorter files")


def block_frames(stream: Stream) -> int:
    """Frames of the blocks that a stream is decoded in: whole seconds, so that measures fall on their edges."""
    a_second = stream.sample_rate * stream.channels
    return stream.sample_rate * max(1, min(BLOCK_SECONDS, BLOCK_SAMPLES // a_second))
