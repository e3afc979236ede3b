"""Audio in archives, read where it lies: one module a kind, each with `list_members` and `open_members`.

The modules come only when an archive is met: who merely walks a folder needs nothing but the standard library.
"""

import errno
import importlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from workflow_scripts.media.limits import LONGEST_NAME
from workflow_scripts.media.media import Media, MediaError

if TYPE_CHECKING:
    from workflow_scripts.media.content import Content

_MODULES = {".tar": "tar", ".zip": "zipped", ".parquet": "parquet"}
ARCHIVE_SUFFIXES = frozenset(_MODULES)
"""Suffixes, in small letters, of archives that are read."""
IN_GROUPS = frozenset({".parquet"})
"""Those whose members are read by groups: to know them, the archive is opened."""
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z")
COMPRESSED_TARS = (*(f".tar{suffix.lower()}" for suffix in COMPRESSIONS), ".tgz", ".tbz", ".tbz2", ".txz", ".tzst")
"""What tars that are compressed as a whole are called, in small letters: no member can be read by itself."""


LEADS_NOWHERE = (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ENXIO)
"""Errors of a name that is no file and will be none: a link to nothing, a socket."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What of an archive could not be listed.

    Attributes:
        reason: kind of fault.
        detail: the fault in words.
        line: number of the member, from 1; of the next one where the fault lies between members.
        raw: name of the member, "" if it is none's.
    """

    reason: str
    detail: str
    line: int = 1
    raw: str = ""


class Listing(NamedTuple):
    """What an archive holds.

    Attributes:
        members: its audio.
        damages: what of it could not be listed.
        not_looked_at: names of members that hold audio of kinds that are not read.
    """

    members: list[Media]
    damages: list[Damage]
    not_looked_at: Sequence[str] = ()


def long_named(name: str, ordinal: int) -> Damage | None:
    """What is told of a member whose name is no file's; the end of it stands for it."""
    if len(name) <= LONGEST_NAME and (name.isascii() or len(name.encode()) <= LONGEST_NAME):
        return None
    words = f"its name has more than the {LONGEST_NAME:,} bytes that a path may have"
    return Damage("name_too_long", words, ordinal, f"…{name[-100:]}")


def is_archive(path: str) -> bool:
    """Whether a file is called like an archive that is read."""
    return kind_of(path) in ARCHIVE_SUFFIXES


def is_compressed_tar(path: str) -> bool:
    """Whether a file is called like a compressed tar."""
    return path.lower().endswith(COMPRESSED_TARS)


def list_members(path: str, mtime_ns: int) -> Listing:
    """The audio members of an archive, each with the path given, what could not be listed, and what is not looked at.

    Whatever an archive holds ends here as a member or as damage.

    Raises:
        OSError: the archive cannot be read now; a run must not take its members for missing.
    """
    from workflow_scripts.media.opened import opened

    try:
        with opened(path, mtime_ns=mtime_ns) as archive:
            return _module(path).list_members(archive, path, mtime_ns)
    except MediaError as error:
        cause = error.__context__
        if isinstance(cause, OSError) and cause.errno not in LEADS_NOWHERE:
            raise cause from None
        return Listing([], [Damage(error.kind, str(error))])
    except MemoryError:  # in a worker, which has a limit
        raise
    except Exception as error:  # libraries read what anybody may have written
        if isinstance(error, OSError) and error.errno is not None:  # of the disk; Arrow's own have no number
            raise
        return Listing([], [Damage("archive_damaged", f"cannot be read: {in_words(error)}")])


def split(medias: Sequence[Media], most: int) -> list[list[Media]]:
    """Members of one archive, sorted by offset, in batches of at most so many.

    Those of a Parquet file in whole row groups, however many rows these have: to read part of one costs what lies
    before it too.
    """
    if not medias:
        return []
    groups = [[media] for media in medias]
    if kind_of(medias[0].path) in IN_GROUPS:
        from workflow_scripts.media.opened import opened

        try:
            with opened(medias[0].path, mtime_ns=medias[0].mtime_ns) as archive:
                groups = _module(medias[0].path).row_groups(archive, medias)
        except Exception:  # noqa: BLE001 - whoever reads the members will say it of each
            return [list(medias)]
    batches: list[list[Media]] = []
    for group in groups:
        if batches and len(batches[-1]) + len(group) <= most:
            batches[-1].extend(group)
        else:
            batches.append(group)
    return batches


def contents(medias: Sequence[Media]) -> Iterator[tuple[Media, "Content | MediaError"]]:
    """The bytes of members of one archive, in the order given, which should be that of their offsets.

    A member that cannot be read is given with its error, and the next one follows. Small members are in memory; long
    ones can be read until the iterator ends, and tell by an error of kind `changed` if the archive becomes another.
    """
    from workflow_scripts.media.content import not_read
    from workflow_scripts.media.opened import opened

    given = 0
    if not medias:
        return
    try:
        with opened(medias[0].path, mtime_ns=medias[0].mtime_ns) as archive:
            archive.refuse_changed(medias[0], "since it was listed")
            read = _module(medias[0].path).open_members(archive, medias)
            for media, content in zip(medias, read, strict=True):
                archive.refuse_changed(media, "while it was read")
                given += 1
                yield media, content
    except MediaError as error:
        yield from ((media, error) for media in medias[given:])
    except OSError as error:
        failure = not_read(error)
        yield from ((media, failure) for media in medias[given:])


def kind_of(path: str) -> str:
    """Which kind of archive a file is called: one of ARCHIVE_SUFFIXES."""
    return os.path.splitext(path)[1].lower()


def module_of(kind: str) -> str:
    """The name of the module that reads archives of a kind."""
    return f"{__name__}.{_MODULES[kind]}"


def prepare(kinds: Iterable[str]) -> None:
    """Import what reads archives of these kinds."""
    for kind in kinds:
        importlib.import_module(f"{__name__}.{_MODULES[kind]}")


def _module(path: str) -> Any:
    return importlib.import_module(f"{__name__}.{_MODULES[kind_of(path)]}")


def in_words(error: Exception) -> str:
    """An error of a library in one line of bounded length."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
