"""Decoding through FFmpeg: videos, raw AAC, and what libsndfile refuses or does not read to its end.

Videos are also what is packed like them: MP4, M4A, QuickTime, WebM, Matroska, MPEG-TS.

FFmpeg is told the container that the first bytes show and the decoders it may run; it never guesses, opens no other
file and no address. Only the first audio stream is decoded, and of MP4 only its bytes are read; pictures never are.

What FFmpeg trims is trimmed: the priming of the encoder, where an edit list or a codec delay tells it. What an encoder
appended to fill its last packet stays: AAC comes back up to 2047 frames longer than it was. Gaps between
time stamps are not filled.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.containers import flac, ogg
from workflow_scripts.sound.containers.adts import is_cut_adts
from workflow_scripts.sound.decoders import HARMLESS, NOTHING_KNOWN, Block, Fault, Known
from workflow_scripts.sound.decoders.accounts import PacketAccount
from workflow_scripts.sound.decoders.blocks import Piece, in_blocks
from workflow_scripts.sound.decoders.ffmpeg.frames import SAMPLES, layout_of, nature_of, piece_of, subtype_of
from workflow_scripts.sound.decoders.ffmpeg.opening import (
    HEAD_BYTES,
    ContainerOutline,
    Reader,
    audio_stream,
    demuxer_of,
    format_of,
    opened,
    outline_of,
)
from workflow_scripts.sound.decoders.ffmpeg.said import complaint_since, errors_logged, failures, words_of

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

SLACK_SECONDS = Fraction(1, 4)
"""Headers round, and count priming and padding: by two AAC packets or two of the longest of Opus at most."""
CLOCK = re.compile(r"([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2}(?:[.][0-9]{1,12})?)")
LOOKED_AT = ("mp3", "ogg")
"""Containers whose damage is told by who walks them: FFmpeg also complains of joints, and of pages of other streams."""
EXACT = ("flac", "nistsphere")
"""Containers that declare the very number of their samples."""


@contextmanager
def open_stream(
    content: Content, demuxer: str | None = None, known: Known = NOTHING_KNOWN, **options: str
) -> Iterator["FFmpegStream"]:
    """The first audio stream of a media, opened.

    Args:
        content: its bytes.
        demuxer: FFmpeg's name of its container, where it is known to be one that `speaks` leaves to others.
        known: what its bytes tell.
        options: of the demuxer.

    Raises:
        MediaError: it has none (no_audio), has no index (no_index), or FFmpeg cannot read it (not_audio).
    """
    import av

    av.logging.set_skip_repeated(False)
    file = Reader(content)
    head = file.at(0, HEAD_BYTES)
    outline = outline_of(file, head, demuxer or demuxer_of(head))
    with opened(file, outline, options) as (container, declares):
        account = PacketAccount(cast("BinaryIO", file), content.size, outline.demuxer)
        yield FFmpegStream(container, content, account, outline, declares, known)


class FFmpegStream:
    """The first audio stream of a media that is being decoded; see decoders.Stream.

    Attributes:
        format: MP4, MOV (QuickTime), WEBM, MATROSKA, MPEGTS, AAC, MP3, WAV, OGG, FLAC, CAF, …
        subtype: the codec as FFmpeg calls it, in capitals: AAC, OPUS, PCM_S16LE; ALAC_S32 of more than 16 bits.
        sample_rate, channels: of the first frame decoded; headers do not know of the doubled rate of HE-AAC.
        declared_frames: None also where FFmpeg could only reckon it from the bit rate, as for raw AAC, and where
            Matroska knows no more than how long its longest stream is.
        expected_frames: the same.
    """

    decoder = "ffmpeg"
    is_doubted = False

    def __init__(
        self,
        container: "InputContainer",
        content: Content,
        account: PacketAccount,
        outline: "ContainerOutline",
        declares: bool,
        known: Known,
    ) -> None:
        self.fault: Fault | None = None
        self.undecoded_bytes = known.undecoded_bytes
        self._known, self._demuxer = known, outline.demuxer
        self._container, self._account = container, account
        self._next_sample: int | None = None
        self.content, self._cut, self._got = content, outline.cut, 0
        self._failure: Exception | str | None = None
        self._complaint: str | None = None
        self._change: str | None = None
        self._stream = stream = audio_stream(container)
        self._errors_before = errors_logged()
        self._frames = self._decoded(container, stream)
        self._first = next(self._frames, None)
        self.format = known.format or format_of(container, outline)
        self._nature = self.sample_rate, self.channels, kind = nature_of(self._first or stream)
        self.subtype = subtype_of(stream.codec_context.codec.canonical_name, kind)
        self.layout = layout_of(self._first or stream)
        if self.sample_rate < 1 or self.channels < 1 or kind.removesuffix("p") not in SAMPLES:
            words = "sound of {:,} Hz, {} channels, {} samples is not read".format(*self._nature)
            raise content.failure or MediaError("not_audio", words)
        self._type = np.int16 if kind in ("s16", "s16p") else np.float32
        seconds = _declared_seconds(container, stream) if declares and not outline.is_part else None
        self.declared_frames = known.declared_frames
        if seconds is not None and seconds > 0 and known.declared_frames is None:
            self.declared_frames = round(seconds * self.sample_rate)
        self.expected_frames = self.declared_frames

    def blocks(self, frames: int) -> Iterator[Block]:
        """The sound in blocks, as decoders.Stream says; to be asked for once."""
        return in_blocks(self._pieces(), frames, self.channels, self._type)

    def _pieces(self) -> Iterator[Piece]:
        frame, self._first = self._first, None
        while frame is not None:
            if (now := nature_of(frame)) != self._nature:
                self._change = "it changes from {:,} Hz, {} channels, {} to {:,} Hz, {} channels, {}".format(
                    *self._nature, *now
                )
                break
            self._got += frame.samples
            yield piece_of(frame)
            frame = next(self._frames, None)
        if self._known.undecoded_bytes is None:
            self.undecoded_bytes = self._account.undecoded(self._container, self._stream)
        if self._complaint is not None and not self.undecoded_bytes:  # else it may be of what lies behind the sound
            self._failure = self._complaint
        self.fault = self._judged()

    def _decoded(self, container: "InputContainer", stream: "AudioStream") -> Iterator["AudioFrame"]:
        """Decoded frames; ends at the first that fails, and notes why."""
        packet = None
        try:
            for packet in container.demux(stream):
                if packet.is_corrupt:  # its end is not in the file
                    self._cut = True
                    return
                for frame in stream.decode(packet):
                    if self._demuxer == "flac" and not self._follows(frame):
                        return
                    yield frame
                self._account.take(packet)
                if self._demuxer not in LOOKED_AT and (complaint := complaint_since(self._errors_before)):
                    words = f"FFmpeg would go on after: {complaint}"
                    if self._demuxer == "flac" and packet.size:  # the next frame says which samples that cost
                        self._failure = self._failure or words
                        continue
                    self._failure, self._complaint = (words, None) if packet.size else (None, words)
                    return
        except failures() as error:
            self._failure = error
            self._cut = self._cut or is_cut_adts(b"" if packet is None else bytes(packet))

    def _follows(self, frame: "AudioFrame") -> bool:
        """Whether a frame of FLAC, each of which has its number, is the next one."""
        expected = self._next_sample
        start = expected or 0 if frame.pts is None else frame.pts  # a part of a damaged one may have no number
        self._next_sample = start + frame.samples
        if expected is None or start == expected:
            return True
        if start > expected:
            self._failure = f"the samples from {expected:,} to {start:,} are not there"
        return False  # a number that was there before is of another stream, behind this one

    def _judged(self) -> Fault | None:
        declared, got = self.declared_frames, self._got
        if self._demuxer == "flac" and (self._failure is not None or declared is None):
            self._cut = flac.ends_early(self._account.file, self.content.size, declared or 0)
        if self._demuxer == "ogg":
            self._cut = ogg.ends_early(self._account.file, self.content.size)
        if self.content.failure is not None:
            return self.content.failure.kind, str(self.content.failure)
        if isinstance(self._failure, MemoryError):
            return "too_large", "decoding it takes more memory than there is"
        if self._change is not None:
            return "changes", f"{self._change} after {got:,} frames"
        if self._known.fault is not None and self._known.fault[0] not in HARMLESS:
            return self._known.fault
        if self._failure is not None and not self._cut:
            of = "" if declared is None else f" of {declared:,}"
            why = words_of(self._failure, self._errors_before)
            return "corrupt", f"decoding stopped after {got:,}{of} frames: {why}"
        slack = 0 if self._cut or self._demuxer in EXACT else round(SLACK_SECONDS * self.sample_rate)
        if declared is not None and got + slack < declared:
            return "truncated", f"the header declares {declared:,} frames, the file holds {got:,}"
        if self._cut and (declared is None or self._failure is not None or self._demuxer == "ogg"):
            return "truncated", f"the file ends before its container does, after {got:,} frames"
        if self._demuxer in EXACT and declared is not None and got > declared:
            return "wrong_count", f"the header declares {declared:,} frames, the file holds {got:,}"
        return self._known.fault


def _declared_seconds(container: "InputContainer", stream: "AudioStream") -> Fraction | None:
    import av

    if stream.duration is not None and stream.time_base is not None:
        return stream.duration * stream.time_base
    if (tagged := _seconds(stream.metadata.get("DURATION", ""))) is not None:
        return tagged
    if container.duration is None or len(container.streams) > 1:
        return None
    return Fraction(container.duration, av.time_base)


def _seconds(clock: str) -> Fraction | None:
    """Of a Matroska tag: 00:01:02.764000000."""
    if (parts := CLOCK.fullmatch(clock)) is None:
        return None
    hours, minutes, seconds = map(Fraction, parts.groups())
    return 3600 * hours + 60 * minutes + seconds
