"""The export `spectrogram_images`: how far the sound of an image is from the sound that it is an image of."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.clips import write_clips
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT
from workflow_scripts.exports.spectrogram_images.form import ImageForm
from workflow_scripts.exports.spectrogram_images.images import LEAST_POWER, mel_settings, picture
from workflow_scripts.exports.spectrogram_images.inversion import power_of, sound_of
from workflow_scripts.settings.schemas import options_schema
from workflow_scripts.settings.validation import validated
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.sound.inversion import (
    PHASE_ROUNDS,
    lines_of_mel,
    magnitudes_of,
    signal_of_magnitudes,
    spectral_convergence,
)
from workflow_scripts.sound.mel import mel_power, mel_weights

RECORDINGS = 40
SHARED = CHECKOUT.parent / "shared" / "data"
FORM = ImageForm.of(validated({}, options_schema("spectrogram_images", ""), ""))
SETTINGS = mel_settings(FORM)
Way = Callable[[np.ndarray], np.ndarray]


def run(small: bool) -> Iterator[Table]:
    """One table: a row a way from a signal, over its image or parts of it, to a signal."""
    waves, what = _recordings(3 if small else RECORDINGS)
    ways: dict[str, Way] = {
        "its image": _of_image,
        "its image, by torchaudio's InverseMelScale and GriffinLim": _by_torchaudio,
        "its mel bins, before they are pixels": _of_bins,
        "the magnitudes of its lines, phases alone lost": _of_magnitudes,
        "its image, lines by the pseudo-inverse": _by_pseudo_inverse,
    }
    rows = [[name, *_told(waves, way)] for name, way in ways.items()]
    columns = [
        "sound of",
        "spectral convergence, median",
        "largest",
        "of mel bins, median",
        "log-spectral distance of mel bins, dB, median",
        "largest",
        "s of a core",
    ]
    notes = [
        f"{what}, of each the first {FORM.samples / FORM.sample_rate:.2f} s, with the options that the export has by "
        f"itself ({FORM.width} × {FORM.height}, {FORM.sample_rate:,} Hz, {FORM.top_db:g} dB). Spectral convergence: "
        "the norm of what magnitudes are apart over theirs; the distance is the root of the mean square over all "
        f"pixels that are not black. {PHASE_ROUNDS} rounds of Griffin and Lim, also where it is torchaudio's."
    ]
    yield Table("Sound of images", columns, rows, notes)


def _told(waves: list[np.ndarray], way: Way) -> list[float]:
    """The figures of a way."""
    apart, spent = [], 0.0
    for wave in waves:
        started = time.thread_time()
        again = way(wave)
        spent += time.thread_time() - started
        apart.append(_apart(wave, again))
    convergence, bins, distance = np.array(apart).T
    medians = np.median(convergence), np.median(bins), np.median(distance)
    return [medians[0], convergence.max(), medians[1], medians[2], distance.max(), spent / len(waves)]


def _recordings(most: int) -> tuple[list[np.ndarray], str]:
    """Signals as long as an image, and what they are: real ones where there are any."""
    esc10 = sorted((SHARED / "esc10").rglob("*.ogg"))
    if files := [*esc10[:: max(1, len(esc10) // most)][:most], *sorted((SHARED / "soundscape").glob("*.ogg"))]:
        return [_wave(file) for file in files], f"{len(files):,} recordings (ESC-10 and five soundscapes)"
    import tempfile

    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        write_clips(Path(temporary) / "root", "16 kHz mono WAV", most)
        waves = [_wave(file) for file in sorted((Path(temporary) / "root").iterdir())]
    return waves, f"{len(waves):,} clips of tones and noise"


def _wave(file: Path) -> np.ndarray:
    with soundfile.SoundFile(file) as opened:
        rate = opened.samplerate
        samples = opened.read(int(rate * FORM.samples / FORM.sample_rate) + rate, dtype="float32", always_2d=True)
    wave = Resampler(rate, FORM.sample_rate).resample(samples.mean(1, dtype=np.float32), is_last=True)
    return np.pad(wave, (0, FORM.samples))[: FORM.samples]


def _apart(wave: np.ndarray, again: np.ndarray) -> tuple[float, float, float]:
    before, now = (mel_power(one.astype(np.float32), SETTINGS) for one in (wave, again))
    decibels = [10 * np.log10(np.maximum(one, LEAST_POWER)) for one in (before, now)]
    shown = picture(wave, FORM)[0] > 0
    return (
        spectral_convergence(magnitudes_of(again, SETTINGS), magnitudes_of(wave, SETTINGS)),
        spectral_convergence(np.sqrt(now), np.sqrt(before)),
        float(np.sqrt(np.mean((decibels[1] - decibels[0])[shown] ** 2))),
    )


# --- ways ---


def _of_image(wave: np.ndarray) -> np.ndarray:
    pixels, reference_db = picture(wave, FORM)
    return sound_of(pixels, FORM.parameters, reference_db)


def _of_bins(wave: np.ndarray) -> np.ndarray:
    return _with_phases(np.sqrt(lines_of_mel(mel_power(wave, SETTINGS), SETTINGS)))


def _of_magnitudes(wave: np.ndarray) -> np.ndarray:
    return _with_phases(magnitudes_of(wave, SETTINGS))


def _by_pseudo_inverse(wave: np.ndarray) -> np.ndarray:
    lines = np.linalg.pinv(mel_weights(SETTINGS)) @ _power_of_image(wave)
    return _with_phases(np.sqrt(np.maximum(lines, 0)))


def _with_phases(magnitudes: np.ndarray) -> np.ndarray:
    return signal_of_magnitudes(magnitudes, SETTINGS, FORM.samples)


def _power_of_image(wave: np.ndarray) -> np.ndarray:
    pixels, reference_db = picture(wave, FORM)
    return power_of(pixels, FORM, reference_db)


def _by_torchaudio(wave: np.ndarray) -> np.ndarray:
    import torch

    transforms: Any = _transforms()
    torch.manual_seed(0)
    power = torch.from_numpy(_power_of_image(wave)).float()
    of_mel = (FORM.n_fft // 2 + 1, FORM.height, FORM.sample_rate, FORM.lowest_hz, FORM.highest_hz)
    lines = transforms.InverseMelScale(*of_mel, norm="slaney", mel_scale="slaney")(power)
    heard = transforms.GriffinLim(FORM.n_fft, PHASE_ROUNDS, hop_length=FORM.hop, power=2.0, length=FORM.samples)
    return heard(lines.clamp(min=0)).numpy()


def _transforms() -> Any:
    import tests.kaldi  # noqa: F401  makes torchaudio importable beside a torch without CUDA

    import torchaudio.transforms  # isort: skip

    return torchaudio.transforms
