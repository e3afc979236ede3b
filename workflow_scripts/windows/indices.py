"""Acoustic indices of a window, by scikit-maad, of a band that all recordings have: else they could not be compared.

- aci: Acoustic Complexity Index. Pieretti, Farina and Morri, Ecological Indicators 11, 2011. It grows with the window.
- ndsi: Normalized Difference Soundscape Index. Kasten, Gage, Fox and Joo, Ecological Informatics 12, 2012.
- adi, aei: Acoustic Diversity and Evenness Index. Villanueva-Rivera, Pijanowski, Doucette and Pekin, Landscape Ecology
  26, 2011.
- bi: Bioacoustic Index. Boelman, Asner, Hart and Martin, Ecological Applications 17, 2007.

Frames and thresholds are those of the R package soundecology; frames are so long in seconds, whatever the rate.
"""

import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from workflow_scripts.errors import SoundledgerError

Array = np.ndarray[Any, Any]

BANDS: dict[str, tuple[float, float | None]] = {
    "aci": (0, None),
    "ndsi": (1000, 8000),
    "adi": (0, None),
    "aei": (0, None),
    "bi": (2000, 8000),
}
"""Hertz from and to, as published; None where it is as high as is asked for."""
LIFE_HZ = 2000
"""From here on NDSI hears animals, from its lowest frequency to here machines."""
STEP_HZ = 1000
FRAME_S = 512 / 44_100
LONG_FRAME_S = 0.1
"""Of adi and aei."""
THRESHOLD_DB = -50
"""Below the loudest value of the window they hear nothing."""


class Index(NamedTuple):
    """An index of a window.

    Attributes:
        name: one of BANDS.
        lowest_hz: of the band that it speaks of.
        highest_hz: likewise.
        value: None where the recording does not reach so high, or has nothing there.
    """

    name: str
    lowest_hz: float
    highest_hz: float
    value: float | None


def indices(wave: Array, sample_rate: int, names: Iterable[str], top_hz: float) -> list[Index]:
    """Some indices of a window.

    Args:
        wave: (frames,), full scale 1.
        sample_rate: hertz.
        names: of BANDS.
        top_hz: the highest frequency that any of them speaks of, a multiple of STEP_HZ.

    Raises:
        SoundledgerError: scikit-maad is not installed.
    """
    maad = library()
    found = []
    for name in names:
        low, published = BANDS[name]
        high = min(top_hz, published or top_hz)
        value = None
        if sample_rate / 2 >= high and len(wave) >= 2 * LONG_FRAME_S * sample_rate and wave.any():
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # scikit-maad warns of what others do with it
                value = float(_OF[name](maad, wave.astype(np.float64), sample_rate, low, high))
        found.append(Index(name, low, high, value if value is not None and np.isfinite(value) else None))
    return found


def library() -> Any:
    """scikit-maad.

    Raises:
        SoundledgerError: it is not installed.
    """
    try:
        import maad.features
        import maad.sound
    except ModuleNotFoundError as error:
        raise SoundledgerError(
            "the dataset file asks for acoustic indices (measure.indices), which are worked out by scikit-maad, which "
            f"is not installed here (no module {error.name}): `make windows` installs it"
        ) from None
    return maad


def _aci(maad: Any, wave: Array, rate: int, low: float, high: float) -> float:
    values, hertz = _spectrogram(maad, wave, rate, FRAME_S, "amplitude")
    heard = values[(hertz >= low) & (hertz < high)]
    return maad.features.acoustic_complexity_index(heard[heard.sum(1) > 0])[2]


def _ndsi(maad: Any, wave: Array, rate: int, low: float, high: float) -> float:
    """In scikit-maad a band has the kilohertz that begins at its end too: one would be machines and animals."""
    power, hertz = _spectrogram(maad, wave, rate, FRAME_S, "psd")
    life, machines = (LIFE_HZ, high - STEP_HZ), (low, LIFE_HZ - STEP_HZ)
    return maad.features.soundscape_index(power, hertz, life, machines, R_compatible=None)[0]


def _adi(maad: Any, wave: Array, rate: int, low: float, high: float) -> float:
    values, hertz = _spectrogram(maad, wave, rate, LONG_FRAME_S, "amplitude")
    of = {"fmin": low, "fmax": high, "bin_step": STEP_HZ, "dB_threshold": THRESHOLD_DB}
    return maad.features.acoustic_diversity_index(values, hertz, **of)


def _aei(maad: Any, wave: Array, rate: int, low: float, high: float) -> float:
    values, hertz = _spectrogram(maad, wave, rate, LONG_FRAME_S, "amplitude")
    of = {"fmin": low, "fmax": high, "bin_step": STEP_HZ, "dB_threshold": THRESHOLD_DB}
    return maad.features.acoustic_eveness_index(values, hertz, **of)


def _bi(maad: Any, wave: Array, rate: int, low: float, high: float) -> float:
    values, hertz = _spectrogram(maad, wave, rate, FRAME_S, "amplitude")
    return maad.features.bioacoustics_index(values, hertz, (low, high))


_OF = {"aci": _aci, "ndsi": _ndsi, "adi": _adi, "aei": _aei, "bi": _bi}


def _spectrogram(maad: Any, wave: Array, rate: int, frame_s: float, mode: str) -> tuple[Array, Array]:
    """Values (frequencies, frames), and the frequencies in hertz."""
    frames = 2 * round(frame_s * rate / 2)
    values, _, hertz, _ = maad.sound.spectrogram(wave, rate, nperseg=frames, noverlap=0, mode=mode, detrend=False)
    return values, hertz
