"""How far a fetch is, or what unpacks what it brought, as data: who asked for it prints it."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

TOLD_EVERY_S = 0.5
RATE_OVER_S = 10.0

Doing = Literal["fetching", "waiting", "starting_over", "checking", "syncing", "done"]


@dataclass(frozen=True)
class FetchProgress:
    """How far a fetch is.

    Attributes:
        address: without secrets.
        doing: `waiting` for a server, or for another process that fetches the same; `checking` its digest.
        bytes: that are there.
        of: its size; None if it is not known.
        bytes_a_s: over the last ten seconds.
        left_s: None if it cannot be told.
        why: what it waits for, or why it starts over.
    """

    address: str
    doing: Doing
    bytes: int
    of: int | None
    bytes_a_s: float
    left_s: float | None
    why: str = ""


Told = Callable[[FetchProgress], None]


class Meter:
    """Counts bytes as they come, from any thread, and tells every half second; what happens, at once."""

    def __init__(self, address: str, told: Told | None) -> None:
        self._address, self._told = address, told
        self._lock = threading.Lock()
        self._seen: deque[tuple[float, int]] = deque()
        self._next = 0.0
        self.there, self.of, self.transferred = 0, None, 0  # type: int, int | None, int

    def has(self, there: int, of: int | None) -> None:
        """So much is there, of so much: at the start, and when it starts over."""
        with self._lock:
            self.there, self.of = there, of
            self._seen.clear()

    def came(self, count: int) -> None:
        """So many bytes came from the server."""
        with self._lock:
            self.transferred += count
        self.copied(count)

    def copied(self, count: int) -> None:
        """So many bytes more are there."""
        with self._lock:
            self.there += count
            now = time.monotonic()
            if self._told is None or now < self._next:
                return
            self._next = now + TOLD_EVERY_S
        self.tells("fetching")

    def tells(self, doing: Doing, why: str = "") -> None:
        """Say what is done now."""
        if self._told is None:
            return
        with self._lock:
            rate = self._rate()
            left = (self.of - self.there) / rate if self.of is not None and rate else None
            progress = FetchProgress(self._address, doing, self.there, self.of, rate, left, why)
        self._told(progress)

    def _rate(self) -> float:
        now = time.monotonic()
        self._seen.append((now, self.there))
        while now - self._seen[0][0] > RATE_OVER_S and len(self._seen) > 2:
            self._seen.popleft()
        since, before = self._seen[0]
        return max(0.0, (self.there - before) / (now - since)) if now > since else 0.0
