"""Decoding through libsndfile: WAV, RF64, Wave64, AIFF, AU, CAF, NIST, FLAC, Ogg, MP3."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import numpy as np
import soundfile

from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.containers import Extent, flac, mp3, ogg, size_patch, sound_extent
from workflow_scripts.sound.decoders import HARMLESS, NOTHING_KNOWN, Block, Fault, Known
from workflow_scripts.sound.planes import Buffer

LARGEST_LENGTH = 1 << 60
"""libsndfile gives its largest number for a length that it does not know, as of a FLAC that was written to a pipe."""
SIXTEEN_BITS = frozenset({"PCM_16", "PCM_S8", "PCM_U8", "ULAW", "ALAW", "ALAC_16"})
"""Encodings whose samples are integers of 16 bits or fewer; they are decoded to int16, others to float32."""
SAMPLE_BYTES = {"PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}
LARGEST_BLOCK = 1 << 14
"""Frames that are stored together at most, as of ADPCM and GSM."""
SALVAGE_FRAMES = 1152
"""Frames asked for at once where decoding has failed: libsndfile gives nothing of the block that it failed in."""
MPEG = ("MP3", "MPEG")
DOUBTED = ("FLAC", *MPEG)
"""Of what fails in these, FFmpeg may make more."""
FLAC_LAYOUTS = {3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""What channels are by their number (RFC 9639), as FFmpeg names it."""
EXTENSIBLE = 0xFFFE
"""The format tag of a WAV that says what its channels are."""
BAD_FILE, BAD_DESCRIPTION = 7, 24
"""libsndfile's codes for what its MP3 reader refuses (its words are of a missing file), and for a rate below 1."""
HEAD_BYTES = 4096

_memory = {np.int16: Buffer(np.int16), np.float32: Buffer(np.float32)}


@contextmanager
def open_stream(content: Content, known: Known = NOTHING_KNOWN) -> Iterator["SndfileStream"]:
    """A Stream of a media that libsndfile knows.

    Args:
        content: its bytes.
        known: what they tell.

    Raises:
        MediaError: it does not know it.
    """
    extent = known.extent or sound_extent(content.file, content.size)
    if extent is not None and extent.size is None:
        content.overlay(*size_patch(content.file, content.size, extent))
    with _opened(content) as file:
        _refuse_padded_frames(file, extent)
        yield SndfileStream(file, content, extent, known)


def _opened(content: Content) -> soundfile.SoundFile:
    content.file.seek(0)
    try:
        file = soundfile.SoundFile(content.file)
    except soundfile.LibsndfileError as error:
        raise content.failure or _refused(content, error) from None
    file.seekable = lambda: False  # soundfile would seek to where it is after each block: slow, and it may fail
    return file


def _refuse_padded_frames(file: soundfile.SoundFile, extent: Extent | None) -> None:
    """Samples of 24 bits in four bytes libsndfile takes for samples in three, and makes noise of them.

    Raises:
        MediaError: the frames are of another size than those that it reads.
    """
    sample_bytes = SAMPLE_BYTES.get(file.subtype)
    if (
        extent is not None
        and extent.frame_bytes
        and sample_bytes
        and extent.frame_bytes != sample_bytes * file.channels
    ):
        raise MediaError(
            "unsupported",
            f"its frames have {extent.frame_bytes} bytes; libsndfile would read {file.channels} samples of "
            f"{sample_bytes} bytes from each",
        )


