"""Room on the disk: asked for before a file is fetched, and named where it ends."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workflow_scripts.errors import in_bytes
from workflow_scripts.fetch.remote_file import FetchError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def refuse_if_full(path: Path, wants: int) -> None:
    """Ask for room before anything is fetched.

    Args:
        path: the final name; its folder is there.
        wants: bytes that are still to come.

    Raises:
        FetchError: there is less.
    """
    disk = os.statvfs(path.parent)
    free = disk.f_bavail * disk.f_frsize
    if wants > free:
        raise FetchError(
            "no_space",
            f"{path.parent}: needs {in_bytes(wants)} more for {path.name}, has {in_bytes(free)} free. Make room and "
            "run it again: what is there is kept",
        )


@contextmanager
def full_disk_told(path: Path) -> Iterator[None]:
    """Say of which file it is, and what to do, where the disk is full midway.

    Raises:
        FetchError: it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise FetchError(
            "no_space",
            f"{path.parent}: {error.strerror} while {path.name} was written. Make room and run it again: it goes on "
            "from where it ended",
        ) from None
