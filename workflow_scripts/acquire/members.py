"""Members of a zip that lies elsewhere, read by Range into an excerpt of it that takes its name here."""

import contextlib
import functools
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from workflow_scripts.acquire.growing import (
    BLOCK,
    GrowingExcerpt,
    NoSuchMemberError,
    PackedBytes,
    blocks_at,
    members_here,
)
from workflow_scripts.fetch import resolve
from workflow_scripts.fetch.addresses import masked, without_secrets
from workflow_scripts.fetch.answers import Version
from workflow_scripts.fetch.beside import part_name
from workflow_scripts.fetch.disk import full_disk_told, refuse_if_full
from workflow_scripts.fetch.fetcher import Fetched
from workflow_scripts.fetch.part import PartFile, digests_of, locked, sync_folder
from workflow_scripts.fetch.progress import FetchProgress, Meter
from workflow_scripts.fetch.ranged import RangedFile
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.session import Client
from workflow_scripts.media.archives.excerpt import ExcerptOf, excerpt_of, is_excerpt
from workflow_scripts.media.archives.zip_directory import LOCAL, LOCAL_SIGNATURE, has_directory
from workflow_scripts.media.archives.zipped import USUAL_EXTRA, list_members
from workflow_scripts.media.media import Media
from workflow_scripts.media.remote.reading import AtAddress

_log = logging.getLogger(__name__)


def members_at(address: str, client: Client) -> tuple[int, list[Media]] | None:
    """The size of a zip, and its audio members, by the directory at its end.

    Returns:
        None where it has no directory that can be read, or its server gives no parts of it.

    Raises:
        FetchError: it cannot be had.
    """
    file = _ranged(address, None, client)
    archive = AtAddress(file)
    try:
        if not has_directory(archive):
            return None
        listing = list_members(archive, address, 0)
    except OSError as error:
        told = error.__context__
        if isinstance(told, FetchError) and told.reason == "no_parts":
            return None
        raise (told if isinstance(told, FetchError) else error) from None
    for damage in listing.damages[:20]:
        _log.warning("%s: %s: %s", without_secrets(address), damage.raw, damage.detail)
    _log.info("%s: its directory took %d bytes", without_secrets(address), file.transferred)
    return file.size, listing.members


def fetch_members(row: dict[str, Any], client: Client, told: Callable[[FetchProgress], None]) -> Fetched:
    """Have the members of a zip that a row names in an excerpt of it. What an excerpt there has already does not come.

    Args:
        row: of schemas.TO_FETCH, with `members`.
        client: asks the server.
        told: takes how far it is.

    Returns:
        The excerpt.

    Raises:
        FetchError: one of them cannot be had. What came is kept, and the same call goes on with it.
    """
    to, wanted = Path(row["path"]), sorted(row["members"], key=lambda one: one["offset"])
    meter = Meter(without_secrets(row["address"]), told)
    try:
        with _held(to, meter), full_disk_told(to):
            is_there = _is_there(to, wanted)
            if not is_there:
                _grow(to, wanted, row, client, meter)
    except OSError as error:  # of the disk: those of the net are told where they happen
        raise FetchError("cannot_write", f"{to}: cannot be written: {error.strerror or type(error).__name__}") from None
    _log.info("%s: an excerpt of %s: %d members", to, without_secrets(row["address"]), len(wanted))
    sha256 = digests_of(to, {"sha256"})["sha256"]
    how: Literal["fetched", "present"] = "present" if is_there else "fetched"
    return Fetched(how, without_secrets(row["address"]), to.stat().st_size, sha256, None, meter.transferred)


def _grow(to: Path, wanted: list[dict[str, Any]], row: dict[str, Any], client: Client, meter: Meter) -> None:
    part = _taken_back(to)
    was = excerpt_of(str(part))
    with part.open("r+b" if part.exists() else "w+b") as file:
        growing = GrowingExcerpt(file)
        new = [one for one in wanted if not growing.has(one["name"], one["crc32"])]
        _bring(growing, new, row, client, meter, was)
    os.replace(part, to)
    sync_folder(to.parent)
    meter.tells("done")


def has_excerpt(to: Path) -> bool:
    """Whether an excerpt lies in the place of an archive, or is worked on."""
    return is_excerpt(str(to)) or _beside(to, "excerpt").exists()


