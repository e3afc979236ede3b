"""A file at an address, read in parts as if it lay here: nothing of it is kept but what was read last."""

import io
import os
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor

from workflow_scripts.fetch.addresses import origin, without_secrets
from workflow_scripts.fetch.ahead import Ahead
from workflow_scripts.fetch.answers import HttpAnswer, Version, blocks, read_answer
from workflow_scripts.fetch.patience import Tries
from workflow_scripts.fetch.remote_file import FetchError, RemoteFile
from workflow_scripts.fetch.session import Client, NotNowError

ALONE = 16 << 10
"""Bytes that are asked for at least: as fast as one."""
AT_ONCE = 4 << 20
"""Bytes that are asked for at most, unless more are read at once."""
GAP = 64 << 10
"""Bytes between two stretches that are rather read along than asked around: a question takes as long."""
HELD = 16 << 20
"""Bytes that are held at most, beside one that was read at once."""
WITHOUT_PARTS = 32 << 20
"""Bytes that a file may have whose server gives no parts of it: then all of it is held."""


class ChangedError(FetchError):
    """A file that is another one than it was."""

    def __init__(self, message: str) -> None:
        super().__init__("changed", message, passing=True)


class RangedFile(io.RawIOBase):
    """A file at an address, read only, that can be sought in.

    What is read one after the other is asked for in parts that grow; what `expect` names is asked for in as few as can
    be, and no more, before it is read where there are threads for it. Each part has to be of the version that the first
    was of.

    Attributes:
        transferred: bytes that came so far.
        questions: that were asked so far.
    """

    def __init__(
        self,
        remote: RemoteFile,
        client: Client,
        *,
        size: int | None = None,
        is_same: Callable[[str], bool] | None = None,
        locate: Callable[[], RemoteFile] | None = None,
        threads: Callable[[], Executor] | None = None,
    ) -> None:
        """Make one; nobody is asked yet.

        Args:
            remote: where it is.
            client: asks.
            size: that it had when it was listed.
            is_same: whether what its server says of its version (an ETag, or what stands for one) is what it was.
            locate: where it is now: signed addresses and tokens have their time.
            threads: that ask for what is expected.
        """
        self._remote, self._client = remote, client
        self._is_same, self._locate = is_same, locate
        self._shown = without_secrets(remote.address)
        self._direct: str | None = None
        self._version: Version | None = None
        self._held: list[tuple[int, bytes]] = []
        self._expected: list[tuple[int, int]] = []
        self._bounds: list[tuple[int, int]] = []
        self._gives_parts: bool | None = None
        self._telling = threading.Lock()
        self._ahead = self._reads_ahead(threads) if threads else None
        self._place = self._read_to = self._in_a_row = 0
        self.transferred = self.questions = 0
        known = size if size is not None else remote.bytes
        self._size = -1 if known is None else known

    @property
    def size(self) -> int:
        """Bytes that it has.

        Raises:
            FetchError: nobody told yet, and it cannot be had.
        """
        if self._size < 0:
            self.read_at(self._expected[0][0] if self._expected else 0, 1)
        return self._size

    @property
    def version(self) -> Version | None:
        """Which version its bytes are of; None as long as none came."""
        return self._version

    # --- as a file ---

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; beyond the end nothing is read."""
        self._place = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.size}[whence])
        return self._place

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        """Fill a buffer as far as there are bytes.

        Raises:
            FetchError: they cannot be had.
        """
        view = memoryview(buffer).cast("B")
        data = self.read_at(self._place, len(view))
        view[: len(data)] = data
        self._place += len(data)
        return len(data)

    # --- in parts ---

    def expect(self, spans: Iterable[tuple[int, int]]) -> None:
        """Say what will be read, and all of it: each from its first byte to before its last, in rising order."""
        self._expected, self._bounds = [], []
        for start, stop in spans:
            if self._expected and start - self._expected[-1][1] <= GAP:
                first, before = self._expected.pop()
                start, stop = first, max(before, stop)
            self._expected.append((start, stop))
        if self._ahead and self._gives_parts is not False:
            self._ahead.begin(
                (at, min(at + AT_ONCE, stop)) for start, stop in self._expected for at in range(start, stop, AT_ONCE)
            )

    def stay_within(self, start: int, stop: int) -> None:
        """Say that what is read next lies in there, all of it or a little: it is asked for in large parts."""
        self._bounds = [(start, stop)]

    def read_at(self, start: int, count: int) -> bytes:
        """So many bytes from a place, fewer only at the end.

        Raises:
            FetchError: they cannot be had; `ChangedError` if the file is another one now.
        """
        stop = start + count if self._size < 0 else min(start + count, self._size)
        if stop <= start:
            return b""
        parts = []
        at = start
        while at < stop:
            part = self._held_from(at, stop)
            if not part:
                self._fetch(at, stop)
                part = self._held_from(at, stop)
            if not part:  # the end, of a file whose size was not known
                break
            parts.append(part)
            at += len(part)
        self._in_a_row = self._in_a_row + at - start if start - self._read_to in range(GAP) else at - start
        self._read_to = at
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _held_from(self, at: int, stop: int) -> bytes:
        for start, data in reversed(self._held):
            if start <= at < start + len(data):
                return data[at - start : stop - start]
        return b""

    def _fetch(self, at: int, stop: int) -> None:
        came = self._ahead.take(lambda part: part[0] <= at < part[1]) if self._ahead else None
        if came:
            (at, _), data = came
        else:
            data = self._patiently(at, self._good_stop(at, stop))
        self._held.append((at, data))
        while len(self._held) > 1 and sum(len(one) for _, one in self._held) > HELD:
            self._held.pop(0)

    def _reads_ahead(self, threads: Callable[[], Executor]) -> Ahead[tuple[int, int], bytes]:
        """Of a server that gives no parts each would be all of the file: the first answer tells."""
        return Ahead(
            threads,
            lambda part: self._patiently(*part),
            lambda part: part[1] - part[0],
            lambda: self._gives_parts is True,
        )

    def _good_stop(self, at: int, stop: int) -> int:
        """How far to ask, where bytes up to `stop` are wanted at once."""
        for first, before in (*self._expected, *self._bounds):
            if first <= at < before:
                return max(stop, min(before, at + AT_ONCE))
        follows = at - self._read_to in range(GAP)
        ahead = min(self._in_a_row, AT_ONCE) if follows else 0
        stop = max(stop, at + max(ALONE, ahead))
        return stop if self._size < 0 else min(stop, self._size)

    # --- asking ---

    def _patiently(self, at: int, stop: int) -> bytes:
        """The bytes, asked for again as often as their server is worth it: what came counts, unless it stalls."""
        came = bytearray()
        tries, has_located = Tries(self._client.patience), False
        while True:
            before = len(came)
            try:
                self._ask(at, stop, came)
                return bytes(came)
            except FetchError as error:
                if error.reason == "refused" and self._renew(has_located):
                    has_located = self._direct is None
                    continue
                if not error.passing or isinstance(error, ChangedError):
                    raise
                if len(came) - before >= self._client.patience.stall_bytes:
                    tries = tries.anew()
                wait_s = tries.wait_after_failure(getattr(error, "wait_s", None))
                if wait_s is None:
                    raise
                time.sleep(wait_s)

    def _renew(self, has_located: bool) -> bool:
        """Whether another address is worth a try, since the one that was refused may have had its time."""
        if self._direct is not None:
            self._direct = None
            return True
        if has_located or self._locate is None:
            return False
        self._remote = self._locate()
        return True

    def _ask(self, at: int, stop: int, came: bytearray) -> None:
        headers = {"Range": f"bytes={at + len(came)}-{stop - 1}", **self._if_same()}
        url, secret = (self._direct, {}) if self._direct else (self._remote.url, self._remote.headers)
        with self._telling:
            self.questions += 1
        with self._client.ask(url, self._remote.address, secret=secret, headers=headers) as response:
            if response.status_code == 412 or (response.status_code == 416 and self._size >= 0):
                raise self._changed()
            answer = read_answer(response, self._remote.address)
            with self._telling:
                self._hold_version(answer, response.headers.get("x-goog-generation"))
                self._gives_parts = answer.is_part
            if origin(response.url) != origin(url):  # whither it was sent; a token stays with who was asked
                self._direct = response.url
            body = blocks(response, self._remote.address, self._client.patience, decode=answer.is_encoded)
            if not answer.is_part:
                return self._hold_whole(body, at, stop, came)
            if answer.start != at + len(came) or answer.is_encoded:
                raise FetchError("bad_answer", f"{self._shown}: the server gives other parts than it is asked for")
            stop = min(stop, self._size)
            for block in body:
                came += block[: stop - at - len(came)]
                self.transferred += len(block)
            if at + len(came) < stop:
                raise NotNowError("dropped", f"{self._shown}: the connection broke at byte {at + len(came):,}")
        return None

    def _hold_whole(self, body: Iterable[bytes], at: int, stop: int, came: bytearray) -> None:
        """Of a server that gives no parts, all of a file that is no large one."""
        if self._size > WITHOUT_PARTS:
            raise FetchError(
                "no_parts",
                f"{self._shown}: the server gives no parts of it, and all its {self._size:,} bytes are too many to be "
                "read for one; have it fetched (`acquire`)",
            )
        whole = bytearray()
        for block in body:
            whole += block
            self.transferred += len(block)
            if 0 <= self._size < len(whole):
                raise self._changed()
        if self._size < 0:
            self._size = len(whole)
        if len(whole) < self._size:
            raise NotNowError("dropped", f"{self._shown}: the connection broke at byte {len(whole):,}")
        self._held = [(0, bytes(whole))]
        came[:] = whole[at:stop]

    # --- the version ---

    def _if_same(self) -> dict[str, str]:
        etag = self._version.etag if self._version else self._remote.etag
        return {"If-Match": etag} if etag and etag.startswith('"') else {}

    def _hold_version(self, answer: HttpAnswer, generation: str | None) -> None:
        version = answer.version
        if version.bytes is not None and not answer.is_encoded:
            if 0 <= self._size != version.bytes:
                raise self._changed(f"has {version.bytes:,} bytes, had {self._size:,}")
            self._size = version.bytes
        if self._version is None:
            said = generation or version.etag or version.modified
            if self._is_same is not None and said is not None and not self._is_same(said):
                raise self._changed()
            self._version = version
        elif not self._version.agrees_with(version):
            raise self._changed()

    def _changed(self, how: str = "is another file than it was") -> ChangedError:
        return ChangedError(f"{self._shown}: {how}")
