"""What lies at an address, read from there: as much as is asked for, and in as few questions as can be."""

import errno
import functools
import io
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO, Self, cast

from workflow_scripts.fetch import resolve
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.ranged import RangedFile
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.session import Client
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.remote.allowed import refuse_offline
from workflow_scripts.media.remote.times import time_of

PATIENCE = Patience(connect_s=10, stall_s=20, tries=4, backoff_s=0.5, longest_wait_s=20)
"""Of a worker, which has a minute for a media: what fails for longer may pass by the next run."""
THREADS = 8
"""That ask ahead, of each process that reads: so many answers are waited for at once."""
_ERRNOS = {"changed": errno.ESTALE, "not_found": errno.ENOENT, "refused": errno.EACCES}


class AtAddress:
    """A file at an address."""

    def __init__(self, file: RangedFile) -> None:
        self._file = file
        self._changed: str | None = None
        self._failure: FetchError | None = None

    @classmethod
    def opened(cls, address: str, size: int | None, mtime_ns: int | None) -> Self:
        """Nobody is asked yet, but for the commit that a branch of the hub's is at.

        Args:
            address: of the file.
            size: that it had when it was listed, if that is known.
            mtime_ns: what stood for its time of change then (`time_of`).

        Raises:
            MediaError: it is known already that it cannot be read.
        """
        try:
            refuse_offline(address)
            remote = resolve.locate(address)
            is_same = None
            if remote.pinned is None and address.startswith("hf://"):  # its bytes come under ETags of another host
                remote = resolve.resolve(address)
                if mtime_ns is not None and time_of(remote.state) != mtime_ns:
                    raise MediaError("changed", "is another file than it was when it was listed")
            elif remote.pinned is None and mtime_ns is not None:
                is_same = functools.partial(_is_of_time, mtime_ns)
        except FetchError as error:
            raise MediaError(_kind_of(error), f"cannot be opened: {error}") from None
        file = RangedFile(
            remote,
            _client(),
            size=size,
            is_same=is_same,
            locate=functools.partial(resolve.locate, remote.address),
            threads=threads,
        )
        return cls(file)

    def size(self) -> int:
        """Bytes that it has."""
        with self._as_os_error():
            return self._file.size

    def read_at(self, start: int, count: int) -> bytes:
        """So many bytes from a place."""
        with self._as_os_error():
            if self._failure:
                raise self._failure
            return self._file.read_at(start, count)

    def fill(self, view: memoryview, start: int) -> int:
        """Put bytes from a place there."""
        data = self.read_at(start, len(view))
        view[: len(data)] = data
        return len(data)

    def expect(self, spans: Iterable[tuple[int, int]]) -> None:
        """Have these asked for, in as few questions as can be, before they are read."""
        self._file.expect(spans)

    def stay_within(self, start: int, stop: int) -> None:
        """Have no more asked for than lies in there."""
        self._file.stay_within(start, stop)

    def hold(self, count: int) -> None:
        """Have its first bytes in memory. Why they cannot be had is told to who reads."""
        try:
            self._file.read_at(0, count)
        except FetchError as error:
            self._failure = error

    def close(self) -> None:
        """Ask for nothing more ahead."""
        self._file.expect(())

    def as_file(self) -> BinaryIO:
        """A file of its own."""
        return cast(BinaryIO, _File(self))

    def refuse_changed(self, media: Media, when: str) -> None:
        """Each answer tells of which version it is, so it is known by now; nobody is asked."""
        if self._changed is not None:
            raise MediaError("changed", f"{self._changed}, {when}; the next run looks again")

    @contextmanager
    def _as_os_error(self) -> Iterator[None]:
        try:
            yield
        except FetchError as error:
            if error.reason == "changed":
                self._changed = str(error)
            raise OSError(_ERRNOS.get(error.reason, errno.EIO), str(error)) from None


class _File(io.RawIOBase):
    """It as a file, whose errors are those of a disk."""

    def __init__(self, there: AtAddress) -> None:
        self._there, self._place = there, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = (0, self._place, 0)[whence] if whence != io.SEEK_END else self._there.size()
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        got = self._there.fill(memoryview(buffer).cast("B"), self._place)
        self._place += got
        return got


def as_it_is(address: str) -> Media:
    """What lies at an address now, as a scan would list it.

    Raises:
        OSError: it cannot be had.
    """
    try:
        refuse_offline(address)
        told = resolve.resolve(address)
    except FetchError as error:
        raise OSError(_ERRNOS.get(error.reason, errno.EIO), str(error)) from None
    return Media(address, None, told.bytes, time_of(told.state or told.etag))


@functools.cache
def threads() -> Executor:
    """Those of this process, all of them started: what a thread takes for itself, they have by then."""
    executor, all_there = ThreadPoolExecutor(THREADS), threading.Barrier(THREADS)
    try:
        for _ in range(THREADS):
            executor.submit(all_there.wait)
    except RuntimeError:  # the system lets no more start
        all_there.abort()
    return executor


@functools.cache
def _client() -> Client:
    """The one of this process, whose connections are kept."""
    return Client(PATIENCE)


def _is_of_time(mtime_ns: int, state: str) -> bool:
    return time_of(state) == mtime_ns


def _kind_of(error: FetchError) -> str:
    return {"changed": "changed", "not_found": "vanished"}.get(error.reason, "not_openable")
