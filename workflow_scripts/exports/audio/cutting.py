"""Clips cut out of their media, each of which is opened and decoded once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.exports.opening import opens
from workflow_scripts.media import archives
from workflow_scripts.media.content import Content, file_content
from workflow_scripts.media.media import MediaError
from workflow_scripts.media.opened import as_it_is
from workflow_scripts.sound.cut import cut
from workflow_scripts.sound.decode import open_second, open_stream, refuse_absurd
from workflow_scripts.sound.decoders import Stream
from workflow_scripts.sound.examine import unforeseen

MISSING_S = 0.01
"""A stretch that is shorter than the ledger says by more than this is none of it."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Cut:
    """A clip as it was cut out.

    Attributes:
        row: of the plan.
        samples: (frames,), or (frames, channels) where the plan says so, full scale 1; none where it is taken as it is.
        sample_rate: their own.
        stored: the bytes of its media, where the plan says that it is taken as it is.
    """

    row: Row
    samples: np.ndarray[Any, Any]
    sample_rate: int
    stored: bytes | None = None


@dataclass(frozen=True)
class Failed:
    """A clip that could not be cut out, and why. One that was cut out before is none to be trusted."""

    row: Row
    kind: str
    words: str

    @classmethod
    def of(cls, row: Row, error: Exception) -> "Failed":
        """By an error of its media, or of a library, which does whatever it does."""
        kind, words = (error.kind, str(error)) if isinstance(error, MediaError) else unforeseen(error)
        return cls(row, kind, words.encode("utf-8", "backslashreplace").decode())


def cut_clips(rows: pl.DataFrame) -> Iterator[Cut | Failed]:
    """Cut the clips of a plan out of their media.

    A media that cannot be read, or is no longer what the check saw, is told for each of its clips.

    Args:
        rows: clip_id, folder, path, member, bytes_digest, start_s, end_s, duration_s, channel (first, mean, all);
            `as_is` of those whose media is taken as it is.
    """
    yield from cut_rows(rows.iter_rows(named=True))


def cut_rows(rows: Iterable[Row]) -> Iterator[Cut | Failed]:
    """The same of rows as they are, without polars, whose threads do not survive a fork."""
    of_files: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        of_files.setdefault((row["folder"], row["path"]), []).append(row)
    for of_file in of_files.values():
        for clips, content in media_contents(of_file):
            try:
                if isinstance(content, MediaError):
                    raise content
                yield from _cut(clips, content)
            except Exception as error:  # noqa: BLE001  whatever a library does, it costs this media alone
                yield from (Failed.of(clip, error) for clip in clips)


def media_contents(rows: list[Row]) -> Iterator[tuple[list[Row], Content | MediaError]]:
    """The clips of each media of one file, or of one archive, with its bytes, or why these cannot be read.

    Args:
        rows: folder, path and member of clips whose media all lie in one file.
    """
    path = opens(rows[0]["folder"], rows[0]["path"])
    of_member: dict[str | None, list[Row]] = {}
    for row in rows:
        of_member.setdefault(row["member"], []).append(row)
    try:
        seen = as_it_is(path)
        if None not in of_member:
            yield from _members(path, seen.mtime_ns, of_member)
            return
        with file_content(seen) as content:
            yield of_member[None], content
    except MediaError as error:
        yield rows, error
    except OSError as error:
        yield rows, MediaError("io_error", f"cannot be read: {error.strerror}")


def _members(
    archive: str, mtime_ns: int, wanted: dict[str | None, list[Row]]
) -> Iterator[tuple[list[Row], Content | MediaError]]:
    members = archives.list_members(archive, mtime_ns).members
    found = sorted((media for media in members if media.member in wanted), key=lambda media: media.offset or 0)
    for media, content in archives.contents(found):
        yield wanted[media.member], content
    there = {media.member for media in found}
    for name, rows in wanted.items():
        if name not in there:
            yield rows, MediaError("vanished", f"the archive holds no {name}")


def _cut(clips: list[Row], content: Content) -> Iterator[Cut | Failed]:
    if content.digest() != clips[0]["bytes_digest"]:
        raise content.failure or MediaError("changed", "its bytes are not those that were checked; the next run looks")
    if clips[0].get("as_is"):
        content.file.seek(0)
        stored = content.file.read()
        yield from (Cut(clip, np.empty(0, np.float32), 0, stored) for clip in clips)
        return
    spans = [(clip["start_s"] or 0.0, float("inf") if clip["end_s"] is None else clip["end_s"]) for clip in clips]
    short = []
    with open_stream(content) as stream:
        refuse_absurd(stream)
        for number, samples in cut(stream, spans, clips[0]["channel"]):
            if _is_short(clips[number], samples, stream):
                short.append(number)
            else:
                yield Cut(clips[number], samples, stream.sample_rate)
    if short:
        yield from _cut_by_second([clips[number] for number in short], [spans[number] for number in short], content)


def _cut_by_second(clips: list[Row], spans: list[tuple[float, float]], content: Content) -> Iterator[Cut | Failed]:
    """Clips of which the first decoder gives less than the check found, which then was another's to tell."""
    try:
        with open_second(content) as stream:
            refuse_absurd(stream)
            for number, samples in cut(stream, spans, clips[0]["channel"]):
                if _is_short(clips[number], samples, stream):
                    seconds, expected = len(samples) / stream.sample_rate, clips[number]["duration_s"]
                    yield Failed(clips[number], "too_short", f"{seconds:.2f} s are decoded of {expected:.2f} s")
                else:
                    yield Cut(clips[number], samples, stream.sample_rate)
    except MediaError:
        yield from (Failed(clip, "too_short", "less is decoded of it than the check found") for clip in clips)


def _is_short(clip: Row, samples: np.ndarray[Any, Any], stream: Stream) -> bool:
    return len(samples) / stream.sample_rate < clip["duration_s"] - MISSING_S
