"""Acoustic indices are what their papers say, over a band that every recording has."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from tests.project import REPOSITORY
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.tables.schemas import ACOUSTIC_INDICES
from workflow_scripts.windows.indices import BANDS, indices

RATE = 44_100
AT = np.arange(5 * RATE) / RATE
NOISE = 0.1 * np.random.default_rng(0).standard_normal(len(AT))


def value(wave: np.ndarray, name: str, rate: int = RATE, top_hz: float = 10_000) -> float | None:
    pytest.importorskip("maad", reason="`make windows` installs it")
    [index] = indices(wave.astype(np.float32), rate, [name], top_hz)
    assert index[:1] + index[2:3] == (name, min(top_hz, BANDS[name][1] or top_hz))
    return index.value


def spectra(wave: np.ndarray, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes (frames, frequencies) by the discrete Fourier transform of Hann windows side by side."""
    frames = 2 * round(seconds * RATE / 2)
    window = np.hanning(frames + 1)[:-1]
    each = [wave[begin : begin + frames] for begin in range(0, len(wave) - frames + 1, frames)]
    return np.abs(np.fft.rfft(np.stack(each) * window)), np.fft.rfftfreq(frames, 1 / RATE)


def test_complexity_is_the_sum_of_steps_over_the_sum_of_each_frequency() -> None:
    wave = NOISE * (1 + np.sin(2 * np.pi * 3 * AT))
    amplitudes, hertz = spectra(wave, 512 / 44_100)
    heard = amplitudes[:, hertz < 10_000]
    by_hand = sum(abs(after - before) for before, after in pairwise(heard)) / heard.sum(0)
    assert value(wave, "aci") == pytest.approx(by_hand.sum(), rel=1e-3)


@pytest.mark.parametrize(("hertz", "expected"), [(1200, -1), (1800, -1), (2300, 1), (2700, 1), (5500, 1), (7700, 1)])
def test_a_tone_is_a_machine_below_two_kilohertz_and_an_animal_above(hertz: float, expected: float) -> None:
    assert value(np.sin(2 * np.pi * hertz * AT) + 0.001 * NOISE, "ndsi") == pytest.approx(expected, abs=0.01)


def test_what_is_above_the_band_changes_no_difference() -> None:
    beyond = np.sin(2 * np.pi * 8500 * AT)
    assert value(NOISE + beyond, "ndsi") == pytest.approx(value(NOISE, "ndsi"), abs=0.02)


def test_noise_is_as_diverse_and_as_even_as_can_be() -> None:
    assert value(NOISE, "adi") == pytest.approx(np.log(10), abs=1e-6)
    assert value(NOISE, "aei") == pytest.approx(0, abs=1e-3)
    assert value(NOISE, "adi", top_hz=8000) == pytest.approx(np.log(8), abs=1e-6)
    tones = sum(np.sin(2 * np.pi * hertz * AT) for hertz in (1500, 4500))
    assert value(tones + 1e-4 * NOISE, "adi") == pytest.approx(np.log(2), abs=0.05)
    assert value(tones + 1e-4 * NOISE, "aei") == pytest.approx(0.8, abs=0.01)


def test_the_bioacoustic_index_is_the_area_above_the_lowest_decibel() -> None:
    wave = NOISE + np.sin(2 * np.pi * 5000 * AT)
    amplitudes, hertz = spectra(wave, 512 / 44_100)
    decibels = 20 * np.log10(amplitudes.mean(0)[(hertz >= 2000) & (hertz <= 8000)])
    by_hand = (decibels - decibels.min()).sum() / hertz[1]
    assert value(wave, "bi") == pytest.approx(by_hand, rel=1e-3)


def test_a_recording_has_no_index_of_what_it_cannot_hold() -> None:
    of_16k = {name: value(NOISE, name, rate=16_000) for name in ACOUSTIC_INDICES}
    assert {name for name, one in of_16k.items() if one is None} == {"aci", "adi", "aei"}
    assert None not in {value(NOISE, name, rate=16_000, top_hz=8000) for name in ACOUSTIC_INDICES}
    assert {value(NOISE, name, rate=12_000, top_hz=8000) for name in ACOUSTIC_INDICES} == {None}


def test_silence_and_what_is_too_short_have_none() -> None:
    for name in ACOUSTIC_INDICES:
        assert value(0 * NOISE, name) is None
        assert value(NOISE[:4000], name) is None


def test_all_that_the_tables_know_are_worked_out() -> None:
    assert tuple(BANDS) == ACOUSTIC_INDICES


def test_without_scikit_maad_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "maad", None)
    with pytest.raises(SoundledgerError, match="`make windows` installs it"):
        indices(NOISE, RATE, ["aci"], 10_000)


def test_nothing_of_the_optional_group_is_imported_where_nobody_asks_for_it() -> None:
    """A run of the sample imports these modules, or may."""
    ours = "workflow_scripts.windows.measuring, workflow_scripts.windows.planning, workflow_scripts.windows.gathering"
    ours += ", workflow_scripts.years.daylight, workflow_scripts.years.trends, workflow_scripts.catalogue.build"
    optional = {"maad", "astral", "statsmodels", "scipy", "skimage", "matplotlib", "pandas"}
    told = f"import sys, {ours}; print(*sorted({optional} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.split() == []
