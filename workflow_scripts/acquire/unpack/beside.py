"""The folder beside the final one, which members are written to; every name and number is looked at here."""

import contextlib
import errno
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from workflow_scripts.acquire.unpack.bounds import UnpackBounds, UnpackError
from workflow_scripts.errors import in_bytes, shown
from workflow_scripts.fetch.disk import refuse_if_full
from workflow_scripts.fetch.progress import Meter

BLOCK = 1 << 20
LONGEST_LINK = 4096


class Beside:
    """Members of one archive, written below a folder. Files may be written by several threads."""

    def __init__(self, archive: Path, folder: Path, packed: int, bounds: UnpackBounds, meter: Meter) -> None:
        """Take members of an archive.

        Args:
            archive: for errors.
            folder: an empty one.
            packed: the size of the archive.
            bounds: what it may hold.
            meter: is told how far it is.
        """
        self._meter, self._read = meter, None  # type: Meter, BinaryIO | None
        self.archive, self._folder, self._bounds = archive, folder, bounds
        self._most_bytes, self._packed = bounds.most_bytes(packed), packed
        self._counts = threading.Lock()
        self._made = {folder}
        self._links: dict[Path, Path] = {}
        self.files = self.bytes = 0

    def expects(self, members: int, size: int) -> None:
        """The archive says beforehand what it holds: what is too much is refused before anything is written.

        Raises:
            UnpackError: it is too much.
            FetchError: the disk has no room for it.
        """
        self._refuse_too_much(members, size)
        refuse_if_full(self._folder, size)
        self._meter.has(0, size)

    def reads(self, packed: BinaryIO) -> None:
        """How far it is, the place in the archive tells: this kind does not say beforehand what comes out of it."""
        self._read = packed
        self._meter.has(0, self._packed)

    def refuse(self, why: str) -> UnpackError:
        """The error of this archive."""
        return UnpackError(f"{self.archive}: is not unpacked: {why}")

    def refuse_name(self, name: str) -> None:
        """Refuse a member by its name alone.

        Raises:
            UnpackError: it would not lie below the folder.
        """
        self._path(name)

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write a file; a later one of the same name takes its place, as archives that are added to have it."""
        with self.opened(name) as file:
            for block in blocks:
                file.write(block)

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator["CountedFile"]:
        """Give a file to write to."""
        path = self._path(name)
        self._make(path.parent, name)
        with self._told(name):
            path.unlink(missing_ok=True)
            with path.open("xb") as file:
                yield CountedFile(file, self)
        with self._counts:
            self._links.pop(path, None)
            self.files += 1
            self._refuse_too_much(self.files + len(self._links), self.bytes)

    def add_folder(self, name: str) -> None:
        """Make a folder."""
        self._make(self._path(name), name)

    def add_link(self, name: str, to: str, *, from_its_folder: bool) -> None:
        """Another name of a file of the archive, once all are there.

        Args:
            name: of the link.
            to: what it names: seen from the link's folder, as symbolic links have it, or from the top, as hard links.
            from_its_folder: the former.
        """
        path, parts = self._path(name), to.split("/")
        if from_its_folder:
            parts = [*path.parent.relative_to(self._folder).parts, *parts]
        inside: list[str] = []
        for part in parts:
            if part == ".." and inside:
                inside.pop()
            elif part == "..":
                raise self._leads_out(name, to)
            elif part not in ("", "."):
                inside.append(part)
        if to.startswith("/") or not inside:
            raise self._leads_out(name, to)
        self._make(path.parent, name)
        self._links[path] = self._folder.joinpath(*inside)
        self._refuse_too_much(self.files + len(self._links), self.bytes)

    def finish(self) -> None:
        """Make the links. They are hard ones: nothing that is written later can go through them.

        Raises:
            UnpackError: one names no file of the archive.
        """
        while self._links:
            ready = {path: to for path, to in self._links.items() if to.is_file()}
            if not ready:
                path, to = next(iter(self._links.items()))
                raise self.refuse(
                    f"the link {shown(self._name(path))} names {shown(self._name(to))}, which is no file of the archive"
                )
            for path, to in ready.items():
                with self._told(self._name(path)):
                    if path != to:
                        path.unlink(missing_ok=True)
                        os.link(to, path)
                del self._links[path]
                self.files += 1

    def came(self, count: int) -> None:
        """So many bytes are to be written."""
        with self._counts:
            self.bytes += count
            self._refuse_too_much(self.files, self.bytes)
            self._meter.copied(self._read.tell() - self._meter.there if self._read else count)

    def _path(self, name: str) -> Path:
        """Where a member goes.

        Raises:
            UnpackError: nowhere that is below the folder.
        """
        if name.startswith("/") or "\0" in name:
            raise self.refuse(f"the member {shown(name)} has an absolute path, or none")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise self.refuse(f"the member {shown(name)} would lie outside of the folder (`..`)")
        if not parts and name.strip("./"):
            raise self.refuse(f"the member {shown(name)} has no name")
        return self._folder.joinpath(*parts)

    def _make(self, folder: Path, name: str) -> None:
        if folder not in self._made:
            with self._told(name):
                folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)

    @contextlib.contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Say of which member it is that the disk refuses it."""
        try:
            yield
        except OSError as error:
            hint = "; make room and run it again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
            raise self.refuse(f"the member {shown(name)}: {error.strerror or error}{hint}") from None

    def _refuse_too_much(self, members: int, size: int) -> None:
        if members > self._bounds.members:
            raise self.refuse(f"it holds more than {self._bounds.members:,} members")
        if size > self._most_bytes:
            raise self.refuse(
                f"it holds {in_bytes(size)} or more, which is above {in_bytes(self._most_bytes)}: too much for an "
                f"archive of {in_bytes(self._packed)}. If you trust it, unpack it by hand"
            )

    def _leads_out(self, name: str, to: str) -> UnpackError:
        return self.refuse(f"the link {shown(name)} leads out of it, to {shown(to)}")

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


class CountedFile:
    """A file whose bytes are counted before they are written."""

    def __init__(self, file: BinaryIO, beside: Beside) -> None:
        self._file, self._beside = file, beside

    def write(self, block: bytes) -> int:
        """Write so many bytes more.

        Raises:
            UnpackError: the archive holds more than it may.
        """
        self._beside.came(len(block))
        return self._file.write(block)


def blocks_of(file: "BinaryIO") -> Iterator[bytes]:
    """The bytes of a member, in blocks."""
    while block := file.read(BLOCK):
        yield block
