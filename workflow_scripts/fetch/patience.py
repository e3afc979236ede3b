"""How long a server is waited for, and how often it is asked again."""

from dataclasses import dataclass
from typing import Self

from urllib3 import Retry
from urllib3.exceptions import InvalidHeader, MaxRetryError

RESETS_TRIES = 1 << 20
"""Bytes of one answer that show a server to be at work: tries are counted from there anew."""


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for, and how often it is asked again.

    Attributes:
        connect_s: seconds for a connection to be made.
        stall_s: seconds in which at least `stall_bytes` must come, and some byte at all.
        stall_bytes: fewer of them are a stall.
        tries: failures in a row, with no progress worth the name between them, that end it.
        backoff_s: the wait before the third try, and doubled before each later one; up to as much again by chance, so
            that many who failed together do not come back together.
        longest_wait_s: a server that asks for a longer wait is left alone: its file cannot be had now.
    """

    connect_s: float = 30.0
    stall_s: float = 60.0
    stall_bytes: int = 16 << 10
    tries: int = 6
    backoff_s: float = 1.0
    longest_wait_s: float = 300.0


class Tries:
    """The failures in a row of one thing that is tried; urllib3's Retry reckons the waits."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._retry = Retry(
            total=patience.tries - 1,
            backoff_factor=patience.backoff_s,
            backoff_jitter=patience.backoff_s,
            backoff_max=patience.longest_wait_s,
        )

    def wait_after_failure(self, asked_for_s: float | None) -> float | None:
        """Seconds to wait before the next try, given what the server asked for; None if there shall be none."""
        try:
            self._retry = self._retry.increment(method="GET")
        except MaxRetryError:
            return None
        if asked_for_s is None:
            return self._retry.get_backoff_time()
        return asked_for_s if asked_for_s <= self._patience.longest_wait_s else None

    def anew(self) -> Self:
        """As if nothing had failed."""
        return type(self)(self._patience)


def asked_to_wait_s(retry_after: str | None) -> float | None:
    """Seconds that a header Retry-After asks for, by a number or a date; None without one that can be read.

    >>> asked_to_wait_s("120"), asked_to_wait_s("Thu, 01 Jan 2015 00:00:00 GMT"), asked_to_wait_s("soon")
    (120, 0, None)
    """
    if retry_after is None:
        return None
    try:
        return Retry().parse_retry_after(retry_after)
    except (InvalidHeader, OverflowError, ValueError):
        return None
