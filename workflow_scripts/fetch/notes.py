"""Notes beside a part: which of its bytes are there, and of what they are.

There are two. `<part>.json` tells what is on the disk for good, whatever happens. To sync a disk may take as long as to
fetch what is synced, so that is done seldom; what a killed process wrote is in the system's memory all the same.
`<part>.now.json` tells of that too, and holds for as long as the machine is not started anew.
"""

import functools
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from workflow_scripts.fetch.answers import Version


@dataclass(frozen=True)
class PartNote:
    """What is there of a file.

    Attributes:
        address: without secrets.
        query: that it had, as mark_of_query has it.
        digest: that was published, as one text; None if none was.
        version: of the file that these are bytes of.
        has_ranges: its server gives parts.
        there: stretches, from byte to byte.
    """

    address: str
    query: str
    digest: str | None
    version: Version
    has_ranges: bool
    there: tuple[tuple[int, int], ...]

    @property
    def ends_at(self) -> int:
        """How long the part has to be at least."""
        return max((end for _, end in self.there), default=0)


class PartNotes:
    """The notes of one part."""

    def __init__(self, part: Path) -> None:
        self._synced, self._now = part.with_name(f"{part.name}.json"), part.with_name(f"{part.name}.now.json")
        self._may_be_there = True

    def write(self, note: PartNote, *, is_synced: bool) -> None:
        """Write down what is there.

        Args:
            note: tells it.
            is_synced: all of it is on the disk for good.
        """
        self._may_be_there = True
        text = json.dumps({**asdict(note), "boot": _boot()})
        _replace(self._now, text, syncs=False)
        if is_synced:
            _replace(self._synced, text, syncs=True)

    def read(self) -> PartNote | None:
        """What the note tells that holds and says most; None without one."""
        return _read(self._now, _boot()) or _read(self._synced, None)

    def remove(self) -> None:
        """Nothing is there. Of a file that came at once no note was ever written."""
        if self._may_be_there:
            self._now.unlink(missing_ok=True)
            self._synced.unlink(missing_ok=True)
            self._may_be_there = False


def _replace(path: Path, text: str, *, syncs: bool) -> None:
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        if syncs:
            file.flush()
            os.fsync(file.fileno())
    os.replace(new, path)


def _read(path: Path, boot: str | None) -> PartNote | None:
    """A note, if it can be read and was written since this start of the machine, where one is given."""
    try:
        left = json.loads(path.read_bytes())
        if boot is not None and (not boot or left["boot"] != boot):
            return None
        there = tuple((int(start), int(end)) for start, end in left["there"])
        version, has_ranges = Version(**left["version"]), bool(left["has_ranges"])
        return PartNote(left["address"], left["query"], left["digest"], version, has_ranges, there)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@functools.cache
def _boot() -> str:
    """This start of this machine; "" where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
