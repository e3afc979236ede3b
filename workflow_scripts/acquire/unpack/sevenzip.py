"""Members of a .7z, by py7zr, which belongs to the optional group of packages `remote`."""

import lzma
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from workflow_scripts.acquire.unpack.beside import LONGEST_LINK, Beside


def members_into(archive: Path, beside: Beside) -> None:
    """Unpack a .7z.

    Raises:
        UnpackError: it is damaged or cut, or holds what it must not; or py7zr is not there.
    """
    try:
        import py7zr
    except ModuleNotFoundError as error:
        raise beside.refuse(f".7z wants py7zr (no module {error.name}): `make remote` installs it") from None
    damaged = (py7zr.exceptions.ArchiveError, py7zr.PasswordRequired, lzma.LZMAError, EOFError, ValueError, TypeError)
    try:
        with py7zr.SevenZipFile(archive) as opened:
            links = _announce(opened.files, beside)
            opened.extractall(factory=_factory(links, beside))
    except (*damaged, IndexError, KeyError, AttributeError, AssertionError) as error:
        raise beside.refuse(f"it is damaged, cut or encrypted ({type(error).__name__}: {error})") from None


def _announce(members: Any, beside: Beside) -> set[str]:
    """Say what is to come; which of it are symbolic links."""
    named: dict[str, Any] = {}
    for member in members:
        name = PurePosixPath(member.filename).as_posix()
        if name in named:
            raise beside.refuse(f"it holds two members called {name!r}")
        named[name] = member
        if member.is_socket:
            raise beside.refuse(f"the member {name!r} is no file, folder or link")
        beside.refuse_name(member.filename)
    beside.expects(len(named), sum(member.uncompressed or 0 for member in named.values()))
    for name, member in named.items():
        if member.is_directory:
            beside.add_folder(name)
    return {name for name, member in named.items() if member.is_symlink or member.is_junction}


def _factory(links: set[str], beside: Beside) -> Any:
    """What gives py7zr somewhere to write each member to."""
    from py7zr.io import Py7zIO, WriterFactory

    class Member(Py7zIO):  # type: ignore[misc]  # of an optional group
        """A member, as py7zr writes it: from front to back."""

        def __init__(self, write: Callable[[bytes], object], close: Callable[[], object]) -> None:
            self._write, self._close, self._size = write, close, 0

        def write(self, s: bytes | bytearray) -> int:
            self._size += len(s)
            self._write(bytes(s))
            return len(s)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return offset

        def flush(self) -> None:
            pass

        def size(self) -> int:
            return self._size

        def close(self) -> None:
            self._close()

    class Members(WriterFactory):  # type: ignore[misc]  # likewise
        def create(self, filename: str) -> Py7zIO:
            if filename in links:
                to = _Link(filename, beside)
                return Member(to.write, to.close)
            stack = ExitStack()
            file = stack.enter_context(beside.opened(filename))
            return Member(file.write, stack.close)

    return Members()


class _Link:
    """A symbolic link, whose bytes are what it names."""

    def __init__(self, name: str, beside: Beside) -> None:
        self._name, self._beside, self._to = name, beside, b""

    def write(self, part: bytes) -> None:
        self._to += part
        if len(self._to) > LONGEST_LINK:
            raise self._beside.refuse(f"the link {self._name!r} is longer than any path")

    def close(self) -> None:
        self._beside.add_link(self._name, os.fsdecode(self._to), from_its_folder=True)
