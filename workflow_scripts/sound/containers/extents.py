"""Where containers that state a size keep their sound, and how much of it they declare.

Libraries believe such a size, as mutagen does (10 s of a WAV that holds 9.4), or shorten it to the file without a word,
as libsndfile and FFmpeg do; so headers are read here, in some hundredths of a millisecond.

Sources: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF); EBU Tech 3306 (RF64) and
ITU-R BS.2088 (BW64); Sony Pictures Digital, "Sony Wave64"; Apple, "Audio Interchange File Format" 1.3, its AIFF-C, and
"Core Audio Format Specification"; the Sun audio file format (AU); NIST, SPHERE (the header). What writers put there
that cannot know the size: wav.c and aiff.c of SoX, w64, rf64 and caf of FFmpeg when it writes to a pipe.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from workflow_scripts.sound.containers.places import read_at
from workflow_scripts.sound.containers.tags import start_of_last_tags

MAX_CHUNKS = 1_000
"""Chunks that are stepped over before the sound; a hostile file may be nothing but chunks."""
UNKNOWN_32, UNKNOWN_64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
SOX_WAV_UNKNOWN, SOX_AIFF_UNKNOWN = 0x7FFFF000, 0x7F000000
"""What SoX writes for a size that it does not know, rounded down to whole frames."""
FFMPEG_W64_UNKNOWN = 0x7FFFFFFFFFFFFFFF
UNCOMPRESSED = frozenset({1, 3, 6, 7, 0xFFFE})
"""Format tags of WAV whose frames all take block_align bytes: PCM, float, A-law, µ-law, extensible."""
AU_BYTES = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}
"""Bytes a sample of AU's encodings: µ-law, linear of 8 to 32 bits, float, double, A-law."""
AIFF_BYTES = {b"fl32": 4, b"FL32": 4, b"fl64": 8, b"FL64": 8, b"ulaw": 1, b"ULAW": 1, b"alaw": 1, b"ALAW": 1}
AIFF_INTEGERS = frozenset({b"NONE", b"twos", b"sowt", b"raw "})
CAF_FIXED = frozenset({b"lpcm", b"ulaw", b"alaw"})
FILES = frozenset({b"RIFF", b"RIFX", b"RF64", b"BW64", b"riff", b"FORM", b"caff"})
"""What another file behind one of these begins with, which has the form of a chunk."""
NIST_HEAD = b"NIST_1A\n"
NIST_FIELD = re.compile(rb"^(sample_count|channel_count|sample_n_bytes) -i ([0-9]{1,18})\s*$", re.M)
LARGEST_NIST_HEADER = 1 << 16


@dataclass(frozen=True)
class Extent:
    """Where a container keeps its sound.

    Attributes:
        start: offset of the first byte of sound.
        size: bytes of sound that are declared, None where the header leaves the length open, as recorders do that write
            to a pipe or are switched off.
        frame_bytes: bytes a frame, 0 where frames have no fixed size or the header does not tell it.
        left: bytes behind the sound that are neither in a chunk nor a tag.
    """

    start: int
    size: int | None
    frame_bytes: int
    left: int = 0

    @property
    def frames(self) -> int | None:
        """The number of frames declared, None where it cannot be told."""
        return self.size // self.frame_bytes if self.size is not None and self.frame_bytes else None

    def undecoded(self, file_size: int, taken: int | None) -> int:
        """Bytes that may be sound and were not decoded, at least so many.

        Args:
            file_size: of the whole file.
            taken: bytes of sound that were decoded, None where nobody knows.
        """
        behind = max(0, file_size - self.start)
        held = behind if self.size is None else min(behind, self.size)
        return self.left + (0 if taken is None else max(0, held - taken))


@dataclass(frozen=True)
class _SizeField:
    """Where a header states the size of its sound, in which form, and how many bytes that are no sound it counts."""

    place: int
    form: str
    besides: int = 0


@dataclass(frozen=True)
class _Chunks:
    """How a container writes chunks: name and size, the multiple they are padded to, what the size counts."""

    head: struct.Struct
    padded_to: int
    counts_head: bool = False


LITTLE, BIG = _Chunks(struct.Struct("<4sI"), 2), _Chunks(struct.Struct(">4sI"), 2)
_WAVE64 = _Chunks(struct.Struct("<4s12xQ"), 8, counts_head=True)
_CORE_AUDIO = _Chunks(struct.Struct(">4sQ"), 1)
_Located = tuple[Extent, _SizeField, _Chunks | None]
"""The last is None where nothing but rubbish can lie behind the sound."""


