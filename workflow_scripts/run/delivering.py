"""What `make status` tells of what is handed on."""

from collections.abc import Iterable
from pathlib import Path

from workflow_scripts.deliver.arrivals import read_delivery_note
from workflow_scripts.errors import as_text
from workflow_scripts.settings.places import Places

RECENT_S = 600.0
"""A delivery at work says so when a file has arrived; a large one takes its time."""


def deliveries_text(places: Places, datasets: Iterable[str], now: float) -> str:
    """What is handed on at this moment, a line each delivery; nothing where nothing is.

    Args:
        places: of a run.
        datasets: of it.
        now: seconds since 1970.
    """
    lines = []
    for dataset in datasets:
        for file in sorted(Path(places.delivery_note(dataset, "*")).parent.glob("*.progress.json")):
            note = read_delivery_note(file)
            if note and note.state == "running" and now - note.updated <= RECENT_S:
                lines.append(f"{dataset} → {as_text(note.to)}: {as_text(note.words)}")
    return "\n".join(["Handing on:", *lines]) if lines else ""
