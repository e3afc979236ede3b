"""What threads ask for before it is read, so that whoever reads does not wait for each answer."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Generic, TypeVar

AHEAD = 16 << 20
"""Bytes that are asked for, or have come, before they are read: at most, unless one thing alone has more."""
MOST = 16
"""Things, likewise."""

One = TypeVar("One")
Answer = TypeVar("Answer")


class Ahead(Generic[One, Answer]):
    """Things that threads ask for in the order in which they will be read."""

    def __init__(
        self,
        threads: Callable[[], Executor],
        ask: Callable[[One], Answer],
        size: Callable[[One], int],
        may_be_many: Callable[[], bool] = lambda: True,
    ) -> None:
        """Make one; nobody is asked yet.

        Args:
            threads: that ask; wanted as soon as there is something to ask for.
            ask: for one of them.
            size: bytes that one has.
            may_be_many: whether more than one may be asked for at a time.
        """
        self._threads, self._ask, self._size, self._may_be_many = threads, ask, size, may_be_many
        self._waiting: Iterator[One] = iter(())
        self._next: One | None = None
        self._on_their_way: deque[tuple[One, Future[Answer]]] = deque()

    def begin(self, ones: Iterable[One]) -> None:
        """Ask for these, as soon as there is room, in place of those of before; none ends it.

        They are taken here one by one, as there is room, and not by the threads.
        """
        for _, answer in self._on_their_way:
            answer.cancel()
        self._on_their_way.clear()
        self._waiting = iter(ones)
        self._next = next(self._waiting, None)
        self._go_on()

    def take(self, is_wanted: Callable[[One], bool]) -> tuple[One, Answer] | None:
        """One of them, as soon as it is there; None where it was not asked for. Those before it are let go.

        Raises:
            Exception: whatever asking for it raised.
        """
        if not any(is_wanted(one) for one, _ in self._on_their_way):
            return None
        while not is_wanted((taken := self._on_their_way.popleft())[0]):
            taken[1].cancel()
        try:
            return taken[0], taken[1].result()
        finally:
            self._go_on()

    def _go_on(self) -> None:
        while self._next is not None and self._has_room(self._next):
            one, self._next = self._next, next(self._waiting, None)
            try:
                self._on_their_way.append((one, self._threads().submit(self._ask, one)))
            except RuntimeError:  # no thread can be started: whoever reads will ask
                self._next = None

    def _has_room(self, one: One) -> bool:
        if not self._on_their_way:
            return True
        held = sum(self._size(other) for other, _ in self._on_their_way) + self._size(one)
        return held <= AHEAD and len(self._on_their_way) < MOST and self._may_be_many()
