"""An excerpt of a zip that is added to: members stand in it as they stand in the archive, packed as they are there.

Where the packed bytes of each stand in the archive, and in which version of it, is written before it in a field of its
own, so that they need not come once more when all of the archive is wanted.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from workflow_scripts.media.archives.excerpt import ExcerptOf, comment_of
from workflow_scripts.media.archives.zip_directory import EXTRA, LOCAL, extra_fields, members_of
from workflow_scripts.media.opened import OnDisk

_CAME_FROM = struct.Struct("<2Q")
_ITS_KIND = 0x4C53
BLOCK = 1 << 20


class NoSuchMemberError(Exception):
    """What came is not the member that the directory of its archive tells of."""


@dataclass(frozen=True)
class PackedBytes:
    """The packed bytes of a member.

    Attributes:
        name: of the member.
        method: how they are packed.
        crc32: of the member.
        bytes: that it has.
        packed_bytes: that these are.
        stands_at: where they begin in the archive.
        version: a number that stands for the version of the archive.
    """

    name: str
    method: int
    crc32: int
    bytes: int
    packed_bytes: int
    stands_at: int
    version: int


class GrowingExcerpt:
    """A file that becomes an excerpt; what an earlier process left of it, or an excerpt that is whole, is gone on with.

    Attributes:
        members: that it has, by name, each with where its packed bytes begin here.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Take what is there, which may end anywhere.

        Args:
            file: open to be read and written.
        """
        self._file = file
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self.members: dict[str, tuple[PackedBytes, int]] = {}
        end = 0
        for offset, start, member in members_here(file):
            self._take(member, offset, start)
            end = max(end, start + member.packed_bytes)
        file.seek(end)
        file.truncate()

    def has(self, name: str, crc32: int | None) -> bool:
        """Whether it has a member with the same bytes."""
        return name in self.members and self.members[name][0].crc32 == crc32

    def add(self, member: PackedBytes, blocks: Iterable[bytes]) -> None:
        """Add a member.

        Args:
            member: what the directory of the archive tells of it.
            blocks: its packed bytes.

        Raises:
            NoSuchMemberError: they are not those of the member; the file is as it was.
        """
        offset = self._file.tell()
        try:
            self._file.write(_info(member, offset).FileHeader())
            start = self._file.tell()
            for block in _held(member, blocks):
                self._file.write(block)
        except BaseException:
            self._file.seek(offset)
            self._file.truncate()
            raise
        self._take(member, offset, start)

    def finish(self, of: ExcerptOf) -> None:
        """Write its directory, and have all of it on the disk for good."""
        with zipfile.ZipFile(self._file, "w") as archive:  # from here on: what stands before is left
            archive.filelist = list(self._infos.values())
            archive.comment = comment_of(of)
        self._file.truncate()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _take(self, member: PackedBytes, offset: int, start: int) -> None:
        self._infos[member.name] = _info(member, offset)
        self.members[member.name] = member, start


def members_here(file: BinaryIO) -> Iterator[tuple[int, int, PackedBytes]]:
    """The members of an excerpt that are whole, by its directory, or without one by what stands before each.

    Yields:
        Where each begins, where its packed bytes begin, and what is known of it.
    """
    size = os.fstat(file.fileno()).st_size
    found, damages = members_of(OnDisk(file.fileno()))
    for _, member in found:
        header = os.pread(file.fileno(), LOCAL.size, member.offset)
        *_, name_bytes, extra_bytes = LOCAL.unpack(header)
        extra_at = member.offset + LOCAL.size + name_bytes
        start = extra_at + extra_bytes
        extra = os.pread(file.fileno(), extra_bytes, extra_at)  # of long members their size stands there too
        came_from = next((field for kind, field in extra_fields(extra) if kind == _ITS_KIND), b"")
        if len(came_from) != _CAME_FROM.size:
            continue
        place = _CAME_FROM.unpack(came_from)
        told = PackedBytes(member.name, member.method, member.crc32, member.bytes, member.packed_bytes, *place)
        if start + member.packed_bytes <= size and (not damages or _is_sound(file, start, told)):
            yield member.offset, start, told


def blocks_at(file: BinaryIO, start: int, count: int) -> Iterator[bytes]:
    """So many bytes from a place, wherever the file is read else."""
    while count and (block := os.pread(file.fileno(), min(BLOCK, count), start)):
        yield block
        start, count = start + len(block), count - len(block)


def _is_sound(file: BinaryIO, start: int, member: PackedBytes) -> bool:
    try:
        for _ in _held(member, blocks_at(file, start, member.packed_bytes)):
            pass
    except NoSuchMemberError:
        return False
    return True


def _held(member: PackedBytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks as they go by; the last is followed by an error if they were not the member's."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == zipfile.ZIP_DEFLATED else None
    crc32 = came = 0
    for block in blocks:
        came += len(block)
        left = block
        while left:
            try:
                piece = inflater.decompress(left, BLOCK) if inflater else left
            except zlib.error as error:
                raise NoSuchMemberError(f"cannot be unpacked ({error})") from None
            crc32 = zlib.crc32(piece, crc32)
            left = inflater.unconsumed_tail if inflater else b""
        yield block
    crc32 = zlib.crc32(inflater.flush(), crc32) if inflater else crc32
    if came != member.packed_bytes:
        raise NoSuchMemberError(f"has {came:,} packed bytes, should have {member.packed_bytes:,}")
    if crc32 != member.crc32:
        raise NoSuchMemberError(f"has the CRC-32 {crc32:08x}, should have {member.crc32:08x}")


def _info(member: PackedBytes, offset: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member.name)
    info.compress_type, info.CRC = member.method, member.crc32
    info.file_size, info.compress_size = member.bytes, member.packed_bytes
    info.header_offset, info.external_attr = offset, 0o644 << 16
    info.extra = EXTRA.pack(_ITS_KIND, _CAME_FROM.size) + _CAME_FROM.pack(member.stands_at, member.version)
    return info
