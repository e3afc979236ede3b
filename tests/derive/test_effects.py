"""Each effect held to what is known of it by hand, and what a recipe makes of a clip."""

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import augment
from tests.project import REPOSITORY
from workflow_scripts.derive import apart
from workflow_scripts.derive.augmenting import augmented
from workflow_scripts.derive.sound import FULL_SCALE, PlacedPart, Scene
from workflow_scripts.derive.transform import without_band
from workflow_scripts.exports.audio.loudness import loudness
from workflow_scripts.media.media import MediaError
from workflow_scripts.settings.augment import VENV

RATE = 16_000
PLACED = {"onset_s": 0.0, "fade_s": 0.0, "pitch_semitones": 0.0, "stretch": 1.0, "distance_m": None}
Step = tuple[str, dict[str, Any]]


def noise(seconds: float, level: float = 0.1, channels: int = 1, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(0, level, (round(seconds * RATE), channels)).astype(np.float32)


def tone(hertz: float, seconds: float = 2.0, level: float = 0.1, rate: int = RATE) -> Any:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)[:, None]


def rms(samples: Any) -> float:
    return float(np.sqrt(np.square(samples, dtype=np.float64).mean()))


def decibel(ratio: float) -> float:
    return float(20 * np.log10(ratio))


def made(samples: Any, *steps: Step, behind: tuple[Any, ...] = (), rate: int = RATE) -> Scene:
    recipe = [{"transform": name, "parameters": json.dumps(drawn)} for name, drawn in steps]
    seconds = len(samples) / rate
    row = PLACED | {"role": "clip", "offset_s": seconds, "taken_s": seconds, "recipe": recipe}
    parts = [PlacedPart(row, samples, rate)]
    for one in behind:
        taken = {"taken_s": len(one) / RATE, "offset_s": seconds, "role": "background"}
        parts.append(PlacedPart(PLACED | taken, one, RATE))
    return augmented(parts, seconds, rate, samples.shape[1])


# --- by audiomentations


@augment.NEEDED
@pytest.mark.parametrize("snr", [-6.0, 0.0, 17.5])
@pytest.mark.parametrize("channels", [1, 2])
def test_noise_is_as_far_below_the_clip_as_was_drawn_and_is_its_seeds(snr: float, channels: int) -> None:
    clip = noise(2, channels=channels) * np.linspace(0.1, 1, 2 * RATE, dtype=np.float32)[:, None]
    scene = made(clip, ("gaussian_noise", {"snr_db": snr, "seed": 7}))
    added = scene.samples / 10 ** (scene.scale_db / 20) - clip
    assert decibel(rms(clip) / rms(added)) == pytest.approx(snr, abs=0.1)
    assert scene.steps_db == [pytest.approx(decibel(rms(clip)) - snr, abs=1e-4)]
    fourth = float(np.mean((added / added.std()) ** 4))
    assert fourth == pytest.approx(3.0, abs=0.2)  # as of what is normal
    lagged = np.corrcoef(added[1:, 0], added[:-1, 0])[0, 1]
    assert abs(lagged) < 0.03  # white
    again = made(clip, ("gaussian_noise", {"snr_db": snr, "seed": 7}))
    assert np.array_equal(again.samples, scene.samples)
    other = made(clip, ("gaussian_noise", {"snr_db": snr, "seed": 8}))
    assert np.abs(other.samples - scene.samples).max() > 0.01


@augment.NEEDED
@pytest.mark.parametrize(("channels", "lufs"), [(1, -30.0), (2, -23.0)])
def test_a_clip_is_brought_to_the_loudness_that_was_drawn(channels: int, lufs: float) -> None:
    """Also of what comes in bursts, most of which are below the gate."""
    bursts = np.exp(-(np.arange(3 * RATE) % (RATE * 0.7)) / (0.05 * RATE))[:, None]
    clip = (noise(3, 0.03, channels) * bursts).astype(np.float32)
    scene = made(clip, ("loudness", {"lufs": lufs}))
    assert scene.scale_db == 0
    assert loudness(scene.samples, RATE) == pytest.approx(lufs, abs=0.1)
    assert by_ffmpeg(scene.samples) == pytest.approx(lufs, abs=0.1)
    assert scene.steps_db == [pytest.approx(decibel(rms(scene.samples) / rms(clip)), abs=1e-3)]


def by_ffmpeg(samples: Any) -> float:
    """Integrated loudness by the filter ebur128 of FFmpeg."""
    import av
    from av.filter import Graph

    graph, layout = Graph(), {1: "mono", 2: "stereo"}[samples.shape[1]]
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout=layout, time_base="1/16000")
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32).reshape(1, -1), "flt", layout)
    frame.sample_rate = RATE
    source.push(frame)
    source.push(None)
    told = ""
    while True:
        try:
            told = sink.pull().metadata.get("lavfi.r128.I", told)
        except (av.EOFError, av.BlockingIOError):
            return float(told)


