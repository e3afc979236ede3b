"""From a server into a part: piece by piece, several at once where the server gives parts, and again what broke off."""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import requests

from workflow_scripts.fetch.addresses import without_secrets
from workflow_scripts.fetch.answers import HttpAnswer, Version, blocks, read_answer, refuse_page
from workflow_scripts.fetch.disk import refuse_if_full
from workflow_scripts.fetch.part import PartFile
from workflow_scripts.fetch.patience import RESETS_TRIES, Tries
from workflow_scripts.fetch.progress import Meter
from workflow_scripts.fetch.remote_file import FetchError, RemoteFile
from workflow_scripts.fetch.session import Client, NotNowError

PIECE = 32 << 20
"""Bytes that are asked for at once: a smaller file comes with one question, whether or not its server gives parts."""
MOST_STARTS = 4


class _StartOver(Exception):  # noqa: N818 - no error: what came so far does not count
    """What came so far does not count, and why."""


class _Stopped(Exception):  # noqa: N818 - no error of its own
    """Another piece failed."""


class Transfer:
    """The bytes of one file, from one server."""

    def __init__(self, client: Client, remote: RemoteFile, part: PartFile, meter: Meter, connections: int) -> None:
        """Make one.

        Args:
            client: asks.
            remote: what is known of the file.
            part: where its bytes go.
            meter: is told how far it is.
            connections: at most so many pieces at once.
        """
        self._client, self._remote, self._part = client, remote, part
        self._meter, self._connections = meter, connections
        self._shown = without_secrets(remote.address)
        self._farthest = 0
        self._asks_for_parts = True
        self._stop = threading.Event()

    def run(self) -> Version:
        """Bring all that the part does not have yet.

        Raises:
            FetchError: it cannot be had; what came is kept.
        """
        why = ""
        for _ in range(MOST_STARTS):
            self._stop.clear()
            try:
                self._begin()
                self._bring_rest()
            except _StartOver as restart:
                why = str(restart)
                self._start_over(why)
            else:
                assert self._part.version is not None
                return self._part.version
        raise NotNowError("changed", f"{self._shown}: started over {MOST_STARTS} times, the last time because {why}")

    def _start_over(self, why: str) -> None:
        self._part.restart()
        self._meter.has(0, self._remote.bytes)
        self._meter.tells("starting_over", why)

    # --- the first answer tells what there is ---

    def _begin(self) -> None:
        if self._part.version is None:
            self._patiently(self._bring_first)

    def _bring_first(self) -> None:
        if self._part.version is not None:  # it broke off in the midst of the first answer
            if self._part.has_ranges:
                return
            self._start_over("the connection broke, and the server gives no parts")
        wants = {"Range": f"bytes=0-{PIECE - 1}"} if self._asks_for_parts and self._remote.bytes != 0 else {}
        with self._ask(wants) as response:
            answer = read_answer(response, self._remote.address)
            if answer.is_part and (answer.is_encoded or answer.start):
                self._asks_for_parts = False
                raise _StartOver("the server gives other parts than it was asked for")
            self._hold_length(answer.version.bytes)
            self._refuse_if_endless(response)
            refuse_if_full(self._part.to, answer.version.bytes or self._remote.bytes or 0)
            self._part.begin(answer.version, has_ranges=answer.is_part)
            self._meter.has(0, answer.version.bytes or self._remote.bytes)
            self._take(response, answer, 0)
        self._finish_first(answer)

    def _refuse_if_endless(self, response: requests.Response) -> None:
        """An answer may end where its connection does: then nobody knows whether that was its end."""
        ends = "Content-Length" in response.headers or "chunked" in response.headers.get("Transfer-Encoding", "")
        if not ends and self._remote.bytes is None and not self._part.has_digest:
            raise FetchError(
                "no_length",
                f"{self._shown}: the server does not tell how long it is, nor where it ends, so that half of it would "
                "look whole. Say `bytes`, `sha256` or `md5` of it",
            )

    def _finish_first(self, answer: HttpAnswer) -> None:
        """A part whose size the server does not tell has to be asked for as a whole; a whole is as long as it was."""
        if answer.is_part and answer.version.bytes is None:
            self._asks_for_parts = False
            raise _StartOver("the server does not tell the size of what it gives parts of")
        if not answer.is_part:
            came = self._part.came
            if answer.version.bytes is not None and came != answer.version.bytes:
                raise self._broke_off(came)
            self._hold_length(came)
            self._part.begin(Version(came, answer.version.etag, answer.version.modified), has_ranges=False)

    # --- and the rest follows in pieces ---

    def _bring_rest(self) -> None:
        pieces = self._part.missing(PIECE)
        if not pieces:
            return
        if not self._part.has_ranges:
            raise _StartOver("it came short, and the server gives no parts")
        with ThreadPoolExecutor(min(self._connections, len(pieces)), "fetch") as pool:
            futures = [pool.submit(self._bring, *piece) for piece in pieces]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                self._stop.set()
                for future in futures:
                    future.cancel()
        errors = [error for future in futures if not future.cancelled() and (error := future.exception())]
        for error in sorted(errors, key=lambda error: isinstance(error, _Stopped)):  # those only follow from another
            raise error

    def _bring(self, start: int, end: int) -> None:
        try:
            self._patiently(lambda: self._bring_stretches(start, end))
        except BaseException:
            self._stop.set()
            raise

    def _bring_stretches(self, start: int, end: int) -> None:
        for at, before in self._part.missing_in(start, end, PIECE):
            self._bring_piece(at, before)

    def _bring_piece(self, at: int, end: int) -> None:
        mine = self._part.version
        assert mine is not None
        with self._ask({"Range": f"bytes={at}-{end - 1}", **mine.if_range}) as response:
            if response.status_code == 416:
                raise _StartOver("the file became shorter at its source")
            answer = read_answer(response, self._remote.address)
            if not mine.agrees_with(answer.version) and not answer.is_encoded:
                raise _StartOver("the file changed at its source")
            if not answer.is_part or answer.start != at or answer.is_encoded:
                raise _StartOver("the server gives no parts any more")
            self._take(response, answer, at, end)

    def _take(self, response: requests.Response, answer: HttpAnswer, at: int, end: int | None = None) -> None:
        """Write what an answer holds, up to `end` if that is given."""
        body = blocks(response, self._remote.address, self._client.patience, decode=answer.is_encoded)
        try:
            for block in body:
                if self._stop.is_set():
                    raise _Stopped
                if at == 0:
                    refuse_page(response, block, self._remote.address, self._part.to.name)
                self._part.write(at, block if end is None else block[: end - at])
                at += len(block)
                self._meter.came(len(block))
                if self._remote.bytes is not None and at > self._remote.bytes:
                    self._hold_length(at)
                if end is not None and at >= end:
                    return
        except NotNowError as error:
            if error.reason != "dropped":
                raise
            raise self._broke_off(at) from None
        if end is not None:
            raise self._broke_off(at)

    # --- again what failed ---

    def _patiently(self, bring: Callable[[], None]) -> None:
        """Try until it is done, as often as its server is worth it.

        Raises:
            FetchError: it is worth it no more.
        """
        tries = Tries(self._client.patience)
        while True:
            try:
                return bring()
            except FetchError as error:
                if not error.passing:
                    raise
                if self._part.came >= self._farthest + RESETS_TRIES:
                    self._farthest, tries = self._part.came, tries.anew()
                wait_s = tries.wait_after_failure(getattr(error, "wait_s", None))
                if wait_s is None:
                    raise
                self._meter.tells("waiting", f"{error}; again in {wait_s:.0f} s")
            if self._stop.wait(wait_s):
                raise _Stopped

    def _ask(self, headers: dict[str, str]) -> requests.Response:
        return self._client.ask(self._remote.url, self._remote.address, secret=self._remote.headers, headers=headers)

    def _hold_length(self, count: int | None) -> None:
        if count is not None and self._remote.bytes is not None and count != self._remote.bytes:
            raise FetchError(
                "wrong_length",
                f"{self._shown}: has {count:,} bytes, should have {self._remote.bytes:,}: it is another file than the "
                "one that was published, or a page that tells of an error",
            )

    def _broke_off(self, at: int) -> NotNowError:
        of = self._part.version.bytes if self._part.version else None
        size = "" if of is None else f" of {of:,}"
        return NotNowError("dropped", f"{self._shown}: the connection broke at byte {at:,}{size}")
