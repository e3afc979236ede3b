"""Decoding through FFmpeg: videos, raw AAC, and what libsndfile refuses or does not read to its end.

Videos are also what is packed like them: MP4, M4A, QuickTime, WebM, Matroska, MPEG-TS.

FFmpeg is told the container that the first bytes show and the decoders it may run; it never guesses, opens no other
file and no address. Only the first audio stream is decoded, and of MP4 only its bytes are read; pictures never are.

What FFmpeg trims is trimmed: the priming of the encoder, where an edit list or a codec delay tells it. What an encoder
appended to fill its last packet stays: AAC comes back up to 2047 frames longer than it was. Gaps between
time stamps are not filled.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.containers import flac, matroska, ogg
from workflow_scripts.sound.containers.adts import is_adts, is_cut_adts
from workflow_scripts.sound.containers.mp4 import begins_mp4, outermost_boxes
from workflow_scripts.sound.decoders import HARMLESS, NOTHING_KNOWN, Block, Fault, Known
from workflow_scripts.sound.decoders.accounts import PacketAccount
from workflow_scripts.sound.decoders.blocks import Piece, in_blocks

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

HEAD_BYTES = 3 * 188 + 1
TS_PACKET, TS_SYNC = 188, 0x47
"""Of MPEG-TS: each packet begins with the sync."""
READ_BYTES = 1 << 16
"""What FFmpeg asks for at once; between the sound of an MP4 lie pictures, which a longer read would read too."""
SLACK_SECONDS = Fraction(1, 4)
"""Headers round, and count priming and padding: by two AAC packets or two of the longest of Opus at most."""
CLOCK = re.compile(r"([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2}(?:[.][0-9]{1,12})?)")
OF_SNDFILE = {
    b"RIFF": "wav", b"RIFX": "wav", b"RF64": "wav", b"BW64": "wav", b"riff": "w64", b"FORM": "aiff", b".snd": "au",
    b"caff": "caf", b"fLaC": "flac", b"OggS": "ogg", b"NIST": "nistsphere",
}  # fmt: skip
"""FFmpeg's names of containers that libsndfile is asked for first, by their first four bytes."""
NAMES = {"nistsphere": "NIST"}
LOOKED_AT = ("mp3", "ogg")
"""Containers whose damage is told by who walks them: FFmpeg also complains of joints, and of pages of other streams."""
EXACT = ("flac", "nistsphere")
"""Containers that declare the very number of their samples."""
DECODERS = (
    "aac,aac_latm,ac3,adpcm_g726,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,alac,als,amrnb,amrwb,dca,eac3,flac,gsm,gsm_ms,mace3,mace6,"
    "mlp,mp1,mp1float,mp2,mp2float,mp3float,opus,pcm_alaw,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,"
    "pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,pcm_s8,pcm_u8,qcelp,qdm2,qdmc,speex,truehd,tta,vorbis,wavpack"
)
CHECKED_DECODERS = ("flac", "mlp", "truehd", "tta", "wavpack")
"""Their frames carry checksums, which FFmpeg looks at only when it is told to."""
OF_ANY_BITS = ("alac", "als", *CHECKED_DECODERS)
"""Codecs without loss whose names do not tell how many bits a sample has."""
OPTIONS = {
    "codec_whitelist": DECODERS,
    "protocol_whitelist": "none",
    "enable_drefs": "0",
    "fflags": "-genpts",  # it would hold packets back, all of them if need be, until one has a time stamp
    "fpsprobesize": "0",
}
SAMPLES: dict[str, tuple[str, int, float]] = {
    "u8": ("u1", 128, 2**-7),
    "s16": ("i2", 0, 1),
    "s32": ("i4", 0, 2**-31),
    "s64": ("i8", 0, 2**-63),
    "flt": ("f4", 0, 1),
    "dbl": ("f8", 0, 1),
}
"""FFmpeg's sample formats: their type, what silence is, and what makes their full scale 1 (int16 stays what it is)."""


def speaks(head: bytes) -> bool:
    """Whether the first 16 bytes or more are of a container that nobody else decodes; of MPEG-TS, HEAD_BYTES."""
    return _demuxer(head) is not None


