"""Images of clips, each of as many samples as it is wide."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from workflow_scripts.exports.audio.cutting import Cut, Row
from workflow_scripts.exports.audio.making import check_length, make_each
from workflow_scripts.exports.files.packing import OF_EVERY_FILE, MadeFile, write_files
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.spectrogram_images.form import ImageForm
from workflow_scripts.exports.spectrogram_images.png import pixels_of, png
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.sound.mel import Array, MelSettings, mel_power

LEAST_POWER = 1e-10
"""As librosa has it: what is softer counts as that."""
TOLD = OF_EVERY_FILE | {"start_s": pl.Float64, "seconds": pl.Float64, "reference_db": pl.Float64}
"""Of each image: where in its clip it begins, how many seconds of it there are, and the power of white."""


class Picture(NamedTuple):
    """An image of a stretch of a clip.

    Attributes:
        pixels: (height, width) uint8.
        reference_db: the power that is white.
        start_s: where in the clip it begins.
        seconds: of the clip that are in it; silence is behind them.
    """

    pixels: Array
    reference_db: float
    start_s: float
    seconds: float


def write_images(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the images of each clip of a plan's rows to a folder.

    Returns:
        TOLD.
    """
    form = ImageForm.read(json.loads(rows["made_as"][0]))

    def made(clip: Cut) -> list[Picture]:
        wave = Resampler(clip.sample_rate, form.sample_rate).resample(clip.samples, is_last=True)
        check_length(clip.row, len(wave), form.sample_rate)
        return list(pictures(wave, form))

    def files(row: Row, images: list[Picture]) -> Iterator[MadeFile]:
        for number, image in enumerate(images):
            content = png(image.pixels, {**form.parameters, "reference_db": image.reference_db})
            if not np.array_equal(pixels_of(content), image.pixels):
                raise MediaError("not_written", "what was encoded decodes to something else")
            told = {"start_s": image.start_s, "seconds": image.seconds, "reference_db": image.reference_db}
            yield MadeFile(f"{row['clip_id']}.{number}.png", content, told)

    return write_files(make_each(rows, made), files, folder, TOLD)


def pictures(wave: Array, form: ImageForm) -> Iterator[Picture]:
    """Images of all of a signal, one after the other.

    A rest that would fill less than half of an image has none, unless it is all that there is.

    Args:
        wave: (samples,) float32 at the form's rate.
        form: of the images.
    """
    for first in range(0, max(len(wave) - form.samples // 2, 1), form.samples):
        stretch = wave[first : first + form.samples]
        pixels, reference_db = picture(np.pad(stretch, (0, form.samples - len(stretch))), form)
        yield Picture(pixels, reference_db, first / form.sample_rate, len(stretch) / form.sample_rate)


def picture(wave: Array, form: ImageForm) -> tuple[Array, float]:
    """The image (height, width) of as many samples as it is wide, and the power that is white, decibels.

    Raises:
        MediaError: there are samples that are no numbers.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        power = mel_power(wave, mel_settings(form)).astype(np.float64)
    if not np.isfinite(power).all():
        raise MediaError("not_finite", "the spectrogram holds values that are not finite")
    decibels = 10 * np.log10(np.maximum(power, LEAST_POWER))
    reference_db = float(decibels.max())
    steps = (decibels - reference_db + form.top_db) * 255 / form.top_db
    return (np.clip(steps, 0, 255) + 0.5).astype(np.uint8), reference_db


def mel_settings(form: ImageForm) -> MelSettings:
    """Those of its spectrogram."""
    return MelSettings(
        form.sample_rate, form.n_fft, form.hop, form.height, form.lowest_hz, form.highest_hz, beyond="constant"
    )


def empty_bins(form: ImageForm) -> int:
    """How many bins are too narrow to hold a line of the spectrum."""
    from workflow_scripts.sound.mel import mel_weights

    return int((mel_weights(mel_settings(form)).sum(1) == 0).sum())
