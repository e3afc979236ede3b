"""Opening a media in FFmpeg: which container it is told, which decoders it may run, and why it may find no sound."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.containers import matroska
from workflow_scripts.sound.containers.adts import is_adts
from workflow_scripts.sound.containers.mp4 import begins_mp4, outermost_boxes
from workflow_scripts.sound.decoders.ffmpeg.said import errors_logged, failures, log_of_opening, words_of

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

HEAD_BYTES = 3 * 188 + 1
TS_PACKET, TS_SYNC = 188, 0x47
"""Of MPEG-TS: each packet begins with the sync."""
READ_BYTES = 1 << 16
"""What FFmpeg asks for at once; between the sound of an MP4 lie pictures, which a longer read would read too."""
OF_SNDFILE = {
    b"RIFF": "wav", b"RIFX": "wav", b"RF64": "wav", b"BW64": "wav", b"riff": "w64", b"FORM": "aiff", b".snd": "au",
    b"caff": "caf", b"fLaC": "flac", b"OggS": "ogg", b"NIST": "nistsphere",
}  # fmt: skip
"""FFmpeg's names of containers that libsndfile is asked for first, by their first four bytes."""
NAMES = {"nistsphere": "NIST"}
DECODERS = (
    "aac,aac_latm,ac3,adpcm_g726,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,alac,als,amrnb,amrwb,dca,eac3,flac,gsm,gsm_ms,mace3,mace6,"
    "mlp,mp1,mp1float,mp2,mp2float,mp3float,opus,pcm_alaw,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,"
    "pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,pcm_s8,pcm_u8,qcelp,qdm2,qdmc,speex,truehd,tta,vorbis,wavpack"
)
CHECKED_DECODERS = ("flac", "mlp", "truehd", "tta", "wavpack")
"""Their frames carry checksums, which FFmpeg looks at only when it is told to."""
OPTIONS = {
    "codec_whitelist": DECODERS,
    "protocol_whitelist": "none",
    "enable_drefs": "0",
    "fflags": "-genpts",  # it would hold packets back, all of them if need be, until one has a time stamp
    "fpsprobesize": "0",
}


def speaks(head: bytes) -> bool:
    """Whether the first 16 bytes or more are of a container that nobody else decodes; of MPEG-TS, HEAD_BYTES."""
    return demuxer_of(head) is not None


def second(head: bytes) -> str | None:
    """FFmpeg's name of a container that libsndfile is asked for first, None of one that FFmpeg does not know."""
    return OF_SNDFILE.get(head[:4])


class Reader:
    """The file of a content as FFmpeg reads it: below its buffer, which would read a video whole.

    Others look into the file while FFmpeg is at it: it has a place of its own, and leaves the file's as it was.
    """

    def __init__(self, content: Content) -> None:
        self.content = content
        self._file: BinaryIO | io.RawIOBase = content.file
        if isinstance(content.file, io.BufferedReader):
            self._file = content.file.raw
        self._place = self._file.tell()

    def read(self, size: int) -> bytes:
        """Bytes, none at the end."""
        before = self._file.tell()
        self._file.seek(self._place)
        content = self._file.read(size) or b""
        self._place += len(content)
        self._file.seek(before)
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; -1, which FFmpeg takes for an error, where there is none."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.content.size}[whence]
        if start + offset < 0:
            return -1
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        """The place."""
        return self._place

    def at(self, place: int, size: int) -> bytes:
        """Bytes from a place on."""
        self.seek(place)
        return self.read(size)


@dataclass(frozen=True)
class ContainerOutline:
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


def outline_of(file: Reader, head: bytes, demuxer: str | None) -> ContainerOutline:
    """What the container of a file tells without FFmpeg, where its demuxer is known."""
    boxes: list[tuple[bytes, int, int]] = []
    end = 0
    if demuxer == "mov":
        boxes = list(outermost_boxes(file.at))
        end = max((end for *_, end in boxes), default=0)
    elif demuxer == "matroska":
        end = matroska.segment_end(head)
    file.seek(0)
    return ContainerOutline(head, demuxer, frozenset(name for name, *_ in boxes), end > file.content.size)


@contextmanager
def opened(file: Reader, outline: ContainerOutline, options: dict[str, str]) -> Iterator[tuple["InputContainer", bool]]:
    """The container, and whether FFmpeg knows its length rather than reckons it from the bit rate."""
    import av

    errors_before = errors_logged()
    try:
        with log_of_opening() as log:
            container = av.open(
                file,
                "r",
                format=outline.demuxer,
                container_options=OPTIONS | options,
                metadata_errors="replace",
                buffer_size=READ_BYTES,
                io_open=_refuse,
            )
    except failures() as error:
        raise _not_opened(file, outline, f"FFmpeg cannot read it: {words_of(error, errors_before)}") from None
    with container:
        if not container.streams.audio:
            raise _not_opened(file, outline, None)
        yield container, not any("Estimating duration" in message for _, _, message in log)


def _refuse(url: str, flags: int, options: dict[str, str]) -> None:
    raise PermissionError(f"it refers to another file: {url}")


def _not_opened(file: Reader, outline: ContainerOutline, complaint: str | None) -> MediaError:
    """Why there is no stream, whatever FFmpeg makes of it; without a complaint it has read all and found none."""
    if file.content.failure is not None:
        return file.content.failure
    if outline.cut or (complaint and outline.demuxer == "mov" and b"moov" not in outline.boxes):
        return MediaError("no_index", "its index is missing or not whole: it was cut off, or never finished")
    return MediaError("not_audio", complaint) if complaint else MediaError("no_audio", "it holds no sound")


def audio_stream(container: "InputContainer") -> "AudioStream":
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
    errors_before = errors_logged()
    try:
        stream.codec_context.open()
    except failures() as error:
        raise MediaError("not_audio", f"FFmpeg cannot decode its {codec}: {words_of(error, errors_before)}") from None
    return stream


def demuxer_of(head: bytes) -> str | None:
    """FFmpeg's name of the container that the first bytes show."""
    if head.startswith(matroska.MAGIC):
        return "matroska"
    if begins_mp4(head):
        return "mov"
    if len(head) == HEAD_BYTES and all(byte == TS_SYNC for byte in head[::TS_PACKET]):
        return "mpegts"
    return "aac" if is_adts(head) else None


def format_of(container: "InputContainer", outline: ContainerOutline) -> str:
    """What the container of a stream is called in the tables: WEBM, MOV, WAV."""
    if outline.demuxer == "matroska":
        return "WEBM" if b"webm" in outline.head else "MATROSKA"
    if outline.demuxer == "mov":
        return "MOV" if container.metadata.get("major_brand", "qt  ") == "qt  " else "MP4"
    return NAMES.get(str(outline.demuxer), str(outline.demuxer).upper())
