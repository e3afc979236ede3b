"""Scenes have the levels, places and lengths that were asked for; parts by themselves sum to them."""

from typing import Any

import numpy as np
import pytest

from workflow_scripts.derive.sound import FULL_SCALE, PlacedPart, mixed
from workflow_scripts.derive.transform import stretched
from workflow_scripts.media.media import MediaError

RATE = 16_000
PART = {"role": "foreground", "onset_s": 0.0, "offset_s": 1.0, "fade_s": 0.0, "pitch_semitones": 0.0, "stretch": 1.0}
PART |= {"distance_m": None}


def part(samples: Any, rate: int = RATE, **row: Any) -> PlacedPart:
    told = PART | {"snr_db": None, "gain_db": 0.0} | row
    return PlacedPart(told, np.asarray(samples, np.float32), rate)


def noise(seconds: float, level: float, seed: int = 0, rate: int = RATE) -> Any:
    return np.random.default_rng(seed).normal(0, level, round(seconds * rate)).astype(np.float32)


def tone(seconds: float, hertz: float, rate: int = RATE, level: float = 0.1) -> Any:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def decibel(samples: Any) -> float:
    return float(20 * np.log10(np.sqrt(np.square(samples).mean())))


@pytest.mark.parametrize("snr", [-12.0, 0.0, 7.5])
@pytest.mark.parametrize(
    ("rate", "stretch", "semitones"), [(16_000, 1.0, 0.0), (44_100, 1.0, 0.0), (22_050, 1.25, -3.0)]
)
def test_an_event_is_as_far_above_its_background_as_it_is_asked_for(
    snr: float, rate: int, stretch: float, semitones: float
) -> None:
    seconds = 0.8
    behind = part(noise(5, 0.02), role="background", offset_s=5.0)
    event = part(
        tone(seconds, 700, rate), rate, onset_s=1.3, offset_s=1.3 + seconds * stretch, fade_s=0.01, stretch=stretch,
        pitch_semitones=semitones, snr_db=snr, gain_db=None,
    )  # fmt: skip
    scene = mixed([behind, event], 5.0, RATE, 1)
    first, last = round(1.3 * RATE), round((1.3 + seconds * stretch) * RATE)
    assert decibel(scene.stem(1)[first:last]) - decibel(scene.stem(0)) == pytest.approx(snr, abs=0.01)
    assert not scene.stem(1)[:first].any()
    assert not scene.stem(1)[last:].any()
    assert np.abs(scene.samples - (scene.stem(0) + scene.stem(1))).max() < 1e-12


def test_an_onset_is_where_it_is_asked_for_by_cross_correlation() -> None:
    event = noise(0.5, 0.1, seed=3)
    scene = mixed(
        [
            part(noise(4, 0.01), role="background", offset_s=4.0),
            part(event, onset_s=2.34567, offset_s=2.84567, snr_db=10.0),
        ],
        4.0, RATE, 1,
    )  # fmt: skip
    found = np.correlate(scene.samples[:, 0], event, mode="valid").argmax() / RATE
    assert found == pytest.approx(2.34567, abs=1 / RATE)


def test_what_goes_beyond_full_scale_is_scaled_down_whole_and_told() -> None:
    loud = part(tone(1, 500, level=0.9))
    against = part(-tone(1, 500, level=0.9), gain_db=6.0)
    scene = mixed([loud, against], 1.0, RATE, 1)
    most = max(np.abs(one).max() for one in (scene.samples, scene.stem(0), scene.stem(1)))
    assert most == pytest.approx(FULL_SCALE)
    assert scene.scale_db == pytest.approx(20 * np.log10(FULL_SCALE / (0.9 * 10**0.3)), abs=1e-4)
    assert scene.gains_db == [0.0, 6.0]
    quiet = mixed([part(tone(1, 500))], 1.0, RATE, 1)
    assert quiet.scale_db == 0
    assert np.array_equal(quiet.samples[:, 0], tone(1, 500))


def test_stereo_stays_and_other_channels_become_their_mean() -> None:
    both = np.stack([tone(1, 300), tone(1, 900)], axis=1)
    assert np.allclose(mixed([part(both)], 1.0, RATE, 2).samples, both)
    assert np.allclose(mixed([part(both)], 1.0, RATE, 1).samples[:, 0], both.mean(axis=1))
    assert np.allclose(mixed([part(tone(1, 300))], 1.0, RATE, 2).samples, tone(1, 300)[:, None])


def test_a_level_above_silence_is_none() -> None:
    silence = part(np.zeros(RATE), role="background")
    with pytest.raises(MediaError, match="a background that is silent"):
        mixed([silence, part(tone(1, 500), snr_db=3.0, gain_db=None)], 1.0, RATE, 1)
    heard = mixed(
        [part(noise(1, 0.1), role="background"), part(np.zeros(RATE), snr_db=3.0, gain_db=None)], 1.0, RATE, 1
    )
    assert heard.gains_db == [0.0, None]


@pytest.mark.parametrize(("semitones", "stretch"), [(0.0, 1.5), (5.0, 1.0), (-7.0, 0.7)])
def test_pitch_and_length_change_each_by_itself(semitones: float, stretch: float) -> None:
    wave = tone(1, 1000)
    row = {"offset_s": stretch, "stretch": stretch, "pitch_semitones": semitones}
    made = mixed([part(wave, **row)], stretch, RATE, 1).samples[:, 0]
    middle = made[len(made) // 4 : -len(made) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 17))
    assert spectrum.argmax() * RATE / (1 << 17) == pytest.approx(1000 * 2 ** (semitones / 12), rel=0.005)
    assert len(stretched(wave, stretch)) == round(len(wave) * stretch)


def test_what_is_shorter_than_a_window_can_be_stretched_and_raised_too() -> None:
    short = mixed([part(tone(0.05, 1000), offset_s=0.05, pitch_semitones=2.0)], 0.05, RATE, 1)
    assert np.abs(short.samples).max() == pytest.approx(0.1, rel=0.2)
    assert len(stretched(tone(0.05, 1000), 0.5)) == 400
