"""Whose turn it is, where many servers are asked for many files: no host too often, none holding up another.

Knows no HTTP: errands go to hosts, and end well or not.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from workflow_scripts.fetch.patience import Patience

T = TypeVar("T")
GIVEN_UP_AFTER = 3
"""Errands in a row that found no connection: the host is down."""


@dataclass(frozen=True)
class Manners:
    """How a host is treated.

    Attributes:
        connections: to one host at once.
        every_s: seconds between two requests to one host; its robots.txt may ask for more.
        asks_robots: whether robots.txt is asked, of hosts of mirrors and of those that a redirect leads to as well: for
            addresses that a dataset's rows name, not for those that its authors publish as its files.
    """

    connections: int = 4
    every_s: float = 0.0
    asks_robots: bool = False


@dataclass
class Errand(Generic[T]):
    """Something to be had of a host, and how often that failed."""

    host: str
    what: T
    failures: int = 0


@dataclass
class _Host(Generic[T]):
    """One host: what is still to be asked of it, and when it may be asked next."""

    every_s: float
    waiting: deque[Errand[T]] = field(default_factory=deque)
    active: int = 0
    next_at: float = 0.0
    busy_in_a_row: int = 0
    unreachable_in_a_row: int = 0


class Rota(Generic[T]):
    """Gives errands to workers, of the hosts in turn. May be used by several threads."""

    def __init__(self, errands: Iterable[Errand[T]], manners: Manners, patience: Patience) -> None:
        self._manners, self._patience = manners, patience
        self._changed = threading.Condition()
        self._hosts: dict[str, _Host[T]] = {}
        self._turns: deque[str] = deque()
        self._stopped = False
        for errand in errands:
            if errand.host not in self._hosts:
                self._hosts[errand.host] = _Host(manners.every_s)
                self._turns.append(errand.host)
            self._hosts[errand.host].waiting.append(errand)

    @property
    def hosts(self) -> int:
        """How many there are."""
        return len(self._hosts)

    def take(self) -> Errand[T] | None:
        """The next errand, once a host may be asked; None when all are done."""
        with self._changed:
            while not self._stopped:
                if (errand := self._ready()) is not None:
                    return errand
                if not any(host.waiting or host.active for host in self._hosts.values()):
                    return None
                self._changed.wait(self._until_next())
        return None

    def ask_less_often(self, host: str, every_s: float) -> None:
        """A host wants so many seconds between two requests."""
        with self._changed:
            self._hosts[host].every_s = max(self._hosts[host].every_s, every_s)

    def went_well(self, errand: Errand[T]) -> None:
        """A host answered."""
        with self._changed:
            host = self._hosts[errand.host]
            host.busy_in_a_row = host.unreachable_in_a_row = 0
            self._ends(host)

    def failed(
        self, errand: Errand[T], *, is_busy: bool, is_unreachable: bool, wait_s: float | None
    ) -> list[Errand[T]]:
        """An errand failed by a fault that may pass. It waits for its next turn, or is given up.

        Args:
            errand: that failed.
            is_busy: the host asks everybody to come back later: nobody asks it meanwhile.
            is_unreachable: there was no connection.
            wait_s: what it asks for.

        Returns:
            The errands that are given up: this one, or all of a host that is down or too busy; often none.
        """
        with self._changed:
            host = self._hosts[errand.host]
            errand.failures += 1
            host.busy_in_a_row = host.busy_in_a_row + 1 if is_busy else 0
            host.unreachable_in_a_row = host.unreachable_in_a_row + 1 if is_unreachable else 0
            wait_s = self._wait_s(max(host.busy_in_a_row, errand.failures)) if wait_s is None else wait_s
            given_up: list[Errand[T]] = []
            if self._is_hopeless(host, wait_s):
                given_up = [errand, *host.waiting]
                host.waiting.clear()
            elif errand.failures >= self._patience.tries:
                given_up = [errand]
            else:
                host.waiting.append(errand)
                if is_busy or is_unreachable:
                    host.next_at = max(host.next_at, time.monotonic() + wait_s)
            self._ends(host)
            return given_up

    def stop(self) -> None:
        """Give out no more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _ready(self) -> Errand[T] | None:
        now = time.monotonic()
        for _ in range(len(self._turns)):
            host = self._hosts[self._turns[0]]
            self._turns.rotate(-1)
            if self._may_ask_more(host) and host.next_at <= now:
                host.active += 1
                host.next_at = now + host.every_s
                return host.waiting.popleft()
        return None

    def _until_next(self) -> float | None:
        """Seconds until a host may be asked, nobody being ready now; None if that waits for an errand's end."""
        due = [host.next_at for host in self._hosts.values() if self._may_ask_more(host)]
        return max(0.001, min(due) - time.monotonic()) if due else None

    def _may_ask_more(self, host: _Host[T]) -> bool:
        """One at a time where it failed, until it answers."""
        at_once = 1 if host.busy_in_a_row or host.unreachable_in_a_row else self._manners.connections
        return bool(host.waiting) and host.active < at_once

    def _is_hopeless(self, host: _Host[T], wait_s: float) -> bool:
        return (
            wait_s > self._patience.longest_wait_s
            or host.busy_in_a_row >= self._patience.tries
            or host.unreachable_in_a_row >= GIVEN_UP_AFTER
        )

    def _wait_s(self, failures: int) -> float:
        wait_s = self._patience.backoff_s * (2 ** (failures - 1) + random.random())
        return min(wait_s, self._patience.longest_wait_s)

    def _ends(self, host: _Host[T]) -> None:
        host.active -= 1
        self._changed.notify_all()
