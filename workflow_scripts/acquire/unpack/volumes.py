"""A zip that was split into volumes, as one file: Python's zipfile reads no other.

`zip -s` cuts the whole wherever a volume is full; the last volume is called .zip, the others .z01, .z02, …. What stands
in the directory counts from the volume that a member begins in. So the volumes are laid one behind the other, and the
directory is written anew, with places from the beginning. The format: APPNOTE.TXT of PKWARE, 4.3 and 4.5.3.
"""

import bisect
import io
import re
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from zipfile import BadZipFile

from workflow_scripts.media.archives.zip_directory import EXTRA, NUMBERS64, extra_fields

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_END, _LOCATOR, _END64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")
_ENTRY, _NUMBERS = struct.Struct("<4s6H3L5H2L"), struct.Struct("<3Q")
_IN_EXTRA, _IN_EXTRA_16 = 0xFFFFFFFF, 0xFFFF
_LARGEST_END = _END.size + (1 << 16)
_LARGEST_DIRECTORY = 1 << 30


def volumes_of(archive: Path) -> list[Path]:
    """The volumes of a zip in order, itself the last; itself alone if it is whole.

    Raises:
        BadZipFile: some are not there, or it is no zip.
    """
    with archive.open("rb") as file:
        before = _volumes_before(file)
    volumes = [archive.with_suffix(f".z{number:02}") for number in range(1, before + 1)]
    if missing := [volume.name for volume in volumes if not volume.is_file()]:
        raise BadZipFile(f"it has {before + 1} volumes, of which there are not: {', '.join(missing[:20])}")
    return [*volumes, archive]


def parts_of(archive: Path) -> list[Path]:
    """The files that an archive lies in: those of its volumes that are there, and itself."""
    stem = re.escape(archive.stem)
    volumes = [path for path in archive.parent.iterdir() if re.fullmatch(rf"{stem}\.z\d\d+", path.name, re.IGNORECASE)]
    return [*sorted(volumes), archive] if archive.suffix.lower() == ".zip" else [archive]


@contextmanager
def joined(volumes: Sequence[Path]) -> Iterator[BinaryIO]:
    """Volumes as one file that zipfile reads."""
    with ExitStack() as stack:
        files = [stack.enter_context(volume.open("rb")) for volume in volumes]
        if len(files) == 1:
            yield files[0]
        else:
            yield cast(BinaryIO, _joined(files))


def _joined(files: Sequence[BinaryIO]) -> io.BufferedReader:
    sizes = [file.seek(0, io.SEEK_END) for file in files]
    starts = [0, *accumulate(sizes)]
    laid = _Laid([*zip(files, sizes, strict=True)])
    count, size, place = _directory(files[-1], starts)
    laid.seek(place)
    old = io.BufferedReader(laid).read(size)
    new, entries = _with_places(old, starts)
    if entries != count:
        raise BadZipFile(f"its directory lists {entries:,} members, and says that there are {count:,}")
    tail = io.BytesIO(new + _ends(count, len(new), place))
    cut = [*zip(files, sizes, strict=True)]
    last = bisect.bisect_right(starts, place) - 1
    kept = [*cut[:last], (files[last], place - starts[last])]
    return io.BufferedReader(_Laid([*kept, (tail, len(tail.getvalue()))]), 1 << 16)


def _with_places(directory: bytes, starts: Sequence[int]) -> tuple[bytes, int]:
    """A directory whose entries tell where members are from the beginning of all volumes; how many it has."""
    entries, at = [], 0
    while at + _ENTRY.size <= len(directory) and directory[at : at + 4] == b"PK\1\2":
        fields = list(_ENTRY.unpack_from(directory, at))
        name_at = at + _ENTRY.size
        extra_at = name_at + fields[10]
        comment_at = extra_at + fields[11]
        end = comment_at + fields[12]
        extra, numbers = _without_numbers(directory[extra_at:comment_at])
        wide = iter(numbers)
        plain, packed, place = (next(wide) if fields[i] == _IN_EXTRA else fields[i] for i in (9, 8, 16))
        volume = _volume(fields[13], numbers, wide)
        if volume >= len(starts) - 1:
            raise BadZipFile("its directory names a volume that there is not")
        extra += EXTRA.pack(NUMBERS64, _NUMBERS.size) + _NUMBERS.pack(plain, packed, starts[volume] + place)
        fields[8] = fields[9] = fields[16] = _IN_EXTRA
        fields[11], fields[13] = len(extra), 0
        entries += [_ENTRY.pack(*fields), directory[name_at:extra_at], extra, directory[comment_at:end]]
        at = end
    if at != len(directory):
        raise BadZipFile("its directory is damaged")
    return b"".join(entries), len(entries) // 4


