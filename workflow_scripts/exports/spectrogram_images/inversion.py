"""Sound of an image, by the parameters that it was made with.

python -m workflow_scripts.exports.spectrogram_images.inversion IMAGE.png SOUND.wav
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from workflow_scripts.exports.spectrogram_images.form import ImageForm
from workflow_scripts.exports.spectrogram_images.images import mel_settings
from workflow_scripts.exports.spectrogram_images.png import pixels_of, told_of
from workflow_scripts.sound.inversion import lines_of_mel, signal_of_magnitudes
from workflow_scripts.sound.mel import Array


def sound_of(pixels: Array, parameters: Mapping[str, Any], reference_db: float) -> Array:
    """A signal that looks like an image.

    Args:
        pixels: (height, width), 0 to 255; those of a model need not be whole.
        parameters: as parameters.json has them.
        reference_db: the power that is white.

    Returns:
        (samples,) float32 at the rate of the parameters.
    """
    form = ImageForm.read(parameters)
    power = power_of(pixels, form, reference_db)
    settings = mel_settings(form)
    magnitudes = np.sqrt(lines_of_mel(power, settings))
    return signal_of_magnitudes(magnitudes, settings, form.samples).astype(np.float32)


def power_of(pixels: Array, form: ImageForm, reference_db: float) -> Array:
    """The power of each bin and frame; none where a pixel is black."""
    decibels = (pixels.astype(np.float64) - 255) * form.top_db / 255 + reference_db
    return np.where(pixels > 0, 10 ** (decibels / 10), 0.0)


def main() -> None:
    """Write the sound of an image that this export made."""
    image, sound = map(Path, sys.argv[1:])
    content = image.read_bytes()
    told = told_of(content)
    samples = sound_of(pixels_of(content), told, told["reference_db"])
    soundfile.write(sound, np.clip(samples, -1, 1), told["sample_rate"], subtype="PCM_16")


if __name__ == "__main__":
    main()
