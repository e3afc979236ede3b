"""Manifests that name files: recordings, supervisions and cuts of each split."""

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.files.clips import FileClips, Opens
from workflow_scripts.exports.lhotse.records import cut, in_json, recording, start, supervision
from workflow_scripts.exports.lhotse.seen import Seen
from workflow_scripts.exports.lhotse.words import READ, Words
from workflow_scripts.exports.reading import Tables, refuse_splits

KINDS = ("recordings", "supervisions", "cuts")
FILE = "{}_{}.jsonl.gz"
"""Of a kind and a split."""


def file_clips(tables: Tables, options: dict[str, Any]) -> FileClips:
    """The clips, and the file of each: one of another rate or more channels than `audio` asks for needs a copy."""
    refuse_splits("lhotse", tables.splits(), [FILE.format(kind, "{}") for kind in KINDS])
    audio = options["audio"]
    channels = None if audio["channels"] == "all" else 1
    return FileClips(tables, options, Opens(True, sample_rate=audio.get("sample_rate"), channels=channels), READ)


def write_manifests(clips: FileClips, folder: Path, final_folder: Path) -> Seen:
    """Write them part by part; a recording stands once in them, however many clips are cut out of it."""
    words, known, seen = Words(clips.tables), _Known(), Seen()
    with contextlib.ExitStack() as stack:
        splits = clips.tables.splits()
        files = {
            (kind, split): stack.enter_context(gzipped(folder / FILE.format(kind, split)))
            for kind in KINDS
            for split in splits
        }
        for part in clips.rows(final_folder):
            said = words.beside(part).with_columns(recording_id="file_id", is_new=known.are_new(part))
            seen.add(said["events"], said["file_rate"], said["file_channels"])
            for (split,), rows in said.partition_by("split", as_dict=True).items():
                seen.recordings[str(split)] += int(rows["is_new"].sum())
                for kind, lines in zip(KINDS, _lines(rows), strict=True):
                    write_lines(files[kind, str(split)], lines)
    return seen


def _lines(rows: pl.DataFrame) -> Iterator[pl.Series]:
    """The lines of each of KINDS for some clips."""
    of_file = recording(pl.col("file"), "file")
    yield rows.filter("is_new").select(of_file.struct.json_encode()).to_series()
    at = start()
    yield rows.select(in_json(supervision(True, at), supervision(False, at))).to_series()
    yield rows.select(in_json(cut(True, of_file, at), cut(False, of_file, at))).to_series()


class _Known:
    """Recordings that were written already, by split."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def are_new(self, clips: pl.DataFrame) -> pl.Series:
        """Of each clip, whether its recording is told with it."""
        new = clips.select((pl.col("file_id") == pl.col("clip_id")).alias("is_new")).to_series()
        shared = clips.select("split", "file_id").with_row_index().filter(~new)
        first = [self._is_first((str(split), file_id)) for _, split, file_id in shared.iter_rows()]
        return new.scatter(shared["index"], pl.Series(first, dtype=pl.Boolean))

    def _is_first(self, recording: tuple[str, str]) -> bool:
        if recording in self._seen:
            return False
        self._seen.add(recording)
        return True


@contextlib.contextmanager
def gzipped(file: Path) -> Iterator[gzip.GzipFile]:
    """A gzip file to write to: without its time and name, so that the same lines are the same bytes."""
    with file.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as lines:
        yield lines


def write_lines(file: gzip.GzipFile, lines: pl.Series) -> None:
    """Write texts, one a line."""
    if len(lines):
        file.write(("\n".join(lines) + "\n").encode())
