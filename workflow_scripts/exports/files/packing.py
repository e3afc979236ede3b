"""What is made of clips written as files of their own, in the folder of a pack."""

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import polars as pl

from workflow_scripts.exports.audio.cutting import Failed, Row
from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.making import make_clips
from workflow_scripts.exports.files.names import TOLD
from workflow_scripts.exports.formats import Packed

T = TypeVar("T")


class MadeFile(NamedTuple):
    """A file of a clip.

    Attributes:
        name: in its pack.
        content: its bytes.
        told: of it, besides `clip_id`, `file`, `bytes` and `sha256`.
    """

    name: str
    content: bytes
    told: dict[str, Any] = {}  # noqa: RUF012  nobody changes it


class Tell(NamedTuple):
    """What else is told of a copy.

    Attributes:
        schema: of its columns.
        of: what they hold of one.
    """

    schema: dict[str, Any]
    of: Callable[[Encoded], dict[str, Any]]


NOTHING = Tell({}, lambda _: {})
OF_EVERY_FILE = {name: TOLD[name] for name in ("clip_id", "file", "bytes", "sha256")}


def make_files(rows: pl.DataFrame, folder: Path, tell: Tell = NOTHING) -> Packed:
    """Write the clips of a plan's rows to a folder, a file of sound each; each media is opened and decoded once.

    Args:
        rows: as `audio.plan.sound_of` gives them, with `clip_id` and the `suffix` of its file.
        folder: that they go into.
        tell: what is told of each copy beside TOLD.

    Returns:
        TOLD of each copy, and what `tell` says, by clip. A media that cannot be read, or is no longer what the check
        saw, is told for each of its clips.
    """

    def copy(row: Row, encoded: Encoded) -> Iterator[MadeFile]:
        told = {name: getattr(encoded, name) for name in TOLD if name not in OF_EVERY_FILE}
        yield MadeFile(f"{row['clip_id']}.{row['suffix']}", encoded.content, told | tell.of(encoded))

    return write_files(make_clips(rows), copy, folder, TOLD | tell.schema)


def write_files(
    each: Iterable[tuple[Row, T] | Failed],
    files: Callable[[Row, T], Iterable[MadeFile]],
    folder: Path,
    schema: dict[str, Any],
) -> Packed:
    """Write what is made of clips to a folder.

    Args:
        each: what is made of them, as `audio.making.make_each` gives it.
        files: those of one clip.
        folder: that they go into.
        schema: of what is told: OF_EVERY_FILE, and what each file tells besides.

    Returns:
        A row for each file, by clip.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    failed: dict[str, list[str]] = {}
    for one in each:
        outcome = one if isinstance(one, Failed) else _written(one[0], files(*one), folder)
        if not isinstance(outcome, Failed):
            told[outcome[0]["clip_id"]] = outcome
            continue
        clip_id = outcome.row["clip_id"]
        failed[clip_id] = [outcome.kind, outcome.words]
        for earlier in told.pop(clip_id, []):  # one that was cut out before its media failed is none to be trusted
            (folder / earlier["file"]).unlink()
    in_order = [file for clip_id in sorted(told) for file in told[clip_id]]
    return Packed(pl.DataFrame(in_order, schema=schema), dict(sorted(failed.items())))


def _written(row: Row, files: Iterable[MadeFile], folder: Path) -> list[dict[str, Any]] | Failed:
    """What is told of the files of a clip, which were written; none where one could not be."""
    told: list[dict[str, Any]] = []
    begun: list[Path] = []
    try:
        for name, content, besides in files:
            begun.append(folder / name)
            begun[-1].write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            told.append({"clip_id": row["clip_id"], "file": name, "bytes": len(content), "sha256": digest, **besides})
    except Exception as error:  # noqa: BLE001  an id may be longer than a file's name; a library does whatever it does
        for file in begun:
            with contextlib.suppress(OSError):
                file.unlink()
        return Failed.of(row, error)
    return told
