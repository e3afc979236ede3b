"""What the end of a run says of faults that may pass."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workflow_scripts.check.passing import TRIES, PassingNote, passing_notes, read_passing_note
from workflow_scripts.run.shards import scanned_shards
from workflow_scripts.settings.run import Run


def passing_text(run: Run) -> str:
    """How many media of the run have such a fault, and whether the next run looks at them again; "" if none has."""
    notes = [note for slug in run.roots for note in _notes(run, slug)]
    faults = [fault for note in notes for fault in note.faults]
    if not faults:
        return ""
    kinds = sorted(Counter(fault.kind for fault in faults).items(), key=lambda one: (-one[1], one[0]))
    again = sum(fault.tries < TRIES for fault in faults)
    told = ", ".join(f"{count:,} {kind}" for kind, count in kinds)
    return f"{_files(len(faults))} a fault that may pass ({told}): {_prospect(len(faults), again)}\n"


def _notes(run: Run, root: str) -> Iterator[PassingNote]:
    """Those of its archives, and of shards that there are: others stay until all their media were checked elsewhere."""
    yield read_passing_note(Path(run.places.passing_archives(root)))
    notes = passing_notes(run.places.passing_notes(root))
    shards = scanned_shards(run.places, root) or {}
    yield from (notes[file] for shard in shards if (file := run.places.passing_note(root, shard)) in notes)


def _files(count: int) -> str:
    return "1 file has" if count == 1 else f"{count:,} files have"


def _prospect(count: int, again: int) -> str:
    given_up = f"looked at again {TRIES} times, and not by itself any more"
    if not again:
        return given_up
    if again == count:
        return "the next run looks again"
    return f"the next run looks at {again:,} of them again, the others were {given_up}"
