"""A line a file while a delivery goes."""

import logging
import time
from collections.abc import Sequence

from workflow_scripts.deliver.outgoing import Outgoing

UNITS = ("bytes", "kB", "MB", "GB", "TB")
_log = logging.getLogger(__name__)


class Arrivals:
    """How far the files of a delivery are.

    Attributes:
        sent: those that arrived.
    """

    def __init__(self, files: Sequence[Outgoing]) -> None:
        self.sent: list[Outgoing] = []
        self._files, self._bytes = len(files), sum(one.bytes for one in files)
        self._gone, self._since = 0, time.monotonic()

    def arrived(self, one: Outgoing) -> None:
        """Tell of a file that is there: its size, the rate so far, and the time that the others will take at that."""
        self.sent.append(one)
        self._gone += one.bytes
        rate = self._gone / max(time.monotonic() - self._since, 1e-3)
        left = (self._bytes - self._gone) / max(rate, 1e-3)
        _log.info(
            "%d of %d files, %s of %s, %s/s, %d s left: %s (%s)",
            *(len(self.sent), self._files, size(self._gone), size(self._bytes)),
            *(size(rate), round(left), one.path, size(one.bytes)),
        )


def size(count: float) -> str:
    """Bytes in the unit that suits them.

    >>> size(900), size(3_840_000), size(6.1e14)
    ('900 bytes', '3.8 MB', '610.0 TB')
    """
    for unit in UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == UNITS[0] else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {UNITS[-1]}"
