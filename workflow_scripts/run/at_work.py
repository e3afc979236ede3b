"""What `make status` tells of jobs that say of themselves what they are at: those that fetch, unpack, or hand on."""

from collections.abc import Iterable
from pathlib import Path

from workflow_scripts.errors import as_text
from workflow_scripts.progress.note import JobNote, read_note
from workflow_scripts.settings.places import Places

KINDS = (
    ("Fetching:", "fetch", 60.0),
    ("Unpacking:", "unpack", 600.0),  # which says nothing while all that came out goes to the disk for good
    ("Handing on:", "send", 600.0),  # which says something when a file has arrived; a large one takes its time
)
"""A title, the rule, and for how many seconds its job is at work after it has said something."""


def at_work_texts(places: Places, datasets: Iterable[str], now: float) -> list[str]:
    """What is fetched, unpacked and handed on at this moment, a line each job; nothing where nothing is.

    Args:
        places: of a run.
        datasets: of it.
        now: seconds since 1970.
    """
    datasets = list(datasets)
    texts = []
    for title, rule, recent_s in KINDS:
        lines = [line for dataset in datasets for line in _lines(places, dataset, rule, now - recent_s)]
        if lines:
            texts.append("\n".join([title, *lines]))
    return texts


def _lines(places: Places, dataset: str, rule: str, since: float) -> Iterable[str]:
    for file in sorted(Path(places.log(rule, dataset)).with_suffix("").rglob("*.progress.json")):
        note = read_note(file, JobNote)
        if note and note.state == "running" and note.updated >= since:
            yield f"{dataset}: {as_text(note.of)}: {as_text(note.words)}"
