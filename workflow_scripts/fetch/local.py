"""Files that this machine sees: a clone or a hard link of them, and a copy where there can be neither."""

import errno
import fcntl
import os
from pathlib import Path

from workflow_scripts.fetch.answers import BLOCK, Version
from workflow_scripts.fetch.disk import refuse_if_full
from workflow_scripts.fetch.part import PartFile
from workflow_scripts.fetch.progress import Meter
from workflow_scripts.fetch.remote_file import FetchError, RemoteFile
from workflow_scripts.fetch.schemes.file import path_of

_FICLONE = 0x40049409
"""Of Linux: one file takes over the blocks of another, and they are shared until either is written to."""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


def link(remote: RemoteFile, to: Path) -> bool:
    """Give a file another name; False where it can have none, so that its bytes have to be copied."""
    try:
        os.link(os.path.realpath(path_of(remote.url)), to)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    return True


def bring(remote: RemoteFile, part: PartFile, meter: Meter, *, copies: bool) -> Version | None:
    """Have the bytes of a file:// address in a part, as a clone or else, where that is wanted, as a copy.

    Returns:
        The version that the part is of; None if it could not be cloned and no copy is wanted.

    Raises:
        FetchError: the source cannot be read, or became shorter, or the disk is full.
    """
    version = Version(remote.bytes, remote.etag)
    if part.version is not None and not part.version.agrees_with(version):
        part.restart()
        meter.has(0, remote.bytes)
        meter.tells("starting_over", "the file changed at its source")
    part.begin(version, has_ranges=True)
    try:
        source = os.open(path_of(remote.url), os.O_RDONLY)
    except OSError as error:
        raise FetchError("unreadable", f"{remote.address}: {error.strerror}") from None
    try:
        if _clone(source, part):
            return version
        if not copies:
            return None
        _copy(source, part, remote, meter)
    finally:
        os.close(source)
    return version


def _clone(source: int, part: PartFile) -> bool:
    if part.came:
        return False
    try:
        fcntl.ioctl(part.descriptor, _FICLONE, source)
    except OSError:
        return False
    return True


def _copy(source: int, part: PartFile, remote: RemoteFile, meter: Meter) -> None:
    pieces = part.missing(BLOCK)
    refuse_if_full(part.to, sum(end - start for start, end in pieces))
    for start, end in pieces:
        try:
            block = os.pread(source, end - start, start)
        except OSError as error:
            raise FetchError("unreadable", f"{remote.address}: {error.strerror}", passing=True) from None
        if len(block) < end - start:
            raise FetchError("changed", f"{remote.address}: became shorter while it was copied", passing=True)
        part.write(start, block)
        meter.copied(len(block))
