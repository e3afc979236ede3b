"""What the directory of a zip says of its members or, where that cannot be read, what stands before each of them."""

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from workflow_scripts.media.archives import Damage
from workflow_scripts.media.content import PIECE
from workflow_scripts.media.limits import LONGEST_NAME
from workflow_scripts.media.names import to_text
from workflow_scripts.media.opened import Opened
from workflow_scripts.media.walk import is_audio, is_unread

SIZE_BEHIND, UTF8 = 8, 0x800
"""Flags of a member."""
END = struct.Struct("<4s4H2LH")
LOCATOR = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")
ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
EXTRA = struct.Struct("<2H")
END_SIGNATURE, LOCATOR_SIGNATURE, END64_SIGNATURE = b"PK\5\6", b"PK\6\7", b"PK\6\6"
ENTRY_SIGNATURE, LOCAL_SIGNATURE = b"PK\1\2", b"PK\3\4"
IN_EXTRA, IN_EXTRA_OF_16 = 0xFFFFFFFF, 0xFFFF
NUMBERS64 = 1
"""The kind of the field in an extra field that has numbers of 64 bits."""
LARGEST_SIZE = 1 << 62
LARGEST_DIRECTORY = 1 << 29
"""Five million members; more would take the memory of the scan."""
LARGEST_COMMENT = 1 << 16
MOST_ENDS = 8
"""Records of the end that are looked at: each may name a directory as long as the archive."""


@dataclass(frozen=True, slots=True)
class ZipMember:
    """What the directory, or the header before a member, says of it."""

    name: str
    flags: int
    method: int
    crc32: int
    packed_bytes: int
    bytes: int
    offset: int
    is_link: bool = False


Numbered = tuple[int, ZipMember]
"""A member and its number in the archive, from 1."""


class _NoDirectoryError(Exception):
    """The directory cannot be read; the reason and the words of the damage."""


def members_of(archive: Opened) -> tuple[list[Numbered], list[Damage]]:
    """The audio members of a zip, those of unread kinds too, and what of it could not be read."""
    end = archive.size()
    try:
        return _directory(archive, end), []
    except _NoDirectoryError as error:
        members, unknown = _walk(archive, end)
        return members, [Damage(*error.args), *unknown]


def has_directory(archive: Opened) -> bool:
    """Whether a zip tells by its directory what it holds, so that nothing else of it need be read to know.

    The last volume of several has one too, of what lies in the others.
    """
    end = archive.size()
    try:
        _directory(archive, end)
    except _NoDirectoryError:
        return False
    start = max(0, end - END.size - LARGEST_COMMENT)
    tail = archive.read_at(start, end - start)
    place = tail.rfind(END_SIGNATURE, 0, len(tail) - END.size + len(END_SIGNATURE))
    return place >= 0 and END.unpack_from(tail, place)[1] in (0, IN_EXTRA_OF_16)


def _directory(archive: Opened, end: int) -> list[Numbered]:
    """The audio members that the directory names, those of unread kinds too.

    Raises:
        _NoDirectoryError: it is not there, or not whole.
    """
    start = max(0, end - END.size - LARGEST_COMMENT)
    tail = archive.read_at(start, end - start)
    place, ends = len(tail), 0
    while ends < MOST_ENDS and (place := tail.rfind(END_SIGNATURE, 0, place)) >= 0:
        if place + END.size > len(tail):
            continue
        ends += 1
        for first, size, before in _places(archive, start + place, tail[place : place + END.size]):
            members = _entries(archive.read_at(first, size), before)
            if members is not None:
                return members
    if ends:
        raise _NoDirectoryError("archive_damaged", "its directory cannot be read; listed by what stands before members")
    raise _NoDirectoryError("archive_cut", "ends without a directory; listed by what stands before members")


def _places(archive: Opened, place: int, record: bytes) -> Iterator[tuple[int, int, int]]:
    """Where the directory may lie by the record at its end: first byte, size, bytes that lie before the archive."""
    *_, size, offset, _ = END.unpack(record)
    stop = place
    locator = archive.read_at(max(0, place - LOCATOR.size), LOCATOR.size)
    if place >= LOCATOR.size and locator.startswith(LOCATOR_SIGNATURE):
        for at in (place - LOCATOR.size - END64.size, LOCATOR.unpack(locator)[2]):
            record = archive.read_at(at, END64.size) if 0 <= at < place else b""
            if record.startswith(END64_SIGNATURE) and len(record) == END64.size:
                *_, size, offset = END64.unpack(record)
                stop = at
                break
    for first in (stop - size, offset):
        if 0 <= offset <= first <= stop and size <= min(stop - first, LARGEST_DIRECTORY):
            yield first, size, first - offset


