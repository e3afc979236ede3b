"""Members of a tar, plain or compressed as a whole, read once from front to back."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from workflow_scripts.acquire.unpack.beside import BLOCK, Beside, blocks_of

_HEADER = 512
_OPEN: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".tgz": gzip.open,
    ".bz2": bz2.open,
    ".tbz": bz2.open,
    ".tbz2": bz2.open,
}
_XZ, _ZSTANDARD = (".xz", ".txz"), (".zst", ".tzst")
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, ValueError)


def members_into(archive: Path, beside: Beside) -> None:
    """Unpack a tar.

    Raises:
        UnpackError: it is damaged or cut, or holds what it must not.
    """
    try:
        with archive.open("rb") as packed, _decompressed(packed, archive.suffix.lower()) as plain:
            beside.reads(packed)
            watched = _Watched(plain)
            # errors="surrogateescape": names are bytes, and keep them
            with tarfile.open(fileobj=cast(IO[bytes], watched), mode="r:", errors="surrogateescape") as tar:
                while (member := tar.next()) is not None:
                    _add(tar, member, beside)
                    tar.members = []  # type: ignore[attr-defined]  # else all headers of a large tar would stay in memory
            if not watched.ended_well:
                raise EOFError("what follows the last member is no header")
            while plain.read(BLOCK):  # its checksum stands at the end
                pass
    except _DAMAGED as error:
        raise beside.refuse(f"it is damaged or cut ({type(error).__name__}: {error})") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise beside.refuse(f"it is damaged or cut ({error})") from None


def _add(tar: tarfile.TarFile, member: tarfile.TarInfo, beside: Beside) -> None:
    if member.isdir():
        beside.add_folder(member.name)
    elif member.issym() or member.islnk():
        beside.add_link(member.name, member.linkname, from_its_folder=member.issym())
    elif member.isfile():
        file = tar.extractfile(member)
        assert file is not None
        beside.add(member.name, blocks_of(cast(BinaryIO, file)))
    else:
        raise beside.refuse(f"the member {member.name!r} is no file, folder or link, but a device or a pipe")


class _Watched:
    """What tarfile reads, forward only; remembers the last header that it read, for it takes any for the end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._at, self._last = file, 0, b""

    @property
    def ended_well(self) -> bool:
        """Whether the last that was read was the mark of the end, or the end itself."""
        return not self._last.strip(b"\0")

    def read(self, count: int) -> bytes:
        """So many bytes, or fewer at the end."""
        parts, left = [], count
        while left and (part := self._file.read(left)):
            parts.append(part)
            left -= len(part)
        block = b"".join(parts)
        self._at += len(block)
        if count == _HEADER:
            self._last = block
        return block

    def tell(self) -> int:
        """Where the next byte is."""
        return self._at

    def seek(self, to: int) -> int:
        """Go forward."""
        if to < self._at:
            raise ValueError("its headers lead back")
        while self._at < to and (block := self._file.read(min(BLOCK, to - self._at))):
            self._at += len(block)
        return self._at


@contextmanager
def _decompressed(packed: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    if suffix in _OPEN:
        with _OPEN[suffix](packed, "rb") as file:
            yield cast(BinaryIO, file)
    elif suffix in _XZ:
        with lzma.open(packed, "rb") as file:
            yield cast(BinaryIO, file)
    else:
        yield cast(BinaryIO, _Zstandard(packed)) if suffix in _ZSTANDARD else packed


class _Zstandard:
    """Reads frame by frame: zstandard's own reader gives what a cut file has without a word."""

    _STEP = 4096
    """So many packed bytes at a time: at its densest, Zstandard makes 128 MB of them."""

    def __init__(self, packed: BinaryIO) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._new = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj
        self._packed, self._frame = packed, None  # type: BinaryIO, zstandard.ZstdDecompressionObj | None
        self._plain, self._left = b"", b""

    def read(self, count: int) -> bytes:
        """At most so many bytes, and none at the end only."""
        while not self._plain:
            packed = self._left or self._packed.read(self._STEP)
            self._left = b""
            if not packed:
                if self._frame is not None:
                    raise EOFError("it ends in the middle of a frame")
                return b""
            self._frame = self._frame or self._new()
            try:
                self._plain = self._frame.decompress(packed)
            except self._error as error:
                raise ValueError(str(error)) from None
            if self._frame.eof:
                self._left, self._frame = self._frame.unused_data, None
        block, self._plain = self._plain[:count], self._plain[count:]
        return block
