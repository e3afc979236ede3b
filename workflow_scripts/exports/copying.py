"""Copies of clips made: each media is decoded once, and its clips cut, resampled and written."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import soundfile

from workflow_scripts.exports.copies import FBANKS, MEL_BINS, packed_name
from workflow_scripts.exports.formats import Packed
from workflow_scripts.media import archives
from workflow_scripts.media.content import Content, file_content
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.names import from_text
from workflow_scripts.sound.cut import FULL_SCALE_16, at_16_khz, cut
from workflow_scripts.sound.decode import open_stream, refuse_absurd
from workflow_scripts.sound.examine import unforeseen
from workflow_scripts.sound.feature import Feature
from workflow_scripts.sound.settings import SAMPLE_RATE

MISSING_S = 0.01
"""A stretch that is shorter than the ledger says by more than this is none of it."""

Row = dict[str, Any]


def copy_clips(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the copies of a plan's rows to a folder; each media is opened and decoded once.

    Returns:
        For each copy: clip_id, and frames, mean and std of its fbank (FBANKS). A media that cannot be read, or is no
        longer what the check saw, is told for each of its clips.
    """
    made = _Made(folder)
    for of_file in rows.partition_by("folder", "path", maintain_order=True):
        for clips, content in _contents(of_file):
            try:
                if isinstance(content, MediaError):
                    raise content
                _copy(clips, content, made)
            except MediaError as error:
                made.fail(clips, error.kind, str(error))
            except Exception as error:  # noqa: BLE001  whatever a library does, it costs this media alone
                made.fail(clips, *unforeseen(error))
    told = pl.DataFrame([made.told[clip_id] for clip_id in sorted(made.told)], schema=FBANKS)
    return Packed(told, dict(sorted(made.failed.items())))


class _Made:
    """What of a pack was made, and what could not be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.told: dict[str, Row] = {}
        self.failed: dict[str, list[str]] = {}

    def add(self, clip_id: str, samples: np.ndarray[Any, Any], sample_rate: int) -> None:
        """Write a copy, and tell of its fbank as a trainer will see it.

        Raises:
            MediaError: there is no such copy.
        """
        wave = at_16_khz(samples, sample_rate)
        feature = Feature(MEL_BINS)
        feature.add(wave.astype(np.float32), FULL_SCALE_16)
        fbank = feature.statistics()
        soundfile.write(self._file(clip_id), wave, SAMPLE_RATE, format="WAV", subtype="PCM_16")
        self.told[clip_id] = {"clip_id": clip_id, "frames": fbank.frames, "mean": fbank.mean, "std": fbank.std}

    def fail(self, clips: Sequence[Row], kind: str, words: str) -> None:
        """Note why clips have no copy; one that has one by now is none to be trusted."""
        for clip in clips:
            if self.told.pop(clip["clip_id"], None):
                self._file(clip["clip_id"]).unlink()
            self.failed[clip["clip_id"]] = [kind, words.encode("utf-8", "backslashreplace").decode()]

    def _file(self, clip_id: str) -> Path:
        return self._folder / packed_name(clip_id)


def _contents(rows: pl.DataFrame) -> Iterator[tuple[list[Row], Content | MediaError]]:
    """The clips of each media of one file, or of one archive, with its bytes."""
    path = from_text(rows["folder"][0], rows["path"][0])
    of_member: dict[str | None, list[Row]] = {}
    for row in rows.iter_rows(named=True):
        of_member.setdefault(row["member"], []).append(row)
    try:
        seen = os.stat(path)
        if None not in of_member:
            yield from _members(path, seen.st_mtime_ns, of_member)
            return
        with file_content(Media(path, None, seen.st_size, seen.st_mtime_ns)) as content:
            yield of_member[None], content
    except MediaError as error:
        yield list(rows.iter_rows(named=True)), error
    except OSError as error:
        yield list(rows.iter_rows(named=True)), MediaError("io_error", f"cannot be read: {error.strerror}")


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


def _copy(clips: list[Row], content: Content, made: _Made) -> None:
    if content.digest() != clips[0]["bytes_digest"]:
        raise content.failure or MediaError("changed", "its bytes are not those that were checked; the next run looks")
    spans = [(clip["start_s"] or 0.0, float("inf") if clip["end_s"] is None else clip["end_s"]) for clip in clips]
    with open_stream(content) as stream:
        refuse_absurd(stream)
        for number, samples in cut(stream, spans, clips[0]["channel"]):
            clip, seconds = clips[number], len(samples) / stream.sample_rate
            try:
                if seconds < clip["duration_s"] - MISSING_S:
                    raise MediaError("too_short", f"{seconds:.2f} s are decoded of {clip['duration_s']:.2f} s")
                made.add(clip["clip_id"], samples, stream.sample_rate)
            except MediaError as error:
                made.fail([clip], error.kind, str(error))