def sound_extent(file: BinaryIO, size: int) -> Extent | None:
    """What a WAV, RF64, Wave64, AIFF, AU, CAF or NIST SPHERE declares; None for others and before a header is whole."""
    located = _located(file, size)
    if located is None:
        return None
    extent, _, kind = located
    if (length := extent.size) is None:
        return extent
    return replace(extent, left=_left(file, size, extent.start + length, kind))


def size_patch(file: BinaryIO, size: int, extent: Extent) -> tuple[int, bytes]:
    """Offset and bytes that make a header declare what its file holds, up to the largest size that it can state.

    Where the size was left open, a decoder may take the file for empty (WAV, RF64, AU) or refuse it (Wave64, CAF).
    """
    located = _located(file, size)
    if located is None:
        return 0, b""
    field = located[1]
    largest = (1 << 8 * struct.calcsize(field.form)) - 2
    held = max(0, size - extent.start) + field.besides
    return field.place, struct.pack(field.form, min(held, largest))


def _located(file: BinaryIO, size: int) -> _Located | None:
    head = read_at(file, size, 0, 40)
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return _in_riff(file, size, BIG if head[:4] == b"RIFX" else LITTLE, head[:4] in (b"RF64", b"BW64"))
    if head[:8] == b"riff\x2e\x91\xcf\x11":
        return _in_wave64(file, size)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _in_aiff(file, size)
    if head[:4] == b"caff":
        return _in_core_audio(file, size)
    if head[:8] == NIST_HEAD:
        return _in_nist(file, size)
    return _in_au(head, size) if head[:4] == b".snd" and len(head) >= 24 else None


