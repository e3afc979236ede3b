"""How loud a span of a recording is, told from the envelope that its check left."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import noise, wav
from tests.workers import SETTINGS
from workflow_scripts.ledger.spans import span_levels
from workflow_scripts.media.content import Content
from workflow_scripts.sound.examine import examine

RATE = 8000
HALF = RATE // 2


def _sound(half_seconds: int, seed: int = 0) -> np.ndarray:
    """Half seconds of levels of their own: loud, soft, below -60 dB, and digital silence."""
    levels = np.random.default_rng(seed).choice([0.3, 0.02, 2e-4, 0.0], half_seconds)
    return np.repeat(levels, HALF)[:, None].astype(np.float32) * noise(half_seconds * HALF, 2, 1.0, seed)


def _envelopes(*sounds: np.ndarray) -> pl.DataFrame:
    """What the checks of these media leave; media_row is their place."""
    rows = [examine(Content.of(wav(sound, rate=RATE)), None, SETTINGS) for sound in sounds]
    return pl.DataFrame(
        {
            "media_row": range(len(sounds)),
            "envelope_peak": [row.get("envelope_peak") for row in rows],
            "envelope_rms": [row.get("envelope_rms") for row in rows],
        },
        schema={
            "media_row": pl.UInt32,
            "envelope_peak": pl.List(pl.Float32),
            "envelope_rms": pl.List(pl.Float32),
        },
    )


def _spans(*spans: tuple[int, float, float]) -> pl.DataFrame:
    """Spans (media_row, start_s, end_s); clip_row is their place."""
    return pl.DataFrame(
        [(row, *span) for row, span in enumerate(spans)],
        schema={"clip_row": pl.UInt32, "media_row": pl.UInt32, "start_s": pl.Float64, "end_s": pl.Float64},
        orient="row",
    )


def _levels(spans: pl.DataFrame, envelopes: pl.DataFrame) -> dict[int, tuple[float, float | None, float]]:
    told = span_levels(spans, envelopes)
    assert told["clip_row"].is_unique().all()
    rows = told.select("clip_row", "peak", "rms_dbfs", "silent_fraction").rows()
    return {row: (peak, rms, silent) for row, peak, rms, silent in rows}


def _plain(sound: np.ndarray, start_s: float, end_s: float) -> tuple[float, float | None, float]:
    """The same of the samples of a span that begins and ends on half seconds."""
    held = sound[round(start_s * RATE) : round(end_s * RATE)].astype(np.float64)
    power = np.mean(held**2)
    halves = [np.sqrt(np.mean(half**2)) for half in np.split(held, range(HALF, len(held), HALF))]
    rms = 10 * math.log10(power) if power else None
    return np.abs(held).max(), rms, np.mean(np.array(halves) < 1e-3)


def _approx(levels: tuple[float, float | None, float]) -> tuple[object, ...]:
    return tuple(None if value is None else pytest.approx(value, abs=1e-4) for value in levels)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_spans_on_half_seconds_have_the_levels_of_their_samples(data: st.DataObject, lengths: list[int]) -> None:
    """Many clips in each of several media: whatever their order, each has its own."""
    sounds = [_sound(length, seed) for seed, length in enumerate(lengths)]
    spans = []
    for _ in range(data.draw(st.integers(0, 12))):
        media = data.draw(st.integers(0, len(sounds) - 1))
        first = data.draw(st.integers(0, lengths[media] - 1))
        last = data.draw(st.integers(first + 1, lengths[media]))
        spans.append((media, first / 2, last / 2))
    told = _levels(_spans(*spans), _envelopes(*sounds))
    assert told == {row: _approx(_plain(sounds[media], *span)) for row, (media, *span) in enumerate(spans)}


def test_a_span_between_half_seconds_takes_in_those_that_it_touches() -> None:
    sound = _sound(10, seed=4)
    told = _levels(_spans((0, 1.2, 2.7), (0, 1.0, 3.0), (0, 1.49, 1.51)), _envelopes(sound))
    assert told[0] == told[1] == _approx(_plain(sound, 1.0, 3.0))
    assert told[2] == _approx(_plain(sound, 1.0, 2.0))


def test_a_span_beyond_the_end_has_the_levels_of_what_there_is() -> None:
    sound = _sound(6, seed=1)
    told = _levels(_spans((0, 2.0, 10.0), (0, 3.0, 5.0), (0, 99.0, 100.0), (0, 0.0, 3.0)), _envelopes(sound))
    assert told == {0: _approx(_plain(sound, 2.0, 3.0)), 3: _approx(_plain(sound, 0.0, 3.0))}


def test_a_recording_that_ends_within_a_half_second_has_that_one_too() -> None:
    sound = _sound(5, seed=2)[:-1000]
    told = _levels(_spans((0, 2.0, 2.4)), _envelopes(sound))
    assert told[0][0] == pytest.approx(float(np.abs(sound[2 * RATE :]).max()))


def test_a_span_of_digital_silence_has_no_level() -> None:
    told = _levels(_spans((0, 0.0, 1.0)), _envelopes(np.zeros((RATE, 1), np.float32)))
    assert told == {0: (0.0, None, 1.0)}


def test_a_media_that_could_not_be_measured_tells_nothing() -> None:
    envelopes = _envelopes(np.full((RATE, 1), np.nan, np.float32), _sound(4), np.zeros((0, 1), np.float32))
    told = _levels(_spans((0, 0.0, 1.0), (1, 0.5, 1.0), (2, 0.0, 1.0)), envelopes)
    assert told == {1: _approx(_plain(_sound(4), 0.5, 1.0))}


def test_without_spans_or_without_media_there_is_nothing_to_tell() -> None:
    assert _levels(_spans(), _envelopes(_sound(2))) == {}
    assert _levels(_spans((0, 0.0, 1.0)), _envelopes()) == {}
    assert _levels(_spans(), _envelopes()) == {}


def test_a_long_recording_loses_no_precision_at_its_end() -> None:
    """What a loud beginning adds up to does not drown a soft end."""
    loud, soft = np.ones(20 * 3600), np.full(20, 1e-4)
    envelope = np.concatenate([loud, soft]).astype(np.float32).tolist()
    envelopes = pl.DataFrame(
        {"media_row": [0], "envelope_peak": [envelope], "envelope_rms": [envelope]},
        schema_overrides={
            "media_row": pl.UInt32,
            "envelope_peak": pl.List(pl.Float32),
            "envelope_rms": pl.List(pl.Float32),
        },
    )
    told = _levels(_spans((0, len(loud) / 2, len(envelope) / 2)), envelopes)
    assert told[0] == (pytest.approx(1e-4), pytest.approx(-80.0, abs=0.01), 1.0)
