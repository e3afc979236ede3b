"""The account of an export, or of one of its packs: what was written and what was left out. Imports nothing heavy.

Whoever starts a run asks `spoilt` for the accounts that files no longer keep to; one that is removed is made again.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from workflow_scripts.errors import SoundledgerError, shown

TRIES = 3
"""How often a pack is made whose files could not be read for what may lie in the moment."""

SECOND_NS = 1_000_000_000


@dataclass(frozen=True)
class HeldBack:
    """The clips of one licence that an export does not take for it.

    Attributes:
        licence: as the tables have it; None where none is said.
        clips: how many the dataset has.
        usable: how many of them are usable.
        hours: of sound that these have.
    """

    licence: str | None
    clips: int
    usable: int
    hours: float

    @property
    def told(self) -> str:
        """What is held back, in words."""
        return f"{self.clips:,} of {shown(self.licence) if self.licence else 'none that is known'}"


@dataclass(frozen=True)
class Leak:
    """The clips that an export leaves out since they share something with clips that are evaluated on.

    Attributes:
        shared_by: what it is, as in the table `leaked`.
        dataset: of the others.
        split: of the others.
        clips: how many are left out; those that share several things are counted with each.
    """

    shared_by: str
    dataset: str
    split: str
    clips: int

    @property
    def told(self) -> str:
        """What leaks, in words."""
        return f"{self.clips:,} {self.shared_by} of {self.dataset} {self.split}"


@dataclass(frozen=True)
class Account:
    """What was written under one name.

    Attributes:
        folder: where its files are, beside the account.
        link: what leads there, beside the account; None for a pack.
        clips: how many were taken, by split; none where it is a pack.
        hours: of sound that these have.
        held_back: how many were not, by reason; those of a licence that is not taken as `licence`, whatever else is
            the matter with them, those outside the subset that is taken as `not_in_subset`, usable ones that reviews
            drop as `dropped_by_review`, and of the others those that leak into what is evaluated on as `leaks`.
        licences: what licences those of `licence` have, the entries of HeldBack each.
        leaks: what those of `leaks` share and with whom, the entries of Leak each.
        bytes: that all its files take; of a pack none is told.
        copies_bytes: what copies would take of the clips that are held back because they need one.
        warnings: what the run ends with.
        made_of: of a pack, a digest of what all its bytes follow from: its list, its format, the version of these.
        made: how many files a pack has for its export.
        failed: kind and words of what a pack could not make, by clip.
        tries: how often a pack with passing faults was made.
        files: name, bytes and time of last change (ns since 1970) of those right in the folder.
        folders: path below it and time of last change of each other, which a file that is added, removed or replaced in
            it changes: of millions of copies none is looked at by itself.
        options: those that it was made with, the seed of its order among them; none where it is a pack.
    """

    folder: str
    link: str | None = None
    clips: dict[str, int] = field(default_factory=dict)
    hours: float = 0.0
    held_back: dict[str, int] = field(default_factory=dict)
    licences: list[dict[str, Any]] = field(default_factory=list)
    leaks: list[dict[str, Any]] = field(default_factory=list)
    bytes: int = 0
    copies_bytes: int = 0
    warnings: list[str] = field(default_factory=list)
    made_of: str | None = None
    made: int = 0
    failed: dict[str, list[str]] = field(default_factory=dict)
    tries: int = 1
    files: list[list[Any]] = field(default_factory=list)
    folders: list[list[Any]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def with_files_in(self, folder: Path) -> "Account":
        """The same with what lies in a folder under `files` and `folders`, sorted by path."""
        files = sorted(path for path in folder.iterdir() if not path.is_dir())
        _, *below = sorted(os.path.relpath(path, folder) for path, *_ in os.walk(folder))
        return replace(
            self,
            files=[[file.name, *_seen(file)] for file in files],
            folders=[[path, (folder / path).stat().st_mtime_ns] for path in below],
        )

    def write(self, file: Path) -> None:
        """Write it, one entry a line."""
        parts = [f"{json.dumps(name)}: {_lines(value)}" for name, value in asdict(self).items()]
        file.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def read_account(file: Path) -> Account:
    """An account as it was written.

    Raises:
        SoundledgerError: it is damaged, or of another version.
        FileNotFoundError: there is none.
    """
    try:
        account = Account(**json.loads(file.read_bytes()))
        for name, kind in _KINDS.items():
            if not _is(kind, value := getattr(account, name)):
                raise TypeError(f"{name}: {shown(value)}")
    except (ValueError, TypeError, RecursionError) as error:
        raise SoundledgerError(f"{file}: not what this version writes ({error}); delete it and run again") from None
    return account


_KINDS = get_type_hints(Account) | {
    "licences": list[HeldBack],
    "leaks": list[Leak],
    "failed": dict[str, tuple[str, str]],
    "files": list[tuple[str, int, int]],
    "folders": list[tuple[str, int]],
}
"""Of each entry; a tuple is a list of so many items, HeldBack and Leak mappings with their attributes."""


def _is(kind: Any, value: Any) -> bool:
    """Whether what JSON gave is of a kind: a class, or something made of such."""
    made_of, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        return True
    if kind in (HeldBack, Leak):
        hints = get_type_hints(kind)
        return (
            type(value) is dict
            and value.keys() == hints.keys()
            and all(_is(hints[name], value[name]) for name in hints)
        )
    if made_of is UnionType:
        return any(_is(part, value) for part in parts)
    if made_of is tuple:
        return type(value) is list and len(value) == len(parts) and all(map(_is, parts, value))
    if made_of is not None:  # a list, or a dict, whose keys are text
        items = value.values() if type(value) is dict else value
        return type(value) is made_of and all(_is(parts[-1], item) for item in items)
    return type(value) is kind


def is_whole(place: Path, account: Account) -> bool:
    """Whether what an account speaks of is as it was written: one stat each of its files and folders.

    A time that was cut to whole seconds is the same, as archives of results give them back.

    Args:
        place: the folder that the account belongs into; it may have been read elsewhere.
        account: what was written.
    """
    try:
        if account.link is not None and os.readlink(place / account.link) != account.folder:
            return False
        folder = place / account.folder
        return all(_is_as(_seen(folder / name), seen) for name, *seen in account.files) and all(
            _is_same_time((folder / path).stat().st_mtime_ns, changed) for path, changed in account.folders
        )
    except (OSError, ValueError):  # ValueError: no file can have such a name
        return False


def _is_as(seen: list[int], written: list[int]) -> bool:
    return seen[0] == written[0] and _is_same_time(seen[1], written[1])


def _is_same_time(seen: int, written: int) -> bool:
    return seen in (written, written - written % SECOND_NS)


def spoilt(accounts: Iterable[str]) -> list[str]:
    """Those of the accounts that are there and not whole, or whose passing faults have tries left.

    A copy that is changed in its place, whose folder does not change with it, is not noticed.
    """
    return [file for file in accounts if os.path.lexists(file) and _is_spoilt(Path(file))]


def _is_spoilt(file: Path) -> bool:
    try:
        return not stands(file.parent, read_account(file))
    except (OSError, SoundledgerError):
        return True


def stands(place: Path, account: Account) -> bool:
    """Whether nothing is to be made again: its files are whole, and no fault that may pass has tries left."""
    return is_whole(place, account) and not may_pass(account)


PASSING = frozenset({"changed", "io_error", "not_openable", "vanished"})
"""Faults of media that may lie in the moment."""


def may_pass(account: Account) -> bool:
    """Whether a pack is made again, as what it could not make may have lain in the moment."""
    return account.tries < TRIES and any(kind in PASSING for kind, _ in account.failed.values())


def _seen(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]


def _lines(value: Any) -> str:
    """JSON with each item of a list on its own line."""
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in value) + "\n]"