def chunks(file: BinaryIO, size: int, kind: _Chunks, place: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and stated size of the content of each chunk; the last may run past the end of the file."""
    for _ in range(MAX_CHUNKS):
        head = read_at(file, size, place, kind.head.size)
        if len(head) < kind.head.size:
            return
        name, length = kind.head.unpack(head)
        if kind.counts_head:
            length -= kind.head.size
        place += kind.head.size
        yield name, place, length
        if length < 0:
            return
        place += length + -length % kind.padded_to


def _left(file: BinaryIO, size: int, end: int, kind: _Chunks | None) -> int:
    """Bytes behind the sound that are in no whole chunk, padding and tags left out."""
    padded_to = 1
    if kind is not None:
        padded_to = kind.padded_to
        end += -end % padded_to
        for _, place, length in whole_chunks(file, size, kind, end):
            end = place + length
    left = size - end - -end % padded_to
    return max(0, left - (size - start_of_last_tags(file, size))) if left > 0 else 0


def whole_chunks(
    file: BinaryIO, size: int, kind: _Chunks, place: int, or_cut: bytes = b""
) -> Iterator[tuple[bytes, int, int]]:
    """Chunks up to the first that is none, is another file, or is not all there and not of the name that may be cut."""
    for name, start, length in chunks(file, size, kind, place):
        is_there = 0 <= length <= size - start or name == or_cut
        if not (is_there and name.isascii() and name.decode("ascii").isprintable()) or name in FILES:
            return
        yield name, start, length


def _is_left_open(file: BinaryIO, size: int, start: int, kind: _Chunks) -> bool:
    """Whether a size of nothing was never filled in: something follows, and it is not chunks up to the file's end."""
    end = start
    for name, place, length in chunks(file, size, kind, start):
        if not (name.isascii() and name.decode("ascii").isprintable()):
            return True
        end = place + length
    return start < size and not end <= size < end + kind.padded_to


def _in_riff(file: BinaryIO, size: int, kind: _Chunks, has_long_sizes: bool) -> _Located | None:
    order, frame_bytes, long = kind.head.format[0], 0, None
    for name, place, length in chunks(file, size, kind, 12):
        if name == b"ds64" and has_long_sizes:
            long = _SizeField(place + 8, "<Q"), int.from_bytes(read_at(file, size, place + 8, 8), "little")
        elif name == b"fmt ":
            frame_bytes = _wav_frame_bytes(read_at(file, size, place, 16), order)
        elif name == b"data":
            field = _SizeField(place - 4, f"{order}I")
            if long is not None and length in (0, UNKNOWN_32):
                field, length = long
            from_sox = SOX_WAV_UNKNOWN - SOX_WAV_UNKNOWN % (frame_bytes or 1)
            unknown = length in (UNKNOWN_32, UNKNOWN_64, from_sox)
            unknown = unknown or (length == 0 and _is_left_open(file, size, place, kind))
            return Extent(place, None if unknown else length, frame_bytes), field, kind
    return None


def _wav_frame_bytes(format_chunk: bytes, order: str) -> int:
    """block_align where it can be true: some writers get it wrong."""
    if len(format_chunk) < 16:
        return 0
    tag, channels, block_align, bits = struct.unpack(f"{order}HH8xHH", format_chunk)
    fits = channels and block_align % channels == 0 and block_align >= channels * -(-bits // 8)
    return block_align if tag in UNCOMPRESSED and fits else 0


def _in_wave64(file: BinaryIO, size: int) -> _Located | None:
    frame_bytes = 0
    for name, place, length in chunks(file, size, _WAVE64, 40):
        if name == b"fmt ":
            frame_bytes = _wav_frame_bytes(read_at(file, size, place, 16), "<")
        elif name == b"data":
            head_bytes = _WAVE64.head.size
            unknown = length + head_bytes >= FFMPEG_W64_UNKNOWN
            unknown = unknown or (length <= 0 and _is_left_open(file, size, place, _WAVE64))
            extent = Extent(place, None if unknown else max(0, length), frame_bytes)
            return extent, _SizeField(place - 8, "<Q", head_bytes), _WAVE64
    return None


def _in_aiff(file: BinaryIO, size: int) -> _Located | None:
    frame_bytes = 0
    for name, place, length in chunks(file, size, BIG, 12):
        if name == b"COMM":
            frame_bytes = _aiff_frame_bytes(read_at(file, size, place, min(length, 22)))
        elif name == b"SSND":
            besides = 8 + int.from_bytes(read_at(file, size, place, 4), "big")
            from_sox = 8 + SOX_AIFF_UNKNOWN - SOX_AIFF_UNKNOWN % (frame_bytes or 1)
            unknown = length in (UNKNOWN_32, from_sox)
            unknown = unknown or (length <= besides and _is_left_open(file, size, place + besides, BIG))
            extent = Extent(place + besides, None if unknown else max(0, length - besides), frame_bytes)
            return extent, _SizeField(place - 4, ">I", besides), BIG
    return None


def _aiff_frame_bytes(common: bytes) -> int:
    if len(common) < 18:
        return 0
    channels, bits = struct.unpack_from(">H4xH", common)
    encoding = common[18:22] or b"NONE"
    return channels * (-(-bits // 8) if encoding in AIFF_INTEGERS else AIFF_BYTES.get(encoding, 0))


def _in_core_audio(file: BinaryIO, size: int) -> _Located | None:
    frame_bytes = 0
    for name, place, length in chunks(file, size, _CORE_AUDIO, 8):
        if name == b"desc":
            frame_bytes = _caf_frame_bytes(read_at(file, size, place, 32))
        elif name == b"data":
            edits = 4  # bytes of the count of edits, which the size counts
            unknown = length == UNKNOWN_64
            unknown = unknown or (length <= edits and _is_left_open(file, size, place + edits, _CORE_AUDIO))
            extent = Extent(place + edits, None if unknown else max(0, length - edits), frame_bytes)
            return extent, _SizeField(place - 8, ">Q", edits), _CORE_AUDIO
    return None


def _caf_frame_bytes(description: bytes) -> int:
    if len(description) < 32:
        return 0
    encoding, packet_bytes, packet_frames, channels, bits = struct.unpack(">8x4s4xIIII", description)
    fits = packet_frames == 1 and packet_bytes == channels * -(-bits // 8)
    return packet_bytes if encoding in CAF_FIXED and fits else 0


def _in_au(head: bytes, size: int) -> _Located:
    start, length, encoding, _, channels = struct.unpack_from(">IIIII", head, 4)
    unknown = length == UNKNOWN_32 or (length == 0 and start < size)
    extent = Extent(start, None if unknown else length, AU_BYTES.get(encoding, 0) * channels)
    return extent, _SizeField(8, ">I"), None


def _in_nist(file: BinaryIO, size: int) -> _Located | None:
    """None of what is compressed: there the count of samples tells nothing of bytes."""
    stated = read_at(file, size, len(NIST_HEAD), 8).strip()
    header = read_at(file, size, 0, min(int(stated), LARGEST_NIST_HEADER) if stated.isdigit() else 0)
    fields = {name: int(value) for name, value in NIST_FIELD.findall(header)}
    if len(fields) < 3 or b"embedded" in header or b"shorten" in header:
        return None
    frame_bytes = fields[b"channel_count"] * fields[b"sample_n_bytes"]
    return Extent(len(header), fields[b"sample_count"] * frame_bytes, frame_bytes), _SizeField(0, "B"), None
