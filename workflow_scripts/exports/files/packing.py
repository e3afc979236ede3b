"""Copies of clips made, each a file of its pack."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.exports.audio.cutting import Failed, Row
from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.making import make_clips
from workflow_scripts.exports.files.names import TOLD
from workflow_scripts.exports.formats import Packed


class Tell(NamedTuple):
    """What else is told of a copy.

    Attributes:
        schema: of its columns.
        of: what they hold of one.
    """

    schema: dict[str, Any]
    of: Callable[[Encoded], dict[str, Any]]


NOTHING = Tell({}, lambda _: {})


def make_files(rows: pl.DataFrame, folder: Path, tell: Tell = NOTHING) -> Packed:
    """Write the clips of a plan's rows to a folder; each media is opened and decoded once.

    Args:
        rows: as `audio.plan.sound_of` gives them, with `clip_id` and the `suffix` of its file.
        folder: that they go into.
        tell: what is told of each copy beside TOLD.

    Returns:
        TOLD of each copy, and what `tell` says, by clip. A media that cannot be read, or is no longer what the check
        saw, is told for each of its clips.
    """
    told: dict[str, dict[str, Any]] = {}
    failed: dict[str, list[str]] = {}
    for one in make_clips(rows):
        outcome = one if isinstance(one, Failed) else _written(*one, folder, tell)
        if not isinstance(outcome, Failed):
            told[outcome["clip_id"]] = outcome
            continue
        clip_id = outcome.row["clip_id"]
        failed[clip_id] = [outcome.kind, outcome.words]
        if earlier := told.pop(clip_id, None):  # one that was cut out before its media failed is none to be trusted
            (folder / earlier["file"]).unlink()
    in_order = [told[clip_id] for clip_id in sorted(told)]
    return Packed(pl.DataFrame(in_order, schema=TOLD | tell.schema), dict(sorted(failed.items())))


def _written(row: Row, encoded: Encoded, folder: Path, tell: Tell) -> dict[str, Any] | Failed:
    """What is told of a copy that was written."""
    file = f"{row['clip_id']}.{row['suffix']}"
    try:
        besides = tell.of(encoded)
        (folder / file).write_bytes(encoded.content)
    except Exception as error:  # noqa: BLE001  an id may be longer than a file's name; a library does whatever it does
        return Failed.of(row, error)
    return {
        "clip_id": row["clip_id"],
        "file": file,
        "frames": encoded.frames,
        "sample_rate": encoded.sample_rate,
        "channels": encoded.channels,
        "bytes": len(encoded.content),
        "sha256": hashlib.sha256(encoded.content).hexdigest(),
        "overshoot": encoded.overshoot,
        "unlevelled": encoded.unlevelled,
        **besides,
    }
