"""Clips that are made in the order of their media, and wait for their turn in a pack."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from workflow_scripts.exports.audio.cutting import Failed, Row
from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.making import make_clips

HELD_BYTES = 256 * 2**20
"""So much waits in memory, as packs of short clips do whole; the rest on disk."""


class Held(NamedTuple):
    """Bytes that are there."""

    content: bytes

    def read_bytes(self) -> bytes:
        """Themselves, as of a file."""
        return self.content


class Made(NamedTuple):
    """A clip that was made.

    Attributes:
        row: of the plan.
        encoded: what it is, without its bytes and steps.
        stored: where these wait, and are read.
    """

    row: Row
    encoded: Encoded
    stored: Held | Path


@contextlib.contextmanager
def made_in_order(rows: pl.DataFrame, place: Path) -> Iterator[tuple[list[Made], dict[str, list[str]]]]:
    """Make the clips of a plan's rows; those of one media are cut out of it at once.

    What is encoded waits for its turn, on disk where it is much: a pack of long clips is larger than memory.

    Args:
        rows: of the plan.
        place: folder that files may wait in, below it; they are gone in the end.

    Yields:
        The clips in the order of the rows, and kind and words of what could not be made, by clip.
    """
    made: dict[str, Made] = {}
    failed: dict[str, list[str]] = {}
    held = 0
    with tempfile.TemporaryDirectory(dir=place) as waiting:
        for number, one in enumerate(make_clips(rows)):
            if isinstance(one, Failed):
                made.pop(one.row["clip_id"], None)
                failed[one.row["clip_id"]] = [one.kind, one.words]
                continue
            row, encoded = one
            stored: Held | Path = Held(encoded.content)
            if (held := held + len(encoded.content)) > HELD_BYTES:
                stored = Path(waiting, str(number))  # an id may be longer than a file's name
                stored.write_bytes(encoded.content)
            made[row["clip_id"]] = Made(row, encoded._replace(content=b"", steps=None), stored)
        yield [made[clip_id] for clip_id in rows["clip_id"] if clip_id in made], dict(sorted(failed.items()))
