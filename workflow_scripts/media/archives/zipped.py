"""Members of a zip: its directory or, where that cannot be read, what stands before each member."""

import os
import stat
import struct
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from workflow_scripts.media.archives import Damage, Listing
from workflow_scripts.media.archives.stretch import stretch
from workflow_scripts.media.content import PIECE, Content, Window, refuse_too_large
from workflow_scripts.media.limits import IN_MEMORY_BYTES
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.names import to_text
from workflow_scripts.media.walk import is_audio, is_unread

STORED, DEFLATED = 0, 8
ENCRYPTED, SIZE_BEHIND, UTF8 = 1, 8, 0x800
"""Flags of a member."""
END = struct.Struct("<4s4H2LH")
LOCATOR = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")
ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
END_SIGNATURE, LOCATOR_SIGNATURE, END64_SIGNATURE = b"PK\5\6", b"PK\6\7", b"PK\6\6"
ENTRY_SIGNATURE, LOCAL_SIGNATURE = b"PK\1\2", b"PK\3\4"
IN_EXTRA = 0xFFFFFFFF
LARGEST_SIZE = 1 << 62
LARGEST_DIRECTORY = 1 << 29
"""Five million members; more would take the memory of the scan."""
LARGEST_COMMENT = 1 << 16
LARGEST_RATIO = 1100
"""Deflate makes at most 1032 bytes of one."""


@dataclass(frozen=True, slots=True)
class _Member:
    """What the directory, or the header before a member, says of it."""

    name: str
    flags: int
    method: int
    crc32: int
    packed_bytes: int
    bytes: int
    offset: int
    is_link: bool = False


_Numbered = tuple[int, _Member]
"""A member and its number in the archive, from 1."""


class _NoDirectoryError(Exception):
    """The directory cannot be read; the reason and the words of the damage."""


def list_members(descriptor: int, path: str, mtime_ns: int) -> Listing:
    """The audio members of a zip; of two of one name the last counts, as for those who unpack it.

    The standard library's reader gives a zip up as a whole for one strange name or version; here one member is lost.
    """
    end = os.fstat(descriptor).st_size
    damages = []
    try:
        members = _directory(descriptor, end)
    except _NoDirectoryError as error:
        members, unknown = _walk(descriptor, end)
        damages = [Damage(*error.args), *unknown]
    listed: dict[str, tuple[int, Media]] = {}
    unread: set[str] = set()
    for ordinal, member in members:
        if is_unread(member.name, member.bytes):
            unread.add(member.name)
            continue
        if damage := _unreadable(member, ordinal):
            damages.append(damage)
            continue
        if member.name in listed:
            earlier, _ = listed.pop(member.name)
            damages.append(Damage("superseded_member", f"member {ordinal} has the same name", earlier, member.name))
        listed[member.name] = ordinal, _media(member, path, mtime_ns)
    return Listing([media for _, media in listed.values()], damages, sorted(unread))


def _media(member: _Member, path: str, mtime_ns: int) -> Media:
    return Media(path, member.name, member.bytes, mtime_ns, member.offset, member.packed_bytes, member.crc32)


def _unreadable(member: _Member, ordinal: int) -> Damage | None:
    if member.flags & ENCRYPTED:
        return Damage("encrypted_member", "is encrypted", ordinal, member.name)
    if member.method not in (STORED, DEFLATED):
        words = f"is packed by method {member.method}; stored and deflated members are read"
        return Damage("unknown_compression", words, ordinal, member.name)
    if member.is_link:
        return Damage("not_a_regular_member", "a symbolic link", ordinal, member.name)
    if max(member.bytes, member.packed_bytes, member.offset) > LARGEST_SIZE:
        return Damage("archive_damaged", "says that it has more bytes than any disk", ordinal, member.name)
    return None


def _directory(descriptor: int, end: int) -> list[_Numbered]:
    """The audio members that the directory names, those of unread kinds too.

    Raises:
        _NoDirectoryError: it is not there, or not whole.
    """
    start = max(0, end - END.size - LARGEST_COMMENT)
    tail = os.pread(descriptor, end - start, start)
    place = len(tail)
    has_end = False
    while (place := tail.rfind(END_SIGNATURE, 0, place)) >= 0:
        if place + END.size > len(tail):
            continue
        has_end = True
        for first, size, before in _places(descriptor, start + place, tail[place : place + END.size]):
            members = _entries(os.pread(descriptor, size, first), before)
            if members is not None:
                return members
    if has_end:
        raise _NoDirectoryError("archive_damaged", "its directory cannot be read; listed by what stands before members")
    raise _NoDirectoryError("archive_cut", "ends without a directory; listed by what stands before members")