def second(head: bytes) -> str | None:
    """FFmpeg's name of a container that libsndfile is asked for first, None of one that FFmpeg does not know."""
    return OF_SNDFILE.get(head[:4])


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
    file = _Reader(content)
    try:
        head = file.at(0, HEAD_BYTES)
        outline = _outline(file, head, demuxer or _demuxer(head))
        with _opened(file, outline, options) as (container, declares):
            account = PacketAccount(cast("BinaryIO", file), content.size, outline.demuxer)
            yield FFmpegStream(container, content, account, outline, declares, known)
    finally:
        file.release()


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
        outline: "_Outline",
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
        self._stream = stream = _audio_stream(container)
        self._errors_before = _errors_logged()
        self._frames = self._decoded(container, stream)
        self._first = next(self._frames, None)
        self.format = known.format or _format(container, outline)
        self._nature = self.sample_rate, self.channels, kind = _nature(self._first or stream)
        self.subtype = _subtype(stream.codec_context.codec.canonical_name, kind)
        self.layout = _layout(self._first or stream)
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
            if (now := _nature(frame)) != self._nature:
                self._change = "it changes from {:,} Hz, {} channels, {} to {:,} Hz, {} channels, {}".format(
                    *self._nature, *now
                )
                break
            self._got += frame.samples
            yield _piece(frame)
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
                if self._demuxer not in LOOKED_AT and (complaint := _complaint(self._errors_before)):
                    words = f"FFmpeg would go on after: {complaint}"
                    if self._demuxer == "flac" and packet.size:  # the next frame says which samples that cost
                        self._failure = self._failure or words
                        continue
                    self._failure, self._complaint = (words, None) if packet.size else (None, words)
                    return
        except _failures() as error:
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
            return "corrupt", f"decoding stopped after {got:,}{of} frames: {_words(self._failure, self._errors_before)}"
        slack = 0 if self._cut or self._demuxer in EXACT else round(SLACK_SECONDS * self.sample_rate)
        if declared is not None and got + slack < declared:
            return "truncated", f"the header declares {declared:,} frames, the file holds {got:,}"
        if self._cut and (declared is None or self._failure is not None or self._demuxer == "ogg"):
            return "truncated", f"the file ends before its container does, after {got:,} frames"
        if self._demuxer in EXACT and declared is not None and got > declared:
            return "wrong_count", f"the header declares {declared:,} frames, the file holds {got:,}"
        return self._known.fault


class _Reader:
    """The file of a content as FFmpeg reads it: below its buffer, which would read a video whole; left as it was."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._file: BinaryIO | io.RawIOBase = content.file
        if isinstance(content.file, io.BufferedReader):
            self._file = content.file.raw
        self._place_before = self._file.tell()

    def read(self, size: int) -> bytes:
        """Bytes, none at the end."""
        return self._file.read(size) or b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; -1, which FFmpeg takes for an error, where there is none."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self.content.size}[whence]
        return -1 if start + offset < 0 else self._file.seek(start + offset)

    def tell(self) -> int:
        """The place."""
        return self._file.tell()

    def at(self, place: int, size: int) -> bytes:
        """Bytes from a place on."""
        self.seek(place)
        return self.read(size)

    def release(self) -> None:
        """Leave the file where it was."""
        self._file.seek(self._place_before)


@dataclass(frozen=True)
class _Outline:
    """What a container tells without FFmpeg.

    Attributes:
        head: its first bytes.
        demuxer: FFmpeg's name of it.
        boxes: the names of the outermost boxes of an MP4.
        cut: whether it says that it is longer than the file.
    """

    head: bytes
    demuxer: str | None
    boxes: frozenset[bytes]
    cut: bool

    @property
    def is_part(self) -> bool:
        """Whether FFmpeg adds up fragments to a length without all of them being there."""
        return self.cut and b"moof" in self.boxes


def _outline(file: _Reader, head: bytes, demuxer: str | None) -> _Outline:
    boxes: list[tuple[bytes, int, int]] = []
    end = 0
    if demuxer == "mov":
        boxes = list(outermost_boxes(file.at))
        end = max((end for *_, end in boxes), default=0)
    elif demuxer == "matroska":
        end = matroska.segment_end(head)
    file.seek(0)
    return _Outline(head, demuxer, frozenset(name for name, *_ in boxes), end > file.content.size)


@contextmanager
def _opened(file: _Reader, outline: _Outline, options: dict[str, str]) -> Iterator[tuple["InputContainer", bool]]:
    """The container, and whether FFmpeg knows its length rather than reckons it from the bit rate."""
    import av

    errors_before = _errors_logged()
    try:
        with _log() as log:
            container = av.open(
                file,
                "r",
                format=outline.demuxer,
                container_options=OPTIONS | options,
                metadata_errors="replace",
                buffer_size=READ_BYTES,
                io_open=_refuse,
            )
    except _failures() as error:
        raise _not_opened(file, outline, f"FFmpeg cannot read it: {_words(error, errors_before)}") from None
    with container:
        if not container.streams.audio:
            raise _not_opened(file, outline, None)
        yield container, not any("Estimating duration" in message for _, _, message in log)


@contextmanager
def _log() -> Iterator[list[tuple[int, str, str]]]:
    """What FFmpeg says from its warnings on; afterwards only its last error is kept. Nothing is shown."""
    import av

    av.logging.set_level(av.logging.WARNING)
    try:
        with av.logging.Capture() as log:
            yield log
    finally:
        av.logging.set_level(av.logging.PANIC)


def _refuse(url: str, flags: int, options: dict[str, str]) -> None:
    raise PermissionError(f"it refers to another file: {url}")


def _not_opened(file: _Reader, outline: _Outline, complaint: str | None) -> MediaError:
    """Why there is no stream, whatever FFmpeg makes of it; without a complaint it has read all and found none."""
    if file.content.failure is not None:
        return file.content.failure
    if outline.cut or (complaint and outline.demuxer == "mov" and b"moov" not in outline.boxes):
        return MediaError("no_index", "its index is missing or not whole: it was cut off, or never finished")
    return MediaError("not_audio", complaint) if complaint else MediaError("no_audio", "it holds no sound")


def _audio_stream(container: "InputContainer") -> "AudioStream":
    """The first audio stream, ready to decode in one thread, with the packets of all others thrown away unread."""
    from av.codec.context import Flags2
    from av.stream import Discard

    stream = container.streams.audio[0]
    codec = stream.codec_context.codec.name if stream.codec_context is not None else "unknown to FFmpeg"
    if codec not in DECODERS.split(","):
        raise MediaError("not_audio", f"its sound is of a codec that is not read: {codec}")
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    stream.codec_context.thread_count = 1
    if codec in CHECKED_DECODERS:
        stream.codec_context.options = {"err_detect": "crccheck+explode"}
    if codec == "alac" and container.format.name == "caf":  # its last frame has no padding, and would lose some twice
        stream.codec_context.flags2 |= Flags2.skip_manual
    errors_before = _errors_logged()
    try:
        stream.codec_context.open()
    except _failures() as error:
        raise MediaError("not_audio", f"FFmpeg cannot decode its {codec}: {_words(error, errors_before)}") from None
    return stream


def _nature(sound: "AudioFrame | AudioStream") -> tuple[int, int, str]:
    """Rate, channels, and FFmpeg's name of the sample format."""
    kind = sound.format.name if sound.format is not None else "unknown"
    return sound.sample_rate, sound.layout.nb_channels, kind


