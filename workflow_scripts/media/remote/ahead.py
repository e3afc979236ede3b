"""Loose files at addresses, read before they are opened."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from workflow_scripts.fetch.ahead import Ahead
from workflow_scripts.media.limits import IN_MEMORY_BYTES
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.remote.reading import AtAddress, threads


@dataclass(frozen=True)
class _File:
    """One that will be opened, or why it cannot be."""

    media: Media
    there: AtAddress | MediaError


def will_read(medias: Iterable[Media]) -> None:
    """Ask for files in the order in which they will be opened; long ones are read as they are decoded."""
    _files().begin(_File(media, _opened(media)) for media in medias if (media.bytes or 0) <= IN_MEMORY_BYTES)


def at_address(address: str, size: int | None, mtime_ns: int | None) -> AtAddress:
    """A file at an address, with its bytes where they were asked for already; see `AtAddress.opened`."""
    came = _files().take(lambda it: (it.media.path, it.media.bytes, it.media.mtime_ns) == (address, size, mtime_ns))
    if came is None:
        return AtAddress.opened(address, size, mtime_ns)
    there = came[0].there
    if isinstance(there, MediaError):
        raise there
    return there


@functools.cache
def _files() -> Ahead[_File, None]:
    """Those of this process."""
    return Ahead(threads, _read, lambda file: file.media.bytes or 0)


def _opened(media: Media) -> AtAddress | MediaError:
    """Not by threads: the libraries that know where it is would begin anew in each."""
    try:
        return AtAddress.opened(media.path, media.bytes, media.mtime_ns)
    except MediaError as error:
        return error


def _read(file: _File) -> None:
    if isinstance(file.there, AtAddress):
        file.there.hold(file.media.bytes or 0)