def _places(descriptor: int, place: int, record: bytes) -> Iterator[tuple[int, int, int]]:
    """Where the directory may lie by the record at its end: first byte, size, bytes that lie before the archive."""
    *_, size, offset, _ = END.unpack(record)
    stop = place
    locator = os.pread(descriptor, LOCATOR.size, max(0, place - LOCATOR.size))
    if place >= LOCATOR.size and locator.startswith(LOCATOR_SIGNATURE):
        for at in (place - LOCATOR.size - END64.size, LOCATOR.unpack(locator)[2]):
            record = os.pread(descriptor, END64.size, at) if 0 <= at < place else b""
            if record.startswith(END64_SIGNATURE) and len(record) == END64.size:
                *_, size, offset = END64.unpack(record)
                stop = at
                break
    for first in (stop - size, offset):
        if 0 <= offset <= first <= stop and size <= min(stop - first, LARGEST_DIRECTORY):
            yield first, size, first - offset


def _entries(directory: bytes, before: int) -> list[_Numbered] | None:
    """The audio entries of a directory, those of unread kinds too.

    None if it is not made of entries from its first to its last byte.
    """
    members = []
    ordinal = place = 0
    while place < len(directory):
        if directory[place : place + 4] != ENTRY_SIGNATURE or place + ENTRY.size > len(directory):
            return None
        _, made_by, _, flags, method, _, _, *numbers, mode, offset = ENTRY.unpack_from(directory, place)
        crc32, packed, size, name_len, extra_len, comment_len, _, _ = numbers
        name_at = place + ENTRY.size
        extra_at = name_at + name_len
        place = extra_at + extra_len + comment_len
        if place > len(directory):
            return None
        ordinal += 1
        name = _text(directory[name_at:extra_at], flags)
        size, packed, offset = _with_extra((size, packed, offset), directory[extra_at : extra_at + extra_len])
        if not is_audio(name) and not is_unread(name, size):
            continue
        is_link = made_by >> 8 == 3 and stat.S_ISLNK(mode >> 16)
        members.append((ordinal, _Member(name, flags, method, crc32, packed, size, offset + before, is_link)))
    return members


def _with_extra(numbers: tuple[int, int, int], extra: bytes) -> tuple[int, int, int]:
    """Numbers that need more than 32 bits stand in the extra field, in their order and only those."""
    found = list(numbers)
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            values = extra[4 : 4 + length]
            for index, number in enumerate(found):
                if number == IN_EXTRA and len(values) >= 8:
                    found[index] = int.from_bytes(values[:8], "little")
                    values = values[8:]
            break
        extra = extra[4 + length :]
    return found[0], found[1], found[2]


