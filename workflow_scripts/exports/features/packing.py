"""A pack of fbanks: one zstd frame a clip, so that any of them is read without the others.

A frame holds two planes of bytes, the lower byte of all values and then the upper: it is in the upper that zstd finds
anything to save. Each has its checksum, and all together are a file of zstd too.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import zstandard

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.audio.cutting import Cut, Failed, Row
from workflow_scripts.exports.audio.making import check_length, make_each
from workflow_scripts.exports.audio.turns import in_order
from workflow_scripts.exports.features.form import LEVEL, FbankForm
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.sums import sha256
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.fbank import WINDOW, Array, Fbank, fbank_of, frame_count
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.sound.settings import SAMPLE_RATE

TOLD = {
    "clip_id": pl.String,
    "offset": pl.Int64,
    "bytes": pl.Int64,
    "frames": pl.Int64,
    "bins": pl.Int32,
    "total": pl.Float64,
    "squares": pl.Float64,
    "sha256": pl.String,
}
"""Of each clip: where its frame is in the pack, its shape, sums over all of its values; and the digest of the pack."""


BLOCK_FRAMES = 1 << 14
"""Summed at a time: in double precision an hour would take more memory than it does otherwise."""


class StoredFbank(NamedTuple):
    """A clip's fbank as it is stored.

    Attributes:
        content: its zstd frame.
        frames: how many it has.
        total: sum of its values.
        squares: sum of their squares.
    """

    content: bytes
    frames: int
    total: float
    squares: float

    def without_content(self) -> "StoredFbank":
        """The same without its frame."""
        return self._replace(content=b"")


def write_fbanks(rows: pl.DataFrame, file: Path) -> Packed:
    """Write the fbanks of a plan's rows, in their order, and read each back.

    Returns:
        TOLD of each clip; nothing where no fbank could be made, and there is no file.

    Raises:
        SoundledgerError: the file does not hold what was written to it.
    """
    form = FbankForm.read(rows["made_as"][0])
    with in_order(rows, _stored_fbanks(rows, form), file.parent.parent) as (clips, failed):
        if not clips:
            return Packed(pl.DataFrame(schema=TOLD), failed)
        places = []
        with file.open("wb") as packed:
            for row, fbank, waiting in clips:
                offset, size = packed.tell(), packed.write(waiting.read_bytes())
                shape = (fbank.frames, form.num_mel_bins)
                places.append((row["clip_id"], offset, size, *shape, fbank.total, fbank.squares))
    columns = {name: kind for name, kind in TOLD.items() if name != "sha256"}
    told = pl.DataFrame(places, schema=columns, orient="row")
    _see_by_reading(file, told)
    return Packed(told.with_columns(sha256=pl.lit(sha256(file))), failed)


def read_fbank(content: bytes, bins: int) -> Array:
    """The values (frames, bins) float16 of a frame of a pack."""
    lower, upper = np.frombuffer(zstandard.decompress(content), np.uint8).reshape(2, -1).astype(np.uint16)
    return (upper << 8 | lower).view(np.float16).reshape(-1, bins)  # a twentieth of the time of turning bytes round


def _stored_fbanks(rows: pl.DataFrame, form: FbankForm) -> Iterator[tuple[Row, StoredFbank] | Failed]:
    fbank, compressor = fbank_of(form.num_mel_bins), zstandard.ZstdCompressor(LEVEL, write_checksum=True)

    def stored(clip: Cut) -> StoredFbank:
        wave = Resampler(clip.sample_rate).resample(clip.samples, is_last=True)
        check_length(clip.row, len(wave), SAMPLE_RATE)
        values = _values(wave, fbank)
        planes = values.view(np.uint8).reshape(-1, 2).T
        return StoredFbank(compressor.compress(planes.tobytes()), len(values), *_sums(values))

    return make_each(rows, stored)


def _values(wave: Array, fbank: Fbank) -> Array:
    """The fbank (frames, bins) float16 of a signal (samples,) at 16 kHz.

    Raises:
        MediaError: it is shorter than one frame, or its fbank is not finite.
    """
    frames = frame_count(len(wave))
    if not frames:
        raise MediaError("too_few_samples", f"{len(wave)} samples at 16 kHz; one frame takes {WINDOW}")
    values = np.empty((frames, fbank.num_mel_bins), np.dtype("<f2"))
    place = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for block in fbank.blocks(wave):
            values[place : place + len(block)] = block
            place += len(block)
    if not np.isfinite(values).all():
        raise MediaError("fbank_not_finite", "the fbank holds values that are not finite")
    return values


def _sums(values: Array) -> tuple[float, float]:
    total, squares = 0.0, 0.0
    for first in range(0, len(values), BLOCK_FRAMES):
        some = values[first : first + BLOCK_FRAMES].astype(np.float64)
        total, squares = total + float(some.sum()), squares + float(np.square(some).sum())
    return total, squares


def _see_by_reading(file: Path, told: pl.DataFrame) -> None:
    """Raises SoundledgerError where a frame is not what it was when it was made."""
    wrong = []
    with file.open("rb") as packed:
        for one in told.iter_rows(named=True):
            packed.seek(one["offset"])
            try:
                values = read_fbank(packed.read(one["bytes"]), one["bins"])
            except (zstandard.ZstdError, ValueError):
                wrong.append(one["clip_id"])
                continue
            if len(values) != one["frames"] or _sums(values) != (one["total"], one["squares"]):
                wrong.append(one["clip_id"])
    if wrong:
        raise SoundledgerError(
            f"{file}: {len(wrong):,} fbanks are not as they were written: {first_twenty(wrong)}. See whether the disk "
            "is sound, and run again"
        )
