"""A delay between channels is found to the sample, whatever the rate, the noise and what else sings."""

import numpy as np
import pytest
import soundfile

from tests.project import REPOSITORY
from tests.windows.stereo import Samples, delayed, stereo
from workflow_scripts.windows.directions import DirectionSettings, angle, direction, segment_frames, side

PLAIN = DirectionSettings(most_delay_s=0.003, distance_m=None, band_hz=None, peaks=3)
SOUNDSCAPE = REPOSITORY.parent / "shared" / "data" / "soundscape"


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("snr_db", [20, 0, -5])
@pytest.mark.parametrize("delay", [0, 1, -7, 20, 3.4, -12.75])
def test_a_planted_delay_is_found_to_a_fifth_of_a_sample(rate: int, snr_db: float, delay: float) -> None:
    found = direction(stereo(5 * rate, delay, snr_db=snr_db, right=0.5), rate, PLAIN)
    assert [round(peak.delay_s * rate - delay, 6) for peak in found.peaks] == [pytest.approx(0, abs=0.2)]
    assert found.level_difference_db == pytest.approx(20 * np.log10(2), abs=0.2)


def by_hand(wave: Samples, frames: int) -> tuple[int, float]:
    """Whole samples of delay and mean coherence, by SciPy and in the words of Knapp and Carter."""
    signal = pytest.importorskip("scipy.signal", reason="`make windows` installs it")
    how = {"nperseg": frames, "noverlap": frames // 2, "window": "hann", "detrend": False}
    _, cross = signal.csd(wave[:, 0], wave[:, 1], **how)
    correlation = np.fft.irfft(cross / np.abs(cross))
    place = int(np.argmax(correlation))
    _, coherence = signal.coherence(wave[:, 0], wave[:, 1], **how)
    powers = np.sqrt(np.prod([signal.welch(channel, **how)[1] for channel in wave.T], axis=0))
    return place - frames * (place > frames // 2), float((powers * coherence)[1:].sum() / powers[1:].sum())


@pytest.mark.parametrize("delay", [-31, -2, 5, 40])
def test_it_is_the_delay_and_the_coherence_that_scipy_gives(delay: int) -> None:
    wave = stereo(4 * 16_000, delay, snr_db=3)
    found = direction(wave, 16_000, PLAIN)
    lag, coherence = by_hand(wave, segment_frames(16_000, PLAIN.most_delay_s))
    assert (round(found.peaks[0].delay_s * 16_000), lag) == (delay, delay)
    assert found.coherence == pytest.approx(coherence, abs=1e-3)


def test_two_that_sing_at_once_are_two_peaks() -> None:
    one, other = np.random.default_rng(3).standard_normal((2, 441_000))
    wave = np.stack([one + other, delayed(one, 9) + delayed(other, -14)], 1)
    found = direction(wave, 44_100, PLAIN)
    assert sorted(round(peak.delay_s * 44_100) for peak in found.peaks) == [-14, 9]
    [clearest] = direction(wave, 44_100, DirectionSettings(0.003, None, None, 1)).peaks
    assert clearest == found.peaks[0]


def test_a_high_call_between_other_noise_is_one_peak_and_not_one_a_period() -> None:
    rate = 44_100
    at = np.arange(rate // 5) / rate
    call = np.zeros(10 * rate)
    for begin in range(0, 9 * rate, 2 * rate):
        call[begin : begin + len(at)] = np.sin(2 * np.pi * (4000 * at + 2500 * at * at)) * np.hanning(len(at))
    noise = 0.02 * np.random.default_rng(4).standard_normal((2, len(call)))
    wave = np.stack([call + noise[0], delayed(call, 17) + noise[1]], 1)
    for band in (None, (3500.0, 5500.0)):
        found = direction(wave, rate, DirectionSettings(0.003, None, band, 3))
        assert [round(peak.delay_s * rate, 1) for peak in found.peaks] == [17.0]
    elsewhere = direction(wave, rate, DirectionSettings(0.003, None, (8000.0, 12000.0), 3))
    assert elsewhere.peaks == ()


@pytest.mark.parametrize("seconds", [0.3, 5, 60])
def test_nothing_is_told_of_channels_that_have_nothing_in_common(seconds: float) -> None:
    waves = np.random.default_rng(5).standard_normal((20, 2, int(seconds * 16_000)))
    found = [direction(wave.T, 16_000, PLAIN) for wave in waves[: 3 if seconds > 10 else 20]]
    assert [one.peaks for one in found] == [()] * len(found)
    assert max(one.coherent_share for one in found) < 0.02


def test_silence_and_one_silent_channel_have_no_direction() -> None:
    sound = np.random.default_rng(6).standard_normal(16_000)
    for left, right in [(0 * sound, 0 * sound), (sound, 0 * sound)]:
        found = direction(np.stack([left, right], 1), 16_000, PLAIN)
        assert (found.level_difference_db, found.peaks, found.coherent_share) == (None, (), 0.0)


def test_of_less_than_a_segment_nothing_is_told() -> None:
    found = direction(stereo(500, 3), 16_000, PLAIN)
    assert (found.coherence, found.peaks) == (None, ())


def test_a_longer_way_between_microphones_is_looked_for_where_it_is_said() -> None:
    wave = stereo(10 * 16_000, 120)
    assert direction(wave, 16_000, PLAIN).peaks == ()
    [peak] = direction(wave, 16_000, DirectionSettings(0.01, None, None, 3)).peaks
    assert round(peak.delay_s * 16_000, 1) == 120


def test_a_delay_is_an_angle_where_the_distance_is_known() -> None:
    assert angle(0.2 / 343.2, None) is None
    assert angle(0.2 / 343.2, 0.2) == pytest.approx(90)
    assert angle(-0.205 / 343.2, 0.2) == pytest.approx(-90)  # of colder air
    assert angle(0.3 / 343.2, 0.2) is None
    assert (side(0.6), side(-0.6), side(0.5)) == ("left", "right", "middle")


@pytest.mark.shared
def test_real_birds_are_heard_nearer_to_one_side() -> None:
    if not SOUNDSCAPE.is_dir():
        pytest.skip(f"{SOUNDSCAPE} is not there")
    wave, rate = soundfile.read(SOUNDSCAPE / "birds.ogg", dtype="float32")
    found = direction(wave[: 30 * rate], rate, PLAIN)
    assert [round(peak.delay_s * rate, 1) for peak in found.peaks] == [0.9]
    mixed = np.stack([delayed(wave[: 30 * rate, 0], 0), delayed(wave[: 30 * rate, 0], 11)], 1)
    assert [round(peak.delay_s * rate, 1) for peak in direction(mixed, rate, PLAIN).peaks] == [11.0]