def _text(raw: bytes, flags: int) -> str:
    """A name: UTF-8 where it says so or is so, else the letters of the first IBM PC, as the format has it."""
    if flags & UTF8:
        return to_text(os.fsdecode(raw))
    try:
        return to_text(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return to_text(raw.decode("cp437"))


def _walk(descriptor: int, end: int) -> tuple[list[_Numbered], list[Damage]]:
    """The audio members by the headers before them, as far as these tell sizes; those of unread kinds too."""
    members: list[_Numbered] = []
    damages: list[Damage] = []
    finder = _Finder(descriptor)
    ordinal = place = 0
    while (place := finder.next_signature(place)) < end:
        header = os.pread(descriptor, LOCAL.size, place)
        if len(header) < LOCAL.size:
            break
        ordinal += 1
        _, _, flags, method, _, _, crc32, packed, size, name_len, extra_len = LOCAL.unpack(header)
        rest = os.pread(descriptor, name_len + extra_len, place + LOCAL.size)
        name = _text(rest[:name_len], flags)
        size, packed, _ = _with_extra((size, packed, 0), rest[name_len:])
        member = _Member(name, flags, method, crc32, packed, size, place)
        is_size_known = packed or not flags & SIZE_BEHIND
        place += LOCAL.size + (name_len + extra_len + packed if is_size_known else 0)
        if is_unread(name, size) or (is_audio(name) and is_size_known):
            members.append((ordinal, member))
        elif is_audio(name):
            damages.append(Damage("archive_damaged", "only the directory told its size", ordinal, name))
    return members, damages


class _Finder:
    """Finds headers of members; holds a piece of the archive, so that close ones cost no reading."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._start, self._piece = descriptor, 0, b""

    def next_signature(self, place: int) -> int:
        """The first place from here on where a member's header can stand, or beyond any end."""
        while place < LARGEST_SIZE:
            if not self._start <= place <= self._start + len(self._piece) - len(LOCAL_SIGNATURE):
                self._start, self._piece = place, os.pread(self._descriptor, PIECE, place)
                if len(self._piece) < len(LOCAL_SIGNATURE):
                    break
            at = self._piece.find(LOCAL_SIGNATURE, place - self._start)
            if at >= 0:
                return self._start + at
            place = self._start + len(self._piece) - len(LOCAL_SIGNATURE) + 1
        return LARGEST_SIZE


def open_members(descriptor: int, medias: Sequence[Media]) -> Iterator[Content | MediaError]:
    """The bytes of each member, or why they cannot be read."""
    for media in medias:
        try:
            yield _content(descriptor, media)
        except MediaError as error:
            yield error
        except OSError as error:
            yield MediaError("io_error", f"cannot be read: {error.strerror}")
        except MemoryError:
            yield MediaError("too_large", "reading it takes more memory than a worker may have")


def _content(descriptor: int, media: Media) -> Content:
    size, packed, offset = media.bytes or 0, media.packed_bytes or 0, media.offset or 0
    refuse_too_large(max(size, packed))
    header = os.pread(descriptor, LOCAL.size, offset)
    if len(header) < LOCAL.size or not header.startswith(LOCAL_SIGNATURE):
        raise MediaError("corrupt", f"no member stands at byte {offset:,} of its archive")
    _, _, _, method, *_, name_len, extra_len = LOCAL.unpack(header)
    start = offset + LOCAL.size + name_len + extra_len
    is_whole = start + packed <= os.fstat(descriptor).st_size
    if method == STORED:
        if packed != size:
            raise MediaError("corrupt", f"{packed:,} bytes are stored for the {size:,} that it has")
        content = stretch(descriptor, start, size, media)
    elif method == DEFLATED:
        content = _inflated(descriptor, start, media, is_whole)
    else:
        raise MediaError("corrupt", f"is packed by method {method}, other than its directory says")
    if is_whole:
        _refuse_other_crc(content, media)
    return content


def _inflated(descriptor: int, start: int, media: Media, is_whole: bool) -> Content:
    """The member unpacked: in memory, or in a file that has no name and goes with its last reader."""
    size, packed = media.bytes or 0, media.packed_bytes or 0
    if size > packed * LARGEST_RATIO:
        raise MediaError("corrupt", f"{packed:,} bytes cannot be packed {size:,}")
    if size <= IN_MEMORY_BYTES:
        data = b"".join(_inflate(descriptor, start, packed, size, is_whole))
        return Content.of(data)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - its reader closes it
    written = sum(map(file.write, _inflate(descriptor, start, packed, size, is_whole)))
    file.flush()
    return Content(_Unpacked(file, written), written)


class _Unpacked(Window):
    """A whole file of no name, which is gone when nobody reads it any more."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        super().__init__(file.fileno(), 0, size)
        self._file = file


def _inflate(descriptor: int, start: int, packed: int, size: int, is_whole: bool) -> Iterator[bytes]:
    """The member in pieces, and not a piece more than it says that it has."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left, given, fed = packed, 0, b""
    try:
        while not inflater.eof:
            if not fed:
                fed = os.pread(descriptor, min(PIECE, left), start + packed - left)
                left -= len(fed)
            piece = inflater.decompress(fed, PIECE)
            if not piece and not fed and not inflater.eof:
                break
            fed = inflater.unconsumed_tail
            given += len(piece)
            if given > size:
                raise MediaError("corrupt", f"unpacks to more than the {size:,} bytes that it says")
            yield piece
    except zlib.error as error:
        raise MediaError("corrupt", f"cannot be unpacked: {error}") from None
    if is_whole and (given < size or not inflater.eof):
        raise MediaError("corrupt", f"unpacks to {given:,} bytes; it says {size:,}")


def _refuse_other_crc(content: Content, media: Media) -> None:
    """Long members are read for it once more: a changed byte in the middle of a WAV shows in nothing else."""
    crc32 = 0
    while piece := content.file.read(PIECE):
        crc32 = zlib.crc32(piece, crc32)
    content.file.seek(0)
    if content.failure:
        raise content.failure
    if crc32 != media.crc32:
        raise MediaError("corrupt", f"CRC-32 differs: {crc32:08x} instead of {media.crc32 or 0:08x}")
