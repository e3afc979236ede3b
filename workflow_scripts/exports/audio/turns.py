"""What is made of clips in the order of their media, and waits for its turn in a pack."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

import polars as pl

from workflow_scripts.exports.audio.cutting import Failed, Row

HELD_BYTES = 256 * 2**20
"""So much waits in memory, as packs of short clips do whole; the rest on disk."""


class HasContent(Protocol):
    """What was made of a clip: its bytes, and what is told of them."""

    @property
    def content(self) -> bytes:
        """These bytes."""

    def without_content(self) -> Self:
        """The same without them."""


T = TypeVar("T", bound=HasContent)


class InMemory(NamedTuple):
    """Bytes that are there."""

    content: bytes

    def read_bytes(self) -> bytes:
        """Themselves, as of a file."""
        return self.content


class InTurn(NamedTuple, Generic[T]):
    """What was made of a clip.

    Attributes:
        row: of the plan.
        encoded: what it is, without its bytes.
        stored: where these wait, and are read.
    """

    row: Row
    encoded: T
    stored: InMemory | Path


@contextlib.contextmanager
def in_order(
    rows: pl.DataFrame, each: Iterable[tuple[Row, T] | Failed], place: Path
) -> Iterator[tuple[list[InTurn[T]], dict[str, list[str]]]]:
    """Have what is made of clips in the order of the rows; those of one media are cut out of it at once.

    It waits for its turn, on disk where it is much: a pack of long clips is larger than memory.

    Args:
        rows: of the plan.
        each: what is made of them, as `make_each` gives it.
        place: folder that files may wait in, below it; they are gone in the end.

    Yields:
        What was made in the order of the rows, and kind and words of what could not be made, by clip.
    """
    made: dict[str, InTurn[T]] = {}
    failed: dict[str, list[str]] = {}
    held = 0
    with tempfile.TemporaryDirectory(dir=place) as waiting:
        for number, one in enumerate(each):
            if isinstance(one, Failed):
                made.pop(one.row["clip_id"], None)
                failed[one.row["clip_id"]] = [one.kind, one.words]
                continue
            row, of_clip = one
            stored: InMemory | Path = InMemory(of_clip.content)
            if (held := held + len(of_clip.content)) > HELD_BYTES:
                stored = Path(waiting, str(number))  # an id may be longer than a file's name
                stored.write_bytes(of_clip.content)
            made[row["clip_id"]] = InTurn(row, of_clip.without_content(), stored)
        yield [made[clip_id] for clip_id in rows["clip_id"] if clip_id in made], dict(sorted(failed.items()))