def _subtype(codec: str, kind: str) -> str:
    """A codec, and what its samples are where it may be anything and it is more than 16 bits.

    >>> _subtype("alac", "s32p"), _subtype("alac", "s16p"), _subtype("aac", "fltp")
    ('ALAC_S32', 'ALAC', 'AAC')
    """
    samples = kind.removesuffix("p")
    return (f"{codec}_{samples}" if codec in OF_ANY_BITS and samples not in ("u8", "s16") else codec).upper()


def _layout(sound: "AudioFrame | AudioStream") -> str | None:
    """FFmpeg's name of the channels, where it knows what each of them is."""
    names = [channel.name for channel in sound.layout.channels]
    return None if "NONE" in names or "UNK" in names else str(sound.layout.name)


def _piece(frame: "AudioFrame") -> Piece:
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


def _demuxer(head: bytes) -> str | None:
    """FFmpeg's name of the container that the first bytes show."""
    if head.startswith(matroska.MAGIC):
        return "matroska"
    if begins_mp4(head):
        return "mov"
    if len(head) == HEAD_BYTES and all(byte == TS_SYNC for byte in head[::TS_PACKET]):
        return "mpegts"
    return "aac" if is_adts(head) else None


def _format(container: "InputContainer", outline: _Outline) -> str:
    if outline.demuxer == "matroska":
        return "WEBM" if b"webm" in outline.head else "MATROSKA"
    if outline.demuxer == "mov":
        return "MOV" if container.metadata.get("major_brand", "qt  ") == "qt  " else "MP4"
    return NAMES.get(str(outline.demuxer), str(outline.demuxer).upper())


def _failures() -> tuple[type[Exception], ...]:
    """What PyAV raises for a media."""
    import av

    return (
        av.error.FFmpegError,
        ArithmeticError,
        AssertionError,
        LookupError,
        MemoryError,
        OSError,
        RuntimeError,
        ValueError,
    )


def _errors_logged() -> int:
    import av

    return av.logging.get_last_error()[0]


def _words(failure: Exception | str, errors_before: int) -> str:
    """FFmpeg's complaint rather than the bare name of its error, if it has complained since."""
    import av

    if not isinstance(failure, av.error.FFmpegError):
        return str(failure) or type(failure).__name__
    complaint = _complaint(errors_before)
    return f"{failure.strerror}: {complaint}" if complaint else str(failure.strerror)


def _complaint(errors_before: int) -> str:
    """FFmpeg's last one since then, nothing without one."""
    import av

    count, last = av.logging.get_last_error()
    return last[2].strip() if last is not None and count > errors_before else ""
