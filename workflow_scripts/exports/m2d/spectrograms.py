"""Files of spectrograms, as M2D's wav_to_lms.py makes them with nnAudio."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from workflow_scripts.exports.audio.cutting import Cut, Row
from workflow_scripts.exports.audio.making import check_length, make_each
from workflow_scripts.exports.files.packing import OF_EVERY_FILE, MadeFile, write_files
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.m2d.form import LogMelForm
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.sound.mel import Array, MelSettings, mel_power
from workflow_scripts.sound.settings import SAMPLE_RATE

SETTINGS = MelSettings(
    SAMPLE_RATE,
    LogMelForm.WINDOW,
    LogMelForm.HOP,
    LogMelForm.BINS,
    LogMelForm.LOWEST_HZ,
    LogMelForm.HIGHEST_HZ,
    beyond="reflect",
)


def write_spectrograms(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the spectrogram of each clip of a plan's rows to a folder.

    Returns:
        OF_EVERY_FILE.
    """
    form = LogMelForm.read(rows["made_as"][0])

    def made(clip: Cut) -> bytes:
        wave = Resampler(clip.sample_rate).resample(clip.samples, is_last=True)
        check_length(clip.row, len(wave), SAMPLE_RATE)
        return _npy(log_mel(np.pad(wave, (0, max(0, int(form.padded_to_s * SAMPLE_RATE) - len(wave))))))

    def files(row: Row, content: bytes) -> Iterator[MadeFile]:
        yield MadeFile(f"{row['clip_id']}.npy", content)

    return write_files(make_each(rows, made), files, folder, OF_EVERY_FILE)


def log_mel(wave: Array) -> Array:
    """The natural logarithm of the power in each bin, with M2D's epsilon.

    Args:
        wave: (samples,) float32 at 16 kHz.

    Returns:
        (1, 80, frames) float32, the first frame around the first sample.

    Raises:
        MediaError: there are too few samples, or some that are no numbers.
    """
    if len(wave) <= LogMelForm.WINDOW // 2:
        raise MediaError("too_few_samples", f"{len(wave)} samples at 16 kHz; more than half a frame has to be there")
    with np.errstate(over="ignore", invalid="ignore"):
        logarithms: Array = np.log(mel_power(wave, SETTINGS) + np.finfo(np.float32).eps)
    if not np.isfinite(logarithms).all():
        raise MediaError("not_finite", "the spectrogram holds values that are not finite")
    return logarithms[np.newaxis]


def _npy(values: Array) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()
