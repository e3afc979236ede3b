"""Which shards the roots of a run have, as their scans wrote it down; and what shards that are no more have left."""

import json
import os
from pathlib import Path

from workflow_scripts.settings.places import Places, shard_name
from workflow_scripts.tables.files import published, published_folder


def shards_in(file: str | Path) -> dict[str, int]:
    """The shards of a root and how many media each has, as its scan wrote it down; none where that is not there."""
    try:
        shards: dict[str, int] = json.loads(Path(file).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return shards


def scanned_shards(places: Places, root: str) -> dict[str, int] | None:
    """Those of the last scan that came to its end, also while another is at work; None if there was none."""
    own = Path(places.shards(root))
    return next((shards_in(file) for file in (published(own), own) if file.exists()), None)


def remove_former(places: Places, root: str) -> None:
    """Remove checks and notes of shards that were split or joined, once those that took over their media are checked.

    Until then they are kept: rows are found in the shard that they come from.
    """
    shards = scanned_shards(places, root)
    if shards is None:
        return
    names = {shard_name(shard) for shard in shards}
    checks, notes = Path(places.checks_folder(root)), Path(places.passing_notes(root))
    for folder in (checks, published_folder(checks), notes):
        for name in os.listdir(folder) if folder.is_dir() else ():
            if name.partition(".")[0] not in names and not name.startswith("."):
                (folder / name).unlink(missing_ok=True)
