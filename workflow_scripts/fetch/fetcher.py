"""From an address to a whole file on disk, through bad networks and kills.

A file has its final name when its length and digest were held against what was published, and not before. Until then
it is a part (`part.py`), with which the same call goes on. What is there already is not fetched again, and what is
there with another content is not overwritten.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from workflow_scripts.fetch.addresses import scheme_of, without_secrets
from workflow_scripts.fetch.answers import Version
from workflow_scripts.fetch.local import bring, link
from workflow_scripts.fetch.part import PartFile, digests_of, part_of, sync_folder
from workflow_scripts.fetch.progress import Meter, Told
from workflow_scripts.fetch.remote_file import Digest, FetchError, RemoteFile
from workflow_scripts.fetch.resolve import locate
from workflow_scripts.fetch.schemes.file import path_of
from workflow_scripts.fetch.session import Client
from workflow_scripts.fetch.transfer import Transfer

CONNECTIONS = 4
"""To the server of one large file."""
Known = Callable[[PartFile, str], None]
_OF_THE_DISK = ("no_space", "offline", "another_file")
"""Reasons that no mirror mends."""


@dataclass(frozen=True)
class Wanted:
    """A file that is to be had.

    Attributes:
        address: of it.
        digest: that was published, or that it had before; None if none is known.
        bytes: that it has; None if nobody told.
        mirrors: other addresses of it, asked in this order when those before do not give it.
    """

    address: str
    digest: Digest | None = None
    bytes: int | None = None
    mirrors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """A file that was had.

    Attributes:
        how: `present` if it was there already.
        address: that gave it, without secrets.
        bytes: that it has.
        sha256: of it.
        etag: that its server gave it; None if it gave none, or was not asked.
        transferred: bytes that came from servers, in this call.
    """

    how: Literal["fetched", "present"]
    address: str
    bytes: int
    sha256: str
    etag: str | None
    transferred: int


def fetch(
    wanted: Wanted,
    to: Path,
    told: Told | None = None,
    *,
    client: Client | None = None,
    connections: int = CONNECTIONS,
    known: Known | None = None,
) -> Fetched:
    """Have a file whole under its final name.

    Args:
        wanted: the file. What its scheme publishes (a size, a digest) is held too, once it is asked.
        to: its final name; folders are made.
        told: how far it is, from any thread.
        client: asks servers; `Client(offline=True)` refuses to.
        connections: at most so many parts of a large file at once.
        known: puts what is known of its bytes already into a part that is empty; takes the address too.

    Raises:
        FetchError: it cannot be had. What came of it is kept where the same call can go on with it.
    """
    found = bring_whole(wanted, to, told, client=client or Client(), connections=connections, known=known)
    sync_folder(to.parent)
    return found


def bring_whole(
    wanted: Wanted, to: Path, told: Told | None, *, client: Client, connections: int, known: Known | None = None
) -> Fetched:
    """As `fetch`, but for the file's name, which is on the disk for good once its folder is synced.

    Raises:
        FetchError: as there.
    """
    meter = Meter(without_secrets(wanted.address), told)
    try:
        if (present := _present(wanted, to)) is not None:
            return present
        with part_of(to, lambda: meter.tells("waiting", "another process is fetching it")) as part:
            if (present := _present(wanted, to)) is not None:  # that process had it
                part.give_up()
                return present
            return _from_any(wanted, part, to, client, meter, connections, known)
    except OSError as error:  # of the disk: those of the net are told where they happen
        raise FetchError("cannot_write", f"{to}: cannot be written: {error.strerror or type(error).__name__}") from None


def _from_any(
    wanted: Wanted, part: PartFile, to: Path, client: Client, meter: Meter, connections: int, known: Known | None
) -> Fetched:
    failures: list[FetchError] = []
    for address in (wanted.address, *wanted.mirrors):
        try:
            return _from_one(address, wanted, part, to, client, meter, connections, known)
        except FetchError as error:
            if error.reason in _OF_THE_DISK:
                raise
            failures.append(error)
    raise _none_gives(wanted, failures)


def _from_one(
    address: str,
    wanted: Wanted,
    part: PartFile,
    to: Path,
    client: Client,
    meter: Meter,
    connections: int,
    known: Known | None,
) -> Fetched:
    if scheme_of(address) != "file":
        client.refuse_offline(address)
    remote, expected = _expected(locate(address), wanted)
    meter.of = remote.bytes
    if scheme_of(remote.url) == "file":
        return _from_this_machine(remote, expected, part, to, meter)
    taken_up = _takes_up(part, address, expected, meter, known)
    while True:
        came = part.came
        try:
            version = Transfer(client, remote, part, meter, connections).run()
        except FetchError as error:
            if error.reason != "refused" or part.came <= came or remote.url == address:
                raise
            remote, _ = _expected(locate(address), wanted)  # the signature in its url has run out meanwhile
            continue
        meter.tells("checking")
        try:
            return _published(part, to, address, version, _held(part.path, address, expected), meter)
        except FetchError as error:
            if error.reason != "wrong_digest":
                raise
            part.restart()
            if not taken_up:
                raise
        taken_up = False  # what came in several runs may be of several files
        meter.has(0, remote.bytes)
        meter.tells("starting_over", "what came in several runs has another digest than was published")


def _from_this_machine(remote: RemoteFile, expected: list[Digest], part: PartFile, to: Path, meter: Meter) -> Fetched:
    meter.tells("checking")
    path = path_of(remote.url)
    sha256 = _held(path, remote.address, expected)
    _takes_up(part, remote.address, [Digest("sha256", sha256)], meter)
    version = bring(remote, part, meter, copies=False)
    if version is None and link(remote, to):
        part.give_up()
        return Fetched("fetched", remote.address, to.stat().st_size, sha256, remote.etag, 0)
    version = version or bring(remote, part, meter, copies=True)
    try:
        _held(part.path, remote.address, [Digest("sha256", sha256)])
    except FetchError:
        part.restart()
        raise FetchError("changed", f"{remote.address}: changed while it was copied", passing=True) from None
    return _published(part, to, remote.address, version, sha256, meter)


def _held(path: Path, address: str, expected: list[Digest]) -> str:
    """Hold what came against its digests; its SHA-256.

    Raises:
        FetchError: one is wrong.
    """
    found = digests_of(path, {"sha256", *(one.algorithm for one in expected)})
    for one in expected:
        if found[one.algorithm] != one.hex:
            raise _wrong_digest(address, one, found[one.algorithm])
    return found["sha256"]


def _expected(remote: RemoteFile, wanted: Wanted) -> tuple[RemoteFile, list[Digest]]:
    """What the file has to be, by all who published it.

    Raises:
        FetchError: they contradict each other.
    """
    shown = without_secrets(remote.address)
    if None not in (wanted.bytes, remote.bytes) and wanted.bytes != remote.bytes:
        raise FetchError("wrong_length", f"{shown}: has {remote.bytes:,} bytes, should have {wanted.bytes:,}")
    digests = [one for one in (wanted.digest, remote.digest) if one is not None]
    if len({one.algorithm for one in digests}) < len(set(digests)):
        raise _wrong_digest(remote.address, digests[0], digests[1].hex)
    return replace(remote, bytes=wanted.bytes if remote.bytes is None else remote.bytes), digests


def _takes_up(part: PartFile, address: str, expected: list[Digest], meter: Meter, known: Known | None = None) -> bool:
    """Whether a part has something that this can go on with."""
    digest = ", ".join(sorted(f"{one.algorithm}:{one.hex}" for one in expected)) or None
    why_not = part.take_up(address, digest)
    if known is not None and not part.came:
        known(part, address)
    meter.has(part.came, part.version.bytes if part.version else meter.of)
    if why_not:
        meter.tells("starting_over", why_not)
    return part.came > 0


def _present(wanted: Wanted, to: Path) -> Fetched | None:
    """What is there under the final name; None if nothing is.

    Raises:
        FetchError: it is another file than was published.
    """
    try:
        size = to.stat().st_size
    except FileNotFoundError:
        if to.is_symlink():
            raise FetchError("another_file", f"{to}: is a link to what is not there. Is it mounted?") from None
        return None
    if not to.is_file():
        raise FetchError("another_file", f"{to}: is a folder, and shall be the file {without_secrets(wanted.address)}")
    if wanted.bytes is not None and size != wanted.bytes:
        raise _another_file(wanted, to, f"{size:,} bytes", f"{wanted.bytes:,}")
    algorithms = {"sha256"} | ({wanted.digest.algorithm} if wanted.digest else set())
    found = digests_of(to, algorithms)
    if wanted.digest and found[wanted.digest.algorithm] != wanted.digest.hex:
        digest = wanted.digest
        raise _another_file(wanted, to, f"{digest.algorithm} {found[digest.algorithm]}", digest.hex)
    return Fetched("present", without_secrets(wanted.address), size, found["sha256"], None, 0)


def _another_file(wanted: Wanted, to: Path, has: str, published: str) -> FetchError:
    return FetchError(
        "another_file",
        f"{to}: is another file than {without_secrets(wanted.address)}: it has {has}, published is {published}. It is "
        "left as it is: move it away to have that one fetched, or correct the dataset file if yours is the right one",
    )


def _published(part: PartFile, to: Path, address: str, version: Version | None, sha256: str, meter: Meter) -> Fetched:
    size = os.stat(part.path).st_size
    if os.path.lexists(to):
        raise FetchError("another_file", f"{to}: came to be while it was fetched. Look at it, and run it again")
    part.publish()
    meter.tells("done")
    return Fetched(
        "fetched", without_secrets(address), size, sha256, version.etag if version else None, meter.transferred
    )


def _wrong_digest(address: str, published: Digest, found: str) -> FetchError:
    return FetchError(
        "wrong_digest",
        f"{without_secrets(address)}: has {published.algorithm} {found}, should have {published.hex}: it is not the "
        "file that was published. What came was thrown away",
    )


def _none_gives(wanted: Wanted, failures: list[FetchError]) -> FetchError:
    """The failures of all addresses as one; another try may help if it may with any of them."""
    if len(failures) == 1:
        return failures[0]
    told = "\n".join(f"  {failure}" for failure in failures)
    shown = without_secrets(wanted.address)
    message = f"{shown}: neither this address nor its mirrors give it:\n{told}"
    return FetchError(failures[0].reason, message, passing=any(failure.passing for failure in failures))