def _volume(said: int, numbers: Sequence[int], wide: Iterator[int]) -> int:
    """The volume of a member; where there are many, it stands behind the other wide numbers, in four bytes."""
    if said != _IN_EXTRA_16:
        return said
    if not numbers:
        raise BadZipFile("its directory is damaged: a volume is not told")
    return next(wide) & _IN_EXTRA


def _without_numbers(extra: bytes) -> tuple[bytes, list[int]]:
    """Extra fields but that of wide numbers, and these."""
    kept, numbers = b"", list[int]()
    for kind, field in extra_fields(extra):
        if kind == NUMBERS64:
            padded = field + bytes(-len(field) % 8)
            numbers = list(struct.unpack(f"<{len(padded) // 8}Q", padded))
        else:
            kept += EXTRA.pack(kind, len(field)) + field
    return kept, numbers


def _ends(count: int, size: int, place: int) -> bytes:
    end64 = _END64.pack(b"PK\6\6", _END64.size - 12, 45, 45, 0, 0, count, count, size, place)
    locator = _LOCATOR.pack(b"PK\6\7", 0, place + size, 1)
    return end64 + locator + _END.pack(b"PK\5\6", 0, 0, *([_IN_EXTRA_16] * 2), *([_IN_EXTRA] * 2), 0)


def _volumes_before(file: BinaryIO) -> int:
    end, wide = _read_ends(file)
    return wide[4] if wide else end[1]


def _directory(file: BinaryIO, starts: Sequence[int]) -> tuple[int, int, int]:
    """Members, size of the directory, and its place from the beginning of all volumes."""
    end, wide = _read_ends(file)
    volume, count, size, place = (wide[5], wide[7], wide[8], wide[9]) if wide else (end[2], end[4], end[5], end[6])
    if volume >= len(starts) - 1 or starts[volume] + place + size > starts[-1] or size > _LARGEST_DIRECTORY:
        raise BadZipFile("its directory lies where nothing is")
    return count, size, starts[volume] + place


def _read_ends(file: BinaryIO) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    """What stands at the end of the last volume, and the same in wide numbers where it has them."""
    whole = file.seek(0, io.SEEK_END)
    file.seek(max(0, whole - _LARGEST_END))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        raise BadZipFile("it is no zip, or its end is missing")
    end = _END.unpack_from(tail, at)
    locator = at - _LOCATOR.size
    if locator < 0 or tail[locator : locator + 4] != b"PK\6\7":
        return end, None
    at64 = locator - _END64.size
    if at64 < 0 or tail[at64 : at64 + 4] != b"PK\6\6":
        if end[1] in (0, _IN_EXTRA_16):
            return end, None  # zipfile says what is wrong with it
        raise BadZipFile("its end is damaged")
    return end, _END64.unpack_from(tail, at64)


class _Laid(io.RawIOBase):
    """Files laid one behind the other, each as far as it is told."""

    def __init__(self, files: Sequence[tuple[BinaryIO, int]]) -> None:
        self._files = [file for file, _ in files]
        self._starts = [0, *accumulate(size for _, size in files)]
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, base + to)
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if self._at >= self._starts[-1]:
            return 0
        number = bisect.bisect_right(self._starts, self._at) - 1
        most = min(memoryview(buffer).nbytes, self._starts[number + 1] - self._at)
        self._files[number].seek(self._at - self._starts[number])
        block = self._files[number].read(most)
        if not block:
            raise BadZipFile("a volume became shorter while it was read")
        memoryview(buffer).cast("B")[: len(block)] = block
        self._at += len(block)
        return len(block)
