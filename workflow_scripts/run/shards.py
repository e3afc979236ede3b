"""Which shards the roots of a run have, as their scans wrote it down; and what shards that are no more have left."""

import json
import os
from collections.abc import Iterable
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


def former_shards(places: Places, root: str, shards: Iterable[str]) -> list[str]:
    """Shards that there are checks of beside those of today: they were split or joined, and not removed yet."""
    folder = published_folder(Path(places.checks_folder(root)))
    names = os.listdir(folder) if folder.is_dir() else ()
    there = {name.removeprefix("shard=").removesuffix(".parquet") for name in names if not name.startswith(".")}
    return sorted(there - set(shards))


def scanned_shards(places: Places, root: str) -> dict[str, int] | None:
    """Those of the last scan that came to its end, also while another is at work; None if there was none."""
    own = Path(places.shards(root))
    return next((shards_in(file) for file in (published(own), own) if file.exists()), None)


def remove_former(places: Places, root: str) -> None:
    """Remove what is left of shards that were split or joined, once those that took over their media are checked.

    It is their checks, and the notes, logs and benchmark files of their jobs. Until then all are kept: rows are found
    in the shard that they come from.
    """
    shards = scanned_shards(places, root)
    if shards is None:
        return
    names = {shard_name(shard) for shard in shards}
    checks = Path(places.checks_folder(root))
    of_jobs = [Path(place("check", root, shard_name("all"))).parent for place in (places.log, places.benchmark)]
    for folder in (checks, published_folder(checks), Path(places.passing_notes(root)), *of_jobs):
        for name in os.listdir(folder) if folder.is_dir() else ():
            if name.partition(".")[0] not in names and not name.startswith("."):
                (folder / name).unlink(missing_ok=True)