@augment.NEEDED
def test_tanh_is_that_of_the_samples_raised_and_brought_back_to_their_level() -> None:
    clip, amount = noise(1, 0.2), 0.3
    raised = np.tanh(0.5 / np.percentile(np.abs(clip), 100 - 99 * amount) * clip.astype(np.float64))
    scene = made(clip, ("tanh_distortion", {"amount": amount}))
    assert scene.scale_db == 0
    assert np.abs(scene.samples - raised * rms(clip) / rms(raised)).max() < 1e-4


@augment.NEEDED
def test_gain_is_a_factor() -> None:
    clip = noise(0.5)
    scene = made(clip, ("gain", {"gain_db": -6.5}))
    assert np.allclose(scene.samples, clip * 10 ** (-6.5 / 20), atol=1e-7)
    assert scene.steps_db == [-6.5]


def butterworth(hertz: float, cutoff: float, order: int) -> float:
    """What a digital low-pass, the bilinear transform of the analogue one, lets through, dB."""
    warped = np.tan(np.pi * hertz / RATE) / np.tan(np.pi * cutoff / RATE)
    return float(-10 * np.log10(1 + warped ** (2 * order)))


@augment.NEEDED
@pytest.mark.parametrize("slope", [6, 12, 24])
@pytest.mark.parametrize("hertz", [500.0, 1000.0, 1400.0, 3000.0])
def test_filters_let_through_what_butterworth_says(hertz: float, slope: int) -> None:
    clip = tone(hertz)
    middle = slice(RATE // 2, -RATE // 2)

    def gain(name: str, **drawn: float) -> float:
        scene = made(clip, (name, drawn | {"slope_db": slope}))
        return decibel(rms(scene.samples[middle]) / rms(clip[middle]))

    assert gain("low_pass", cutoff_hz=1000.0) == pytest.approx(butterworth(hertz, 1000, slope // 6), abs=0.05)
    mirrored = butterworth(RATE / 2 - hertz, RATE / 2 - 1000, slope // 6)  # tan(x) of one is 1 / tan of the other
    assert gain("high_pass", cutoff_hz=1000.0) == pytest.approx(mirrored, abs=0.05)
    low, high, own = (np.tan(np.pi * one / RATE) for one in (800, 1600, hertz))
    inside = abs((own**2 - low * high) / (own * (high - low))) ** (slope // 3)
    assert gain("band_pass", low_hz=800.0, high_hz=1600.0) == pytest.approx(-10 * np.log10(1 + inside), abs=0.05)
    stopped = -10 * np.log10(1 + 1 / inside)
    assert gain("band_stop", low_hz=800.0, high_hz=1600.0) == pytest.approx(stopped, abs=0.05)


@augment.NEEDED
def test_a_time_mask_is_silence_from_here_to_there_faded() -> None:
    clip = noise(2, channels=2)
    scene = made(clip, ("time_mask", {"from_s": 0.5, "to_s": 0.9, "fade_s": 0.005}))
    first, last, fade = round(0.5 * RATE), round(0.9 * RATE), round(0.005 * RATE)
    assert not scene.samples[first + fade : last - fade].any()
    assert np.array_equal(scene.samples[:first], clip[:first])
    assert np.array_equal(scene.samples[last:], clip[last:])
    assert (np.abs(scene.samples[first:last]) <= np.abs(clip[first:last]) + 1e-7).all()


@augment.NEEDED
@pytest.mark.parametrize("seconds", [0.02, 0.39, 1.0])
def test_what_is_silent_stays_and_has_no_level(seconds: float) -> None:
    """And what is too short to have a loudness."""
    silent = np.zeros((round(seconds * RATE), 2), np.float32)
    every = [
        ("gaussian_noise", {"snr_db": 3.0, "seed": 1}), ("loudness", {"lufs": -20.0}),
        ("tanh_distortion", {"amount": 0.5}), ("background", {"snr_db": 3.0}),
        ("low_pass", {"cutoff_hz": 900.0, "slope_db": 12}), ("frequency_mask", {"low_hz": 100.0, "high_hz": 900.0}),
        ("time_mask", {"from_s": 0.0, "to_s": 0.01, "fade_s": 0.005}),
    ]  # fmt: skip
    scene = made(silent, *every, behind=(noise(0.1),))
    assert not scene.samples.any()
    assert scene.samples.shape == silent.shape
    assert scene.steps_db == [None] * 7
    assert (scene.scale_db, scene.gains_db) == (0.0, [0.0, None])
    assert made(noise(0.3), ("loudness", {"lufs": -20.0})).steps_db == [None]


@augment.NEEDED
def test_what_cannot_be_made_costs_its_clip_and_the_next_is_made() -> None:
    with pytest.raises(MediaError, match=r"low_pass: ValueError: .*frequencies"):
        apart.applied(noise(0.1), RATE, "low_pass", {"cutoff_hz": -1.0, "slope_db": 12})
    assert apart.applied(noise(0.1), RATE, "gain", {"gain_db": 6.0})[1] == 6.0
    process = apart._process(os.getpid()).process
    process.kill()
    process.wait()
    with pytest.raises(MediaError, match="gain: the process that makes it ended"):
        apart.applied(noise(0.1), RATE, "gain", {"gain_db": 6.0})
    assert apart.applied(noise(0.1), RATE, "gain", {"gain_db": 6.0})[1] == 6.0


# --- by this project


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100])
def test_a_frequency_mask_takes_its_band_away_and_leaves_the_rest(rate: int) -> None:
    low, high, bin_hz = rate * 0.11, rate * 0.17, rate / 2048
    middle = slice(4096, -4096)  # where a tone begins, all frequencies are heard
    for hertz in (low + 4 * bin_hz, (low + high) / 2, high - 4 * bin_hz):
        inside = tone(hertz, rate=rate)
        assert decibel(rms(without_band(inside, rate, low, high)[middle]) / rms(inside)) < -40
    for hertz in (low - 4 * bin_hz, high + 4 * bin_hz, rate * 0.3):
        outside = tone(hertz, rate=rate)
        assert np.abs(without_band(outside, rate, low, high) - outside)[middle].max() < 1e-3
    assert np.abs(without_band(noise(1), RATE, 3000.0, 3000.0) - noise(1)).max() < 1e-6


@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_behind_is_as_far_below_as_was_drawn(channels: int) -> None:
    clip, behind = noise(2, channels=channels), noise(2, 0.7, channels, seed=1)
    scene = made(clip, ("background", {"snr_db": 9.0}), behind=(behind,))
    added = scene.samples / 10 ** (scene.scale_db / 20) - clip
    assert decibel(rms(clip) / rms(added)) == pytest.approx(9.0, abs=0.01)
    assert scene.gains_db == [0.0, scene.steps_db[0]]
    assert np.corrcoef(added[:, 0], behind[:, 0])[0, 1] > 0.9999


def test_what_is_shorter_is_repeated_to_the_end() -> None:
    clip, behind = noise(2), noise(0.3, seed=1)
    added = made(clip, ("background", {"snr_db": 0.0}), behind=(behind,)).samples - clip
    short = len(behind)
    assert np.allclose(added[:short], added[short : 2 * short], atol=1e-6)
    assert decibel(rms(clip) / rms(added)) == pytest.approx(0.0, abs=0.01)


def test_steps_follow_each_other_and_what_goes_beyond_full_scale_is_scaled_down_at_the_end() -> None:
    clip = tone(440, level=0.5)
    scene = made(clip, ("background", {"snr_db": 0.0}), ("background", {"snr_db": 0.0}), behind=(clip, clip))
    assert scene.steps_db == [0.0, pytest.approx(20 * np.log10(2), abs=1e-4)]  # by then the clip is twice as loud
    assert np.abs(scene.samples).max() == pytest.approx(FULL_SCALE, abs=1e-6)
    assert scene.scale_db == pytest.approx(decibel(FULL_SCALE / 2), abs=1e-3)


@given(st.integers(0, 60), st.integers(1, 2), st.floats(-30, 30))
@settings(max_examples=30, deadline=None)
def test_any_number_of_frames_stays_what_it_is(frames: int, channels: int, snr: float) -> None:
    clip = noise(frames / RATE, channels=channels)
    steps = [("frequency_mask", {"low_hz": 10.0, "high_hz": 400.0}), ("background", {"snr_db": snr})]
    scene = made(clip, *steps, behind=(noise(0.001),))
    assert scene.samples.shape == clip.shape
    assert np.isfinite(scene.samples).all()


# --- the venv


def test_effects_import_what_their_venv_has_and_nothing_of_the_project() -> None:
    source = Path(apart.__file__).with_name("effects.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^ *(?:import|from) (\w+)", source, re.MULTILINE))
    listed = (REPOSITORY / "envs/augment/requirements.txt").read_text(encoding="utf-8")
    names = {re.split("==", line)[0].lower() for line in listed.splitlines() if not line.startswith("#")}
    assert {"audiomentations", "numpy"} <= names
    assert imported - {"functools", "json", "sys", "multiprocessing", "typing"} <= names
    assert "workflow_scripts" not in source


def test_the_venv_has_the_versions_of_the_lock_but_for_soxr() -> None:
    lock, own = (
        {line.split("==")[0].lower().replace("_", "-"): line.split("==")[1].split()[0] for line in text if "==" in line}
        for text in (
            io.StringIO((REPOSITORY / name).read_text(encoding="utf-8"))
            for name in ("requirements.lock", "envs/augment/requirements.txt")
        )
    )
    assert {name for name in own.keys() & lock.keys() if own[name] != lock[name]} == {"soxr"}


@augment.NEEDED
def test_it_runs_what_it_lists() -> None:
    installed = VENV / "installed"
    assert installed.read_text() == (REPOSITORY / "envs/augment/requirements.txt").read_text()
