"""Faults that may lie in the moment and not in the media, and how often such media were looked at again.

The tables say nothing of it, since the same files give the same bytes. A note beside the checks of a shard counts; how
often it has asked for another look is a parameter of the rule, so that each asking has the next run look once.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from workflow_scripts.check.former import former
from workflow_scripts.tables.files import whole

PASSING = ("changed", "check_failed", "crashed", "io_error", "not_openable", "timed_out", "vanished")
"""Kinds of such faults: rows with one are not kept when their shard is checked again."""
TRIES = 3
"""How often the next run looks again at a media that has such a fault, and goes on having it."""


@dataclass(frozen=True)
class PassingFault:
    """A media whose fault may pass.

    Attributes:
        path, member, mtime_ns: of the media as it was listed; one that has changed since has all its tries.
        kind: of the fault.
        tries: how often it was looked at again, TRIES at most.
    """

    path: str
    member: str | None
    mtime_ns: int
    kind: str
    tries: int = 0


@dataclass(frozen=True)
class PassingNote:
    """What is noted of one shard.

    Attributes:
        asked: how many looks have been asked for; it only grows.
        faults: of the shard as it is now.
    """

    asked: int = 0
    faults: tuple[PassingFault, ...] = ()


def read_passing_note(path: Path) -> PassingNote:
    """The note of a shard; an empty one if there is none, or none of this version."""
    try:
        content = json.loads(path.read_bytes())
        return PassingNote(content["asked"], tuple(PassingFault(**fault) for fault in content["faults"]))
    except (FileNotFoundError, ValueError, TypeError, LookupError):
        return PassingNote()


def note_passing_faults(path: Path, faults: Iterable[PassingFault]) -> None:
    """Note which media of a shard have a fault that may pass, now that all of these have been looked at.

    It asks for another look if one of them has tries left. A shard that never had such a fault has no note.
    """
    before = read_passing_note(path)
    notes = [*map(read_passing_note, former(path)), before]  # a shard that was split or joined goes on counting
    tries: dict[tuple[str, str | None, int], int] = {}
    for fault in (fault for note in notes for fault in note.faults):
        key = (fault.path, fault.member, fault.mtime_ns)
        tries[key] = max(tries.get(key, 0), fault.tries + 1)
    now = [_counted(fault, tries.get((fault.path, fault.member, fault.mtime_ns), 0)) for fault in faults]
    if not now and before == PassingNote():
        return
    asks = any(fault.tries < TRIES for fault in now)
    with whole(path) as part:
        part.write_text(json.dumps(asdict(PassingNote(before.asked + asks, tuple(now))), indent=1) + "\n")


def _counted(fault: PassingFault, tries: int) -> PassingFault:
    return PassingFault(fault.path, fault.member, fault.mtime_ns, fault.kind, min(tries, TRIES))


def passing_notes(folder: str) -> dict[str, PassingNote]:
    """The notes of a root by the paths of their files; most roots have none."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return {}
    files = [f"{folder}/{name}" for name in sorted(names) if not name.startswith(".")]
    return {file: read_passing_note(Path(file)) for file in files}