def _entries(directory: bytes, before: int) -> list[Numbered] | None:
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
        name = _text(directory[max(name_at, extra_at - LONGEST_NAME - 1) : extra_at], flags)
        size, packed, offset = _with_extra((size, packed, offset), directory[extra_at : extra_at + extra_len])
        if not is_audio(name) and not is_unread(name, size):
            continue
        is_link = made_by >> 8 == 3 and stat.S_ISLNK(mode >> 16)
        members.append((ordinal, ZipMember(name, flags, method, crc32, packed, size, offset + before, is_link)))
    return members


def _with_extra(numbers: tuple[int, int, int], extra: bytes) -> tuple[int, int, int]:
    """Numbers that need more than 32 bits stand in the extra field, in their order and only those."""
    if IN_EXTRA not in numbers:
        return numbers
    found = list(numbers)
    values = next((field for kind, field in extra_fields(extra) if kind == NUMBERS64), b"")
    for index, number in enumerate(found):
        if number == IN_EXTRA and len(values) >= 8:
            found[index] = int.from_bytes(values[:8], "little")
            values = values[8:]
    return found[0], found[1], found[2]


def extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields that stand in an extra field, by its format (APPNOTE, 4.5): the kind of each, and what is in it."""
    at = 0
    while at + EXTRA.size <= len(extra):
        kind, length = EXTRA.unpack_from(extra, at)
        at += EXTRA.size
        yield kind, extra[at : at + length]
        at += length


def _text(raw: bytes, flags: int) -> str:
    """A name, or the end of one that is too long.

    UTF-8 where it says so or is so, else the letters of the first IBM PC, as the format has it.
    """
    if flags & UTF8:
        return to_text(os.fsdecode(raw))
    try:
        return to_text(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return to_text(raw.decode("cp437"))


def _walk(archive: Opened, end: int) -> tuple[list[Numbered], list[Damage]]:
    """The audio members by the headers before them, as far as these tell sizes; those of unread kinds too."""
    members: list[Numbered] = []
    damages: list[Damage] = []
    finder = _Finder(archive)
    ordinal = place = 0
    while (place := finder.next_signature(place)) < end:
        header = archive.read_at(place, LOCAL.size)
        if len(header) < LOCAL.size:
            break
        ordinal += 1
        _, _, flags, method, _, _, crc32, packed, size, name_len, extra_len = LOCAL.unpack(header)
        rest = archive.read_at(place + LOCAL.size, name_len + extra_len)
        name = _text(rest[max(0, name_len - LONGEST_NAME - 1) : name_len], flags)
        size, packed, _ = _with_extra((size, packed, 0), rest[name_len:])
        member = ZipMember(name, flags, method, crc32, packed, size, place)
        is_size_known = packed or not flags & SIZE_BEHIND
        is_one = is_size_known or is_audio(name)  # of others it may be chance that they look like a header
        place += LOCAL.size + (name_len + extra_len + packed if is_one else 0)
        if is_unread(name, size) or (is_audio(name) and is_size_known):
            members.append((ordinal, member))
        elif is_audio(name):
            damages.append(Damage("archive_damaged", "only the directory told its size", ordinal, name))
    return members, damages


class _Finder:
    """Finds headers of members; holds a piece of the archive, so that close ones cost no reading."""

    def __init__(self, archive: Opened) -> None:
        self._archive, self._start, self._piece = archive, 0, b""

    def next_signature(self, place: int) -> int:
        """The first place from here on where a member's header can stand, or beyond any end."""
        while place < LARGEST_SIZE:
            if not self._start <= place <= self._start + len(self._piece) - len(LOCAL_SIGNATURE):
                self._start, self._piece = place, self._archive.read_at(place, PIECE)
                if len(self._piece) < len(LOCAL_SIGNATURE):
                    break
            at = self._piece.find(LOCAL_SIGNATURE, place - self._start)
            if at >= 0:
                return self._start + at
            place = self._start + len(self._piece) - len(LOCAL_SIGNATURE) + 1
        return LARGEST_SIZE
