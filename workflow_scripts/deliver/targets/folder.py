"""A folder: of another disk, a share, or what another program takes from there."""

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from workflow_scripts.deliver.errors import DeliverError, said_by
from workflow_scripts.deliver.outgoing import READ_BYTES, Outgoing
from workflow_scripts.deliver.target import There, Told
from workflow_scripts.deliver.tries import each
from workflow_scripts.exports.sums import sha256
from workflow_scripts.tables.files import whole

AT_ONCE = 2
"""Files: more hinder each other on one disk."""
_PART = re.compile(r"\..+\.\d+\.part", re.DOTALL)
"""What is not there under its own name yet."""


class FolderTarget:
    """A folder. Its files have no digests but those that reading them gives."""

    IN_ONE_STEP = 0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def listed(self) -> dict[str, There]:
        """All files below it; a link to a folder is one, whose files are those of another place."""
        found = {}
        for above, folders, names in os.walk(self._folder):
            links = [name for name in folders if os.path.islink(os.path.join(above, name))]
            for name in [*names, *links]:
                if not _PART.fullmatch(name):
                    file = Path(above, name)
                    found[file.relative_to(self._folder).as_posix()] = There(file.lstat().st_size)
        return found

    def has(self, one: Outgoing, there: There) -> bool:
        """By reading it."""
        return there.bytes == one.bytes and sha256(self._folder / one.path) == one.sha256

    def read(self, path: str) -> bytes:
        """A small file."""
        return (self._folder / path).read_bytes()

    def change(self, put: Sequence[Outgoing], gone: Sequence[str], told: Told) -> None:
        """Copy, then remove, and folders with it that hold nothing any more."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._see_that_there_is_room(put)
            each(self._copy, put, told, AT_ONCE)
            for path in gone:
                (self._folder / path).unlink(missing_ok=True)
                self._remove_empty((self._folder / path).parent)
        except OSError as error:
            raise DeliverError(f"{self._folder}: could not be written: {said_by(error)}") from None

    def _see_that_there_is_room(self, put: Sequence[Outgoing]) -> None:
        wanted, free = sum(one.bytes for one in put), shutil.disk_usage(self._folder).free
        if wanted > free:
            raise DeliverError(
                f"{self._folder}: {wanted:,} bytes are to go there, and {free:,} are free; make room, or name another "
                "place"
            )

    def _copy(self, one: Outgoing) -> None:
        digest = hashlib.sha256()
        with whole(self._folder / one.path) as part:
            with one.file.open("rb") as content, part.open("wb") as copy:
                while block := content.read(READ_BYTES):
                    digest.update(block)
                    copy.write(block)
            one.check(digest.hexdigest())

    def _remove_empty(self, folder: Path) -> None:
        while folder != self._folder and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def target(place: str) -> FolderTarget:
    """The folder of an absolute path."""
    return FolderTarget(Path(place))
