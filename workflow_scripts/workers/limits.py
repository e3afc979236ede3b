"""What a worker process puts on itself, so that the system ends it wherever it is."""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def limit_memory(size: int) -> None:
    """Let this process take so many bytes beyond what it holds now; more is a MemoryError, or its end.

    A limit that it was started with, and is lower, stays.
    """
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + size
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _address_space() -> int:
    """Bytes of address space in use; what libraries have mapped counts, and is far more than they use."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def be_silent() -> None:
    """Say nothing: libraries in C complain on standard error, file by file."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Let the system end this process, wherever it hangs, when what is done here takes too long."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
