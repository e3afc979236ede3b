"""The files of each clip: its fbank as AudioMAE loads it with `--use_fbank`, and a WAV that has the same one."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.exports.audio.cutting import Row
from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.making import make_clips
from workflow_scripts.exports.audiomae.told import MEL_BINS, OF_FBANK
from workflow_scripts.exports.files.packing import OF_EVERY_FILE, MadeFile, write_files
from workflow_scripts.exports.formats import Packed
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.fbank import WINDOW, fbank_of, frame_count

Array = np.ndarray[Any, Any]

FULL_SCALE = 2**15


def write_fbanks(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write <clip>.npy of each clip of a plan's rows to a folder, and <clip>.wav where they say so."""

    def files(row: Row, encoded: Encoded) -> Iterator[MadeFile]:
        if row["with_sound"]:
            yield MadeFile(f"{row['clip_id']}.wav", encoded.content)
        assert encoded.steps is not None  # no clip of a plan is a media as it is
        own = fbank(encoded.steps, row["fbank_frames"])
        values = np.zeros((row["fbank_frames"], MEL_BINS), np.float32)
        values[: len(own)] = own
        in_double = own.astype(np.float64)
        told = {
            "seconds": encoded.frames / encoded.sample_rate,
            "overshoot": encoded.overshoot > 0,
            "fbank_frames": len(own),
            "fbank_total": float(in_double.sum()),
            "fbank_squares": float(np.square(in_double).sum()),
        }
        yield MadeFile(f"{row['clip_id']}.npy", _npy(values), told)

    return write_files(make_clips(rows), files, folder, OF_EVERY_FILE | OF_FBANK)


def fbank(steps: Array, most: int) -> Array:
    """The fbank (frames, 128) float32 of a signal (samples,) int16 at 16 kHz, of its first frames at most.

    Raises:
        MediaError: it is shorter than one frame.
    """
    frames = min(most, frame_count(len(steps)))
    if not frames:
        raise MediaError("too_few_samples", f"{len(steps)} samples at 16 kHz; one frame takes {WINDOW}")
    values = np.empty((frames, MEL_BINS), np.float32)
    place = 0
    for block in fbank_of(MEL_BINS).blocks(steps, FULL_SCALE):
        some = block[: frames - place]
        values[place : place + len(some)] = some
        place += len(some)
        if place == frames:
            break
    return values


def _npy(values: Array) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()