@contextlib.contextmanager
def instead_of_excerpt(to: Path) -> Iterator[Callable[[PartFile, str], None] | None]:
    """Make way for all of an archive where an excerpt of it lies; it goes when that is there.

    Yields:
        Puts the bytes that the excerpt has into a part of the archive; None where there is no excerpt.
    """
    if not has_excerpt(to):
        yield None
        return
    with _held(to, None):
        excerpt = _taken_back(to)
        yield functools.partial(_put_into, excerpt)
        excerpt.unlink(missing_ok=True)


def _bring(
    growing: GrowingExcerpt,
    wanted: list[dict[str, Any]],
    row: dict[str, Any],
    client: Client,
    meter: Meter,
    was: ExcerptOf | None,
) -> None:
    of = was or ExcerptOf(masked(row["address"]), row["bytes"])
    size = sum(one["packed_bytes"] for one in wanted)
    refuse_if_full(Path(row["path"]), size)
    meter.has(0, size)
    archive = _ranged(row["address"], row["bytes"], client)
    archive.expect(
        (one["offset"], one["offset"] + LOCAL.size + len(one["name"].encode()) + USUAL_EXTRA + one["packed_bytes"])
        for one in wanted
    )
    for one in wanted:
        header = archive.read_at(one["offset"], LOCAL.size)
        if len(header) < LOCAL.size or not header.startswith(LOCAL_SIGNATURE):
            raise _changed(row, one, "it does not begin where its directory says")
        _, _, _, method, *_, name_bytes, extra_bytes = LOCAL.unpack(header)
        start = one["offset"] + LOCAL.size + name_bytes + extra_bytes
        of = _as_told(row, archive)
        member = PackedBytes(one["name"], method, one["crc32"], one["bytes"], one["packed_bytes"], start, of.version)
        try:
            growing.add(member, _counted(archive, start, one["packed_bytes"], meter))
        except NoSuchMemberError as error:
            raise _changed(row, one, str(error)) from None
    growing.finish(of)


def _as_told(row: dict[str, Any], archive: RangedFile) -> ExcerptOf:
    version = archive.version or Version()
    return ExcerptOf(masked(row["address"]), row["bytes"], version.etag, version.modified)


def _counted(archive: RangedFile, start: int, count: int, meter: Meter) -> Iterator[bytes]:
    while count and (block := archive.read_at(start, min(BLOCK, count))):
        meter.came(len(block))
        yield block
        start, count = start + len(block), count - len(block)


def _changed(row: dict[str, Any], member: dict[str, Any], why: str) -> FetchError:
    shown = without_secrets(row["address"])
    return FetchError(
        "wrong_digest",
        f"{shown}: its member {member['name']} is not what the directory of the archive says: {why}. Either it is "
        "damaged, or another archive lies there now: run it again with `--forcerun plan_fetches`",
    )


def _is_there(to: Path, wanted: list[dict[str, Any]]) -> bool:
    """Whether all of an archive is there, or an excerpt with all that is wanted."""
    if not to.exists():
        return False
    if not is_excerpt(str(to)):
        return True
    with to.open("rb") as file:
        has = {member.name: member.crc32 for _, _, member in members_here(file)}
    return all(has.get(one["name"]) == one["crc32"] for one in wanted)


def _taken_back(to: Path) -> Path:
    """Where an excerpt is worked on, which is where it has its final name no more."""
    part = _beside(to, "excerpt")
    if is_excerpt(str(to)):
        os.replace(to, part)
    return part


def _beside(to: Path, what: str) -> Path:
    return to.with_name(part_name(to.name, what))


def _put_into(excerpt: Path, part: PartFile, address: str) -> None:
    """Put what an excerpt has into a part of its archive, each byte to its place."""
    of = excerpt_of(str(excerpt))
    if of is None or of.address != masked(address):
        return
    version = Version(of.bytes, of.etag, of.modified)
    if not version.tells_changes and not part.has_digest:
        return
    part.begin(version, has_ranges=True)
    with excerpt.open("rb") as file:
        for _, start, member in members_here(file):
            at = member.stands_at
            for block in blocks_at(file, start, member.packed_bytes) if member.version == of.version else ():
                part.write(at, block)
                at += len(block)


@contextlib.contextmanager
def _held(to: Path, meter: Meter | None) -> Iterator[None]:
    """No other process works at the excerpt of a file."""
    lock = _beside(to, "excerpt.lock")
    to.parent.mkdir(parents=True, exist_ok=True)
    descriptor = locked(lock, lambda: meter.tells("waiting", "another process is fetching it") if meter else None)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def _ranged(address: str, size: int | None, client: Client) -> RangedFile:
    client.refuse_offline(address)
    return RangedFile(resolve.locate(address), client, size=size, locate=functools.partial(resolve.locate, address))
