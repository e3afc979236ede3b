"""The clips of an export that names a file for each: which are taken, as what file, and what of it is the clip."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import xxhash

from workflow_scripts.exports.audio.form import LOSSY, AudioForm
from workflow_scripts.exports.audio.plan import OF_CHECKS, OF_LEDGER, is_heard_as_it_lies, is_so_already, sound_of
from workflow_scripts.exports.counting import held_back, not_made, taken
from workflow_scripts.exports.files.names import below_export, told
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.numbered import warnings_of_sound
from workflow_scripts.exports.opening import lies_here
from workflow_scripts.exports.reading import MEDIA, Tables, file_paths, in_ranges

OPENED = ("WAV", "WAVEX", "FLAC", "OGG", "MP3", "MPEG")
"""Containers that every library for sound opens, as the checks call them; not each file of them is heard alike."""
NOT_UTF8 = r"\\x(?:[0-46-9a-f][0-9a-f]|5[0-9abd-f])"
"""In a path as tables hold it: a byte that no JSON can hold."""
OF_FILE = {
    "file_id": pl.String,
    "file": pl.String,
    "file_frames": pl.Int64,
    "file_rate": pl.Int64,
    "file_channels": pl.Int32,
    "first_frame": pl.Int64,
    "frames": pl.Int64,
}
"""What is told of a clip's file, of which the clip is `frames` from `first_frame` on, at `file_rate`.