class SndfileStream:
    """A Stream that libsndfile decodes."""

    decoder = "libsndfile"

    def __init__(self, file: soundfile.SoundFile, content: Content, extent: Extent | None, known: Known) -> None:
        self._file, self.content, self._extent, self._known = file, content, extent, known
        self.undecoded_bytes, self.is_doubted = known.undecoded_bytes, False
        self.format, self.subtype = known.format or str(file.format), str(file.subtype)
        self.sample_rate, self.channels = int(file.samplerate), int(file.channels)
        self.layout = FLAC_LAYOUTS.get(self.channels) if self.format == "FLAC" else _wav_layout(content, self.channels)
        self.expected_frames = None if file.frames > LARGEST_LENGTH else int(file.frames)
        self.declared_frames = self._declared()
        self.fault: Fault | None = None
        self._dtype: type[np.int16] | type[np.float32] = np.int16 if self.subtype in SIXTEEN_BITS else np.float32
        self._got = 0

    @property
    def is_mpeg(self) -> bool:
        """Whether it is MPEG audio."""
        return self.format in MPEG

    @property
    def stops_at_a_guess(self) -> bool:
        """Whether sound may be left out: an MP3 without a count is decoded as far as its first bit rate says."""
        return self.is_mpeg and self._file.frames != self.declared_frames

    def blocks(self, frames: int) -> Iterator[Block]:
        """See Stream."""
        block = _memory[self._dtype].take(frames, self.channels)
        failure, count, most = None, frames, self._most()
        while count == frames:
            try:
                count = self._file.buffer_read_into(block, self._dtype.__name__)
            except soundfile.LibsndfileError as error:
                failure = _words(error)
                count = self._salvage(block)
            if most is not None:
                count = min(count, most - self._got)
            self._got += count
            if count:
                yield block[:count]
        self.undecoded_bytes = self._undecoded()  # before others look into the file, and leave it elsewhere
        fault, refused = self._fault_of(failure), self.content.failure
        self.fault = fault if refused is None else (refused.kind, str(refused))
        self.is_doubted = fault is not None and fault[0] == "corrupt" and self.format in DOUBTED

    def _undecoded(self) -> int | None:
        known, extent = self._known.undecoded_bytes, self._extent
        if self.format == "FLAC":
            return max(0, self.content.size - self.content.file.tell())
        if extent is None:
            return known
        if known is not None:  # what lies behind a WAV that may have several chunks of sound, or one above 4 GiB
            extent = replace(extent, left=known)
        return extent.undecoded(self.content.size, self._got * extent.frame_bytes if extent.frame_bytes else None)

    def _most(self) -> int | None:
        """Where libsndfile is to end.

        What is stored in blocks ends with a whole one, which may not be sound to its end; of a Wave64 all that lies
        behind the sound is taken for sound, too.
        """
        most, held = self._known.most_frames, self._file.frames
        if most is not None and held - LARGEST_BLOCK < most < held:
            return most
        stated = self._extent.frames if self._extent is not None else None
        return stated if stated is not None and stated < held else None

    def _salvage(self, block: Block) -> int:
        """What a block holds up to where its decoding fails: decodes anew from the beginning, to there. Its frames.

        Of a FLAC no more is asked for than it declares: tags and rubbish behind it would cost its last frames too.
        """
        filled, most = 0, len(block)
        if self.format == "FLAC" and self.declared_frames:
            most = max(0, min(most, self.declared_frames - self._got))
        try:
            with _opened(self.content) as file:
                for first in range(0, self._got, len(block)):
                    file.buffer_read_into(block[: self._got - first], self._dtype.__name__)
                while filled < most:
                    part = block[filled : min(filled + SALVAGE_FRAMES, most)]
                    count = file.buffer_read_into(part, self._dtype.__name__)
                    filled += count
                    if count < len(part):
                        break
        except (soundfile.LibsndfileError, MediaError):
            pass
        return min(filled, len(block) - 1)

    def _declared(self) -> int | None:
        if (most := self._most()) is not None:
            return most
        if self._extent is not None and (self._extent.frames is not None or self._extent.size is None):
            return self._extent.frames
        if self.format in MPEG:
            place = self.content.file.tell()  # from there libsndfile goes on to read
            declared = mp3.declared_frames(self.content.file, self.content.size)
            self.content.file.seek(place)
            return declared
        return self.expected_frames

    def _fault_of(self, failure: str | None) -> Fault | None:
        of = "" if self.declared_frames is None else f" of {self.declared_frames:,}"
        if self._known.fault is not None and self._known.fault[0] not in HARMLESS:
            return self._known.fault
        if self.format == "FLAC" and self._got == self.declared_frames:
            return None  # whatever failed lies behind the sound
        if failure is not None and not self._is_cut():
            return "corrupt", f"decoding stopped after {self._got:,}{of} frames: {failure}"
        if self.declared_frames is not None and self._got < self.declared_frames:
            return "truncated", f"the header declares {self.declared_frames:,} frames, the file holds {self._got:,}"
        if failure is not None:
            return "truncated", f"the file ends within the sound, after {self._got:,} frames"
        return self._cut_in_silence()

    def _is_cut(self) -> bool:
        """Whether decoding failed because the file ends early, and not of damage before that."""
        if self.format in MPEG:
            return mp3.ends_early(self.content.file, self.content.size)
        return self.format == "FLAC" and flac.ends_early(
            self.content.file, self.content.size, self.declared_frames or 0
        )

    def _cut_in_silence(self) -> Fault | None:
        """What only the bytes tell, where the decoder took a cut file for a shorter one."""
        extent, size = self._extent, self.content.size
        if extent is not None and extent.size is not None and extent.start + extent.size > size:
            held = max(0, size - extent.start)
            return "truncated", f"the header declares {extent.size:,} bytes of sound, the file holds {held:,}"
        if ogg.ends_early(self.content.file, size):
            return "truncated", ogg.CUT
        return None


def _refused(content: Content, error: soundfile.LibsndfileError) -> MediaError:
    """Why there is no stream; libsndfile does not tell a rate that it takes for none."""
    rate = _wav_rate(content) if error.code == BAD_DESCRIPTION else None
    if rate is not None and not 0 < rate < 1 << 31:
        return MediaError("absurd_rate", f"it declares {rate:,} samples a second")
    return MediaError("not_audio", f"libsndfile cannot read it: {_words(error)}")


def _wav_rate(content: Content) -> int | None:
    """What the format chunk says of the rate."""
    told = _wav_format(content)
    return None if told is None else int.from_bytes(told[0][4:8], told[1])


def _wav_layout(content: Content, channels: int) -> str | None:
    """What the format chunk says of more than two channels: a mask, if it has as many."""
    told = _wav_format(content) if channels > 2 else None
    if told is None or int.from_bytes(told[0][:2], told[1]) != EXTENSIBLE:
        return None
    mask = int.from_bytes(told[0][20:24], told[1])
    return f"{mask:#x}" if mask.bit_count() == channels else None


def _wav_format(content: Content) -> tuple[bytes, Literal["little", "big"]] | None:
    """The format chunk of a WAV, RF64 or Wave64, if it is where it should be, and its order of bytes."""
    before = content.file.tell()  # from there libsndfile goes on to read
    content.file.seek(0)
    head = content.file.read(HEAD_BYTES)
    content.file.seek(before)
    place = head.find(b"fmt ") + (24 if head[:4] == b"riff" else 8)
    if head[:4] not in (b"RIFF", b"RIFX", b"RF64", b"riff") or b"fmt " not in head or len(head) < place + 24:
        return None
    return head[place : place + 24], "big" if head[:4] == b"RIFX" else "little"


def _words(error: soundfile.LibsndfileError) -> str:
    if error.code == BAD_FILE:
        return "it holds no whole frame of MPEG audio"
    return str(error).removeprefix(error.prefix).strip() or f"libsndfile error {error.code}"
