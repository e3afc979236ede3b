"""Which processes of this machine are alive, how many may work side by side, and which has a file to itself."""

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""What a filesystem says that has no locks: there it is up to Snakemake, which starts one job a file."""


def started(pid: int) -> str | None:
    """When a process started, as the system counts; None if there is none of this number, or only its remains.

    The number of a process that ended is given to another sooner or later: the two differ in this.

    >>> started(os.getpid()) == started(os.getpid()) is not None
    True
    """
    try:
        # the name, in brackets, may hold anything
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return _answers(pid)
    return None if fields[0] in ("Z", "X") else fields[19]


def _answers(pid: int) -> str | None:
    """The same where the system shows no processes as files: all that is known is whether there is one."""
    if os.path.exists("/proc/self/stat"):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:  # it is somebody else's
        return ""
    return ""


def cores() -> int:
    """How many this process may use; of those that there are, where the system does not say.

    >>> cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def lock(descriptor: int, waits: Callable[[], None], byte: int | None = None) -> None:
    """Have an open file, or one byte of it, to oneself until it is closed, which the end of a process does too.

    Args:
        descriptor: of the file.
        waits: called once if another process has it, whose end is waited for.
        byte: its place; there need be none. Its lock does not pass to forks, that of a whole file does.
    """

    def take(how: int) -> None:
        fcntl.flock(descriptor, how) if byte is None else fcntl.lockf(descriptor, how, 1, byte)

    try:
        take(fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waits()
        take(fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
