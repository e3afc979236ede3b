"""What the main process looks at for the parameters of its jobs: the roots, and the notes of faults that may pass."""

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.check.passing import PassingNote, passing_notes, read_passing_note
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.fetch.resolve import is_pinned
from workflow_scripts.run.lock import Lock
from workflow_scripts.settings.roots import SAMPLE_DONE, Root
from workflow_scripts.settings.run import Run

_states: dict[str, str] = {}
"""Of each root by its slug: looked at once a process."""


@dataclass(frozen=True)
class Looks:
    """One look at each place, before the first job that depends on it.

    Jobs build their own small graph of jobs and would each look again, so only the main process does.

    Attributes:
        run: what it consists of.
        is_main: this is the main process.
    """

    run: Run
    is_main: bool

    def state(self, root: Root) -> str:
        """A digest of all paths, sizes and times below a root: a change of any file there reruns its scan.

        The look comes before the scan, so a change in between is seen by the next run. What is not made or fetched yet
        has no state; Snakemake asks again when its scan can start.
        """
        if not (self.is_main and self._is_made(root)):
            return ""
        if root.is_address and (remembered := self._remembered(root)):
            return remembered
        if self.run.look == "never":
            return ""
        if (
            root.slug not in _states or root.made_by_workflow or root.made_for or root.waits_for
        ):  # which may make it between two looks
            from workflow_scripts.media.look import look_into

            is_anothers = Lock(Path(self.run.places.lock)).owner() is not None  # this run will be refused, or only asks
            read_by_scan = "" if is_anothers else self.run.look_before_scan(root.slug)
            try:
                _states[root.slug] = look_into(Path(read_by_scan) if read_by_scan else None, root.path, root.images)
            except OSError as error:  # what cannot be read, its own job tells
                _states[root.slug] = f"cannot be read: {error.strerror}"
            except SoundledgerError as error:  # likewise
                _states[root.slug] = f"cannot be listed: {error}"
        return _states[root.slug]

    def _remembered(self, root: Root) -> str | None:
        """The state of an address as it was listed last, where it is not to be listed again; None if it never was."""
        if not (is_pinned(root.path) or self.run.look == "never" or self.run.offline):
            return None
        from workflow_scripts.media.look import chosen_listing

        if listing := chosen_listing(Path(self.run.places.look(root.slug))):
            _states[root.slug] = listing.name
        return _states.get(root.slug)

    def _is_made(self, root: Root) -> bool:
        """Whether all is there that this run may put below a root."""
        if not root.is_made_meanwhile:
            return True
        is_sample = not root.made_by_workflow or os.path.exists(SAMPLE_DONE)
        return is_sample and os.path.exists(root.path) and all(map(self.run.acquisition.is_done, root.waits_for))

    def archives(self, root: Root) -> int:
        """About how many archives lie below a root; 0 where nobody looked."""
        state, folder = self.state(root), self.run.look_before_scan(root.slug)
        if not (state and folder):
            return 0
        from workflow_scripts.media.look import archives_in

        return archives_in(Path(folder) / state)

    def choose(self) -> None:
        """Have the scans of this run read what it saw: only who owns the results may."""
        from workflow_scripts.media.look import choose_listing

        for slug, root in (self.run.roots | self.run.folders).items():
            if root.is_address and slug not in _states:  # what was listed once is not dropped because nobody asked
                continue
            choose_listing(Path(self.run.places.look(slug)), _states.get(slug, ""))

    def contents(self, dataset: str) -> list[str]:
        """A digest of each source of a dataset: Snakemake asks for the content only of files that are newer.

        An older file in place of another (of a download that keeps the server's time, out of an archive) is newer to
        nobody. Of a folder the source is what lies there, as of a root.
        """
        known = self.run.datasets[dataset]
        if not self.is_main or known.derive:  # what jobs make, Snakemake itself knows
            return []
        states = [self.state(self.run.folders[slug]) for slug in known.source_folders.values()]
        return [self._digest(file) for file in known.source_files] + states

    def contents_of(self, files: Iterable[str]) -> list[str]:
        """The same of files of which each is one source."""
        return [self._digest(file) for file in files] if self.is_main else []

    def _digest(self, file: str) -> str:
        """Of what is not there yet, as the sample, there is none; Snakemake asks again when the job can start."""
        try:
            return _content(file)
        except OSError as error:  # what cannot be read, the ingest tells
            return f"cannot be read: {error.strerror}"

    def asked(self, root: str, shard: str) -> int:
        """How many looks at faults that may pass a shard had asked for before the run: one more, and it is checked."""
        notes = _notes(self.run.places.passing_notes(root)) if self.is_main else {}
        return notes.get(self.run.places.passing_note(root, shard), PassingNote()).asked

    def of_places(self, places: Iterable[str]) -> Callable[[Any], list[str]]:
        """A function of the wildcards of a job: a digest of what lies in each of some folders, as of a root."""

        def looked(wildcards: Any) -> list[str]:
            return [_look_once(place) for place in places] if self.is_main else []

        return looked

    def asked_again(self, dataset: str, stage: str, leaf: str) -> int:
        """How many tries at files that a server did not give a job had asked for: one more, and it fetches again."""
        return read_passing_note(Path(self.run.places.fetch_passing(dataset, stage, leaf))).asked if self.is_main else 0

    def asked_of_scan(self, root: str) -> int:
        """The same of the scan of a root: it asks for another where what read an archive crashed or took too long."""
        return read_passing_note(Path(self.run.places.passing_archives(root))).asked if self.is_main else 0


@functools.cache
def _look_once(place: str) -> str:
    from workflow_scripts.media.look import look

    try:
        return look(place, None)
    except OSError as error:  # what cannot be read, its own job tells
        return f"cannot be read: {error.strerror}"


@functools.cache
def _content(file: str) -> str:
    import xxhash

    digest = xxhash.xxh3_128()
    with open(file, "rb") as content:
        while part := content.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


@functools.cache
def _notes(folder: str) -> dict[str, PassingNote]:
    """Read once: what a job notes is for the next run."""
    return passing_notes(folder)
