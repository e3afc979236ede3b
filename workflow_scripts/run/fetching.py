"""What `make status` and the end of a run tell of what is fetched."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from tabulate import tabulate

from workflow_scripts.acquire.told import read_fetch_note
from workflow_scripts.errors import as_text, in_bytes
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.run import Run

RECENT_S = 60.0
"""A job at work says so every few seconds."""


def fetches_text(places: Places, datasets: Iterable[str], now: float) -> str:
    """What is fetched at this moment, a line each job; nothing where nothing is.

    Args:
        places: of a run.
        datasets: of it.
        now: seconds since 1970.
    """
    lines = []
    for dataset in datasets:
        for file in sorted(Path(places.log("fetch", dataset)).with_suffix("").rglob("*.progress.json")):
            note = read_fetch_note(file)
            if note and note.state == "running" and now - note.updated <= RECENT_S:
                lines.append(f"{dataset}: {as_text(note.path)}: {note.words} ({note.had:,} of {note.files:,} files)")
    return "\n".join(["Fetching:", *lines]) if lines else ""


def fetched_text(run: Run, since: float) -> str:
    """A table of what the stages of fetching came to that a run has been through; nothing where there are none.

    Args:
        run: what it consists of.
        since: when it began, seconds since 1970.
    """
    rows = []
    for dataset, stage in run.acquisition.all_stages():
        file = Path(run.places.acquired(dataset, stage))
        if file.exists() and file.stat().st_mtime >= since:
            table = pl.read_parquet(file, columns=["status", "bytes"])
            counts = dict(table["status"].cast(pl.String).value_counts().iter_rows())
            size = in_bytes(int(table["bytes"].sum()))
            rows.append([dataset, stage, *(counts.get(name, 0) for name in _COUNTED), size])
    return tabulate(rows, ["dataset", "fetched", *_COUNTED, "size"], intfmt=",") + "\n" if rows else ""


_COUNTED = ("there", "gone", "refused", "failed")
