"""Listing archives in processes that they may crash, hang or fill.

Libraries in C read what anybody may have written, and a small archive may ask for any memory and time. What it costs is
its own members: it becomes a reject, and all else of the root is listed.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from workflow_scripts.media import limits
from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.archives import Damage, Listing, kind_of, list_members, module_of, prepare
from workflow_scripts.workers.limits import be_silent, in_time, limit_memory
from workflow_scripts.workers.pool import CRASHED, FAILED, TIMED_OUT, TOO_LARGE, ask_all, how_it_ended, start_server

BATCH = 16
BATCHES_A_WORKER = 8
_OF_MEMBERS, _OF_DAMAGES = ("member", "bytes", "offset", "packed_bytes", "crc32"), ("reason", "detail", "line", "raw")
_LOST = {
    CRASHED: ("archive_crashed", "what reads it {}"),
    TIMED_OUT: ("archive_timed_out", "listing it {}"),
    TOO_LARGE: (
        "archive_too_large",
        f"listing it takes more than the {limits.LISTING_BYTES >> 20:,} MB that may be; make several of it",
    ),
    FAILED: ("archive_damaged", "cannot be read: {}"),
}

Columns = dict[str, list[Any]]
"""What one archive told, a row for itself and one for each member, each damage and each member not looked at."""


class Archive(NamedTuple):
    """One to be listed.

    Attributes:
        path: as the system spells it.
        bytes: its size.
        mtime_ns: time of its last change, as the look saw it.
    """

    path: str
    bytes: int
    mtime_ns: int


def list_all(archives: Sequence[Archive], workers: int) -> Iterator[tuple[Archive, Columns]]:
    """What each archive tells, in no promised order.

    Raises:
        OSError: the disk does not give one of them now; `filename` says which.
    """
    size = max(1, min(BATCH, len(archives) // (workers * BATCHES_A_WORKER)))
    batches = [archives[first : first + size] for first in range(0, len(archives), size)]
    kinds = sorted({kind_of(archive.path) for archive in archives})
    start_server(__name__, *map(module_of, kinds))
    start = functools.partial(_start_worker, kinds)
    for archive, columns in ask_all(batches, list_batch, _patience, min(workers, len(batches)), start):
        if isinstance(columns, OSError) and isinstance(columns.errno, int):  # Pebble's own TimeoutError has words there
            raise OSError(columns.errno, columns.strerror, archive.path)
        yield archive, _lost(columns) if isinstance(columns, BaseException) else columns


def _lost(error: BaseException) -> Columns:
    """What is told of an archive whose worker did not live to tell of it."""
    kind, words = how_it_ended(error)
    reason, told = _LOST[kind]
    return _columns(Listing([], [Damage(reason, told.format(words))]))


def _patience(batch: Sequence[Archive]) -> float:
    return limits.SECONDS_AN_ARCHIVE + sum(map(_seconds_for, batch))


def _seconds_for(archive: Archive) -> float:
    return limits.seconds_to_list(archive.bytes, is_address(archive.path))


def _start_worker(kinds: Sequence[str]) -> None:
    be_silent()
    prepare(kinds)
    limit_memory(limits.LISTING_BYTES)


def list_batch(batch: Sequence[Archive]) -> list[Columns]:
    """What each of some archives tells: columns of TOLD, without those that say which archive it is.

    Raises:
        OSError: the disk does not give one of them now.
    """
    told = []
    for archive in batch:
        with in_time(_seconds_for(archive)):
            told.append(_columns(list_members(archive.path, archive.mtime_ns)))
    return told


def _columns(listing: Listing) -> Columns:
    """A row for the archive, and one for each of the others."""
    members, damages, others = listing.members, listing.damages, listing.not_looked_at
    behind_members = [None] * (len(damages) + len(others))
    before_damages, behind_damages = [None] * (1 + len(members)), [None] * len(others)
    return (
        {name: [None, *(getattr(one, name) for one in members), *behind_members] for name in _OF_MEMBERS}
        | {name: [*before_damages, *(getattr(one, name) for one in damages), *behind_damages] for name in _OF_DAMAGES}
        | {"not_looked_at": [*before_damages, *[None] * len(damages), *others]}
    )
