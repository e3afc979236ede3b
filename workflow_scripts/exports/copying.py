"""Copies of clips made: each media is decoded once, and its clips cut, resampled and written."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import soundfile

from workflow_scripts.exports.audio.cutting import Cut, Failed, cut_clips
from workflow_scripts.exports.copies import FBANKS, MEL_BINS, packed_name
from workflow_scripts.exports.formats import Packed
from workflow_scripts.sound.cut import FULL_SCALE_16, at_16_khz
from workflow_scripts.sound.feature import Feature
from workflow_scripts.sound.settings import SAMPLE_RATE


def copy_clips(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the copies of a plan's rows to a folder; each media is opened and decoded once.

    Returns:
        For each copy: clip_id, and frames, mean and std of its fbank (FBANKS). A media that cannot be read, or is no
        longer what the check saw, is told for each of its clips.
    """
    made = _Made(folder)
    for one in cut_clips(rows):
        if isinstance(one, Failed):
            made.fail(one)
            continue
        try:
            made.add(one)
        except Exception as error:  # noqa: BLE001  whatever a library does, it costs this clip alone
            made.fail(Failed.of(one.row, error))
    told = pl.DataFrame([made.told[clip_id] for clip_id in sorted(made.told)], schema=FBANKS)
    return Packed(told, dict(sorted(made.failed.items())))


class _Made:
    """What of a pack was made, and what could not be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.told: dict[str, dict[str, Any]] = {}
        self.failed: dict[str, list[str]] = {}

    def add(self, clip: Cut) -> None:
        """Write a copy, and tell of its fbank as a trainer will see it.

        Raises:
            MediaError: there is no such copy.
        """
        clip_id = clip.row["clip_id"]
        wave = at_16_khz(clip.samples, clip.sample_rate)
        feature = Feature(MEL_BINS)
        feature.add(wave.astype(np.float32), FULL_SCALE_16)
        fbank = feature.statistics()
        soundfile.write(self._file(clip_id), wave, SAMPLE_RATE, format="WAV", subtype="PCM_16")
        self.told[clip_id] = {"clip_id": clip_id, "frames": fbank.frames, "mean": fbank.mean, "std": fbank.std}

    def fail(self, failed: Failed) -> None:
        """Note why a clip has no copy; one that has one by now is none to be trusted."""
        clip_id = failed.row["clip_id"]
        if self.told.pop(clip_id, None):
            self._file(clip_id).unlink()
        self.failed[clip_id] = [failed.kind, failed.words]

    def _file(self, clip_id: str) -> Path:
        return self._folder / packed_name(clip_id)
