"""The files of an export, and what is known of their bytes."""

import functools
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.errors import first_twenty
from workflow_scripts.exports.sums import SUMS, sha256

PART_BYTES = 64 * 2**20
"""Of what large files are sent in, where they are sent in parts."""
READ_BYTES = 2**20


@dataclass(frozen=True)
class Digests:
    """What places call the same bytes by.

    Attributes:
        sha256: in hex, as in SHA256SUMS; of large files on the Hugging Face hub.
        md5: in hex; of what lies in a bucket.
        parts: the MD5 of each PART_BYTES, of which S3 makes the name of what came in parts.
        git: of small files on the hub: the SHA-1 of a blob of git.
    """

    sha256: str
    md5: str
    parts: tuple[bytes, ...]
    git: str

    @property
    def of_parts(self) -> str:
        """The ETag of a file that came in parts of PART_BYTES each."""
        return f"{hashlib.md5(b''.join(self.parts), usedforsecurity=False).hexdigest()}-{len(self.parts)}"


@dataclass(frozen=True)
class Outgoing:
    """A file that is to lie at a place.

    Attributes:
        path: below the export, and below the place that it goes to.
        file: where it is.
        bytes: its size.
        sha256: that it was written with.
    """

    path: str
    file: Path
    bytes: int
    sha256: str

    @functools.cached_property
    def digests(self) -> Digests:
        """All that places may call it by, by one reading.

        Raises:
            DeliverError: its bytes are others than were written.
        """
        found = digests_of(self.file)
        self.check(found.sha256)
        return found

    def check(self, found: str) -> None:
        """See that what was read is what was written.

        Raises:
            DeliverError: it is not.
        """
        if found != self.sha256:
            raise DeliverError(
                f"{self.file}: expected the SHA-256 {self.sha256}, with which it was written, found {found}. It was "
                "changed since; delete it, and run again: the export is made anew"
            )


def outgoing(file: Path, path: str) -> Outgoing:
    """A file as it lies there."""
    return Outgoing(path, file, file.stat().st_size, sha256(file))


def files_of(folder: Path) -> list[Outgoing]:
    """The files of an export, sorted by path, SHA256SUMS the last.

    Args:
        folder: with SHA256SUMS, which names all the others.

    Raises:
        DeliverError: one that it names is gone, or it does not name one that is there.
    """
    folder = folder.resolve()
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    there = set(_below(folder)) - {SUMS}
    if odd := sorted(there.symmetric_difference(listed)):
        raise DeliverError(
            f"{folder}: {SUMS} and the folder differ in {len(odd):,} files: {first_twenty(odd)}. Delete "
            f"{folder / SUMS}, and run again: the export is made anew"
        )
    each = [Outgoing(path, folder / path, (folder / path).stat().st_size, listed[path]) for path in sorted(listed)]
    return [*each, outgoing(folder / SUMS, SUMS)]


def digests_of(file: Path) -> Digests:
    """All digests of a file's bytes."""
    sha, whole, parts = hashlib.sha256(), _md5(), [_md5()]
    git = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
    with file.open("rb") as content:
        left = PART_BYTES
        while block := content.read(min(READ_BYTES, left)):
            for digest in (sha, whole, git, parts[-1]):
                digest.update(block)
            left -= len(block)
            if not left:
                parts.append(_md5())
                left = PART_BYTES
    of_parts = [part.digest() for part in parts]
    if left == PART_BYTES and len(of_parts) > 1:  # nothing came after the last whole part
        of_parts.pop()
    return Digests(sha.hexdigest(), whole.hexdigest(), tuple(of_parts), git.hexdigest())


def _md5() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)


def _below(folder: Path) -> Iterator[str]:
    for above, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(above, name), folder)