`file_id` is that of the clip where it is all of its file; several clips of one recording have one of their own.
"""


@dataclass(frozen=True)
class Opens:
    """What a consumer opens where it lies; a copy stands for all else.

    Attributes:
        spans: whether it takes a stretch of a file.
        containers: that it opens, as the checks call them.
        subtypes: that it decodes, likewise; None for all.
        sample_rate: hertz that it expects; None for any.
        channels: how many it expects; None for any.
        never_in_path: a pattern of what it cannot have in the path of a file, beside what is no text.
    """

    spans: bool
    containers: tuple[str, ...] = OPENED
    subtypes: tuple[str, ...] | None = None
    sample_rate: int | None = None
    channels: int | None = None
    never_in_path: str | None = None

    def in_place(self) -> pl.Expr:
        """Whether a clip is read from its media as that lies; by columns of ledger and checks."""
        opens = pl.col("member").is_null() & pl.col("format").is_in(self.containers) & is_heard_as_it_lies()
        opens &= ~pl.col("media_path").str.contains(NOT_UTF8) & lies_here()
        if not self.spans:
            opens &= pl.col("whole_media")
        if self.subtypes is not None:
            opens &= pl.col("subtype").is_in(self.subtypes)
        if self.sample_rate is not None:
            opens &= pl.col("sample_rate") == self.sample_rate
        if self.channels is not None:
            opens &= pl.col("channels") == self.channels
        if self.never_in_path is not None:
            opens &= ~pl.col("media_path").str.contains(self.never_in_path)
        return opens.fill_null(value=False)


@dataclass
class FileClips:
    """The clips of a dataset, and the file of each.

    Attributes:
        tables: of the export.
        options: `copies` (never, auto, always), `audio` and `paths` of the export.
        opens: what its consumer does.
        reasons: why a trainable clip is not taken whatever its file, by columns of `read` and of OF_LEDGER.
        read: columns of the ledger that are asked for beside OF_LEDGER.
    """

    tables: Tables
    options: Mapping[str, Any]
    opens: Opens
    read: Sequence[str]
    reasons: Mapping[str, pl.Expr] = field(default_factory=dict)
    _clips: Counter[str] = field(default_factory=Counter)
    _seconds: float = 0.0
    _needing: int = 0
    _copies_bytes: int = 0
    _overshoot: int = 0
    _unlevelled: int = 0

    def plan(self) -> Iterator[pl.DataFrame]:
        """The rows of a plan: those that get a copy."""
        for clips in self._judged():
            copied = clips.filter(pl.col("is_copied"))
            made = sound_of(copied, self.form, 0, is_so_already(self.form))
            yield made.with_columns(copied["clip_id"], suffix=pl.lit(self.form.codec))

    def rows(self, final_folder: Path) -> Iterator[pl.DataFrame]:
        """The clips that are taken, in the order of the ledger, some at a time: columns of `read` and OF_FILE."""
        for some in told(self.tables.packs):
            self._overshoot += int((some["overshoot"] > 0).sum())
            self._unlevelled += int(some["unlevelled"].sum())
        copies = Keyed(lambda: (some.select("clip_id", *_COPY) for some in told(self.tables.packs)), ["clip_id"])
        self._clips.update(dict.fromkeys(self.tables.splits(), 0))
        for clips in self._judged():
            needing = clips.filter(~pl.col("is_copied") & ~pl.col("is_in_place"))
            self._needing += len(needing)
            self._copies_bytes += int(needing["copy_bytes"].sum())
            named = self._with_files(clips.hstack(copies.of(clips).rename(_COPY)), final_folder)
            there = named.filter(pl.col("file").is_not_null())
            self._clips.update(dict(there.group_by(pl.col("split").cast(pl.String)).len().iter_rows()))
            self._seconds += float((there["frames"] / there["file_rate"]).sum())
            yield there.select(*self.read, *OF_FILE)

    def written(self) -> Written:
        """What was, once all of `rows` have been asked for."""
        needing = {"needs_copy": self._needing} if self._needing else {}
        left_out = held_back(self.tables.lazy("clips"), self.reasons) | needing | not_made(self.tables.packs)
        clips = dict(self._clips)
        done = self.options["audio"]["overshoot"]
        warnings = warnings_of_sound(self._overshoot, self._unlevelled, done)
        return Written(clips, self._seconds, left_out, self._copies_bytes, tuple(warnings))

    @property
    def form(self) -> AudioForm:
        """Of copies."""
        return AudioForm.of(self.options["audio"])

    def _judged(self) -> Iterator[pl.DataFrame]:
        """Trainable clips that no reason holds back, with whether each is copied, or lies as its consumer opens it."""
        checks = Keyed(lambda: self.tables.each_checks([*MEDIA, *OF_CHECKS, "frames"]), MEDIA)
        columns = list(dict.fromkeys(["split", "clip_id", *self.read, *OF_LEDGER]))
        ledger = taken(self.tables.lazy("clips"), self.reasons).select(columns)
        copies = self.options["copies"]
        may_lie = copies != "always" and self.form.loudness_lufs is None
        in_place = self.opens.in_place() if may_lie else pl.lit(value=False)
        for clips in in_ranges(ledger):
            yield (
                clips.hstack(checks.of(clips).rename({"frames": "media_frames"}))
                .with_columns(
                    is_in_place=in_place,
                    is_copied=~in_place & (copies != "never"),
                )
                .with_columns(copy_bytes=self._bytes_of_copy())
            )

    def _with_files(self, clips: pl.DataFrame, final_folder: Path) -> pl.DataFrame:
        """Clips with OF_FILE; without where there is no file."""
        rate, whole = pl.col("sample_rate"), pl.col("whole_media")
        first = pl.when(whole).then(0).otherwise((pl.col("start_s") * rate).round().cast(pl.Int64))
        end = pl.min_horizontal((pl.col("end_s") * rate).round().cast(pl.Int64), "media_frames")
        behind = pl.when(whole).then("media_frames").otherwise(end.fill_null(pl.col("media_frames")))
        recording = pl.concat_str(pl.col("root").cast(pl.String), pl.lit("/"), "path")
        lies = {
            "file_id": pl.when(whole).then("clip_id").otherwise(recording.map_elements(_hex, return_dtype=pl.String)),
            "file": pl.lit(file_paths(clips, self.options["paths"], final_folder)),
            "file_frames": pl.col("media_frames"),
            "file_rate": rate,
            "file_channels": pl.col("channels"),
            "first_frame": first,
            "frames": behind - first,
        }
        above = "" if self.options["paths"] == "relative" else f"{final_folder.absolute()}/"
        of_copy = pl.col("copy_file").map_elements(lambda file: above + below_export(file), return_dtype=pl.String)
        copy = {
            "file_id": pl.col("clip_id"),
            "file": of_copy,
            "file_frames": pl.col("copy_frames"),
            "file_rate": pl.col("copy_rate"),
            "file_channels": pl.col("copy_channels"),
            "first_frame": pl.lit(0, pl.Int64),
            "frames": pl.col("copy_frames"),
        }
        return clips.with_columns(
            pl.when("is_in_place").then(lies[name]).when(pl.col("copy_file").is_not_null()).then(copy[name]).alias(name)
            for name in OF_FILE
        )

    def _bytes_of_copy(self) -> pl.Expr:
        form = self.form
        if form.codec in LOSSY:
            return (pl.col("duration_s") * form.bitrate * 125).ceil().cast(pl.Int64)
        rate = pl.col("sample_rate") if form.sample_rate is None else pl.lit(form.sample_rate)
        channels = pl.lit(1) if form.channels == "mono" else pl.col("channels")
        return (pl.col("duration_s") * rate * channels * (form.bits // 8)).ceil().cast(pl.Int64)


_COPY = {"file": "copy_file", "frames": "copy_frames", "sample_rate": "copy_rate", "channels": "copy_channels"}


def _hex(text: str) -> str:
    return xxhash.xxh3_64_hexdigest(text.encode())
