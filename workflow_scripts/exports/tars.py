"""Tars that are the same bytes whenever they hold the same, and are read back once they are written."""

import io
import tarfile
from pathlib import Path
from types import TracebackType

import xxhash

from workflow_scripts.errors import SoundledgerError


class Tar:
    """A tar to be written.

    Leaving its `with` raises SoundledgerError where it does not read back as what was added.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tar = tarfile.open(file, "w", format=tarfile.GNU_FORMAT)  # noqa: SIM115  closed by __exit__
        self._added: list[tuple[str, str]] = []

    def __enter__(self) -> "Tar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._tar.close()
        if error is None:
            self._read_back()

    def add(self, name: str, content: bytes) -> None:
        """Add a member: of nobody, made in 1970."""
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))
        self._added.append((name, xxhash.xxh3_128_hexdigest(content)))

    def _read_back(self) -> None:
        with tarfile.open(self._file) as tar:
            there = [(member.name, xxhash.xxh3_128_hexdigest(_content(tar, member))) for member in tar]
        if there != self._added:
            raise SoundledgerError(
                f"{self._file}: {len(there):,} members read back of {len(self._added):,} that were written, or other "
                "bytes: the disk is not to be trusted. Write results elsewhere, and run again"
            )


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""
