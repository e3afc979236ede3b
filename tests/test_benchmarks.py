"""The arithmetic of benchmarks: what they say of shares and tails, and who is a stranger to whom."""

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.changed_copies import Sound
from benchmarks.intervals import beyond, most, wilson
from benchmarks.rivals.chromaprint import error_rates
from benchmarks.trial import correlation, strangers
from tests.made_files import noise


@pytest.mark.parametrize(("hits", "tries", "low", "high"), [(0, 10, 0.0, 0.2775), (8, 10, 0.4902, 0.9433)])
def test_wilsons_interval_is_that_of_the_books(hits, tries, low, high):
    assert wilson(hits, tries) == pytest.approx((low, high), abs=1e-4)


def test_none_of_many_is_the_rule_of_three():
    assert most(0, 10_000) == pytest.approx(-math.log(0.05) / 10_000)


def test_some_of_many_are_no_more_than_poisson_says():
    """The exact bound of 5 is 10.513, one-sided."""
    assert most(5, 1_000) == pytest.approx(10.513 / 1_000, rel=1e-4)


def test_an_exponential_tail_is_carried_on():
    scores = np.random.default_rng(1).exponential(1 / math.log(10), 50_000)
    assert -math.log10(beyond(scores, 8.0)) == pytest.approx(8, abs=0.7)


def test_below_the_tail_it_is_the_share_that_was_seen():
    assert beyond(np.arange(1_000), 900) == pytest.approx(0.1)


def test_a_mix_is_a_stranger_to_neither_of_its_recordings_nor_to_twins_of_them():
    sounds = [Sound(0, "mixed", Path(), ("a", "b")), *(Sound(0, "cut", Path(), (name,)) for name in "abcd")]
    told = strangers(sounds, sounds, {"c": "b"})
    assert told[0].tolist() == [False, False, False, False, True]
    assert told[1].tolist() == [False, False, True, True, True]
    assert (told == told.T).all()


def test_fingerprints_are_compared_at_the_offset_where_fewest_bits_differ():
    original = np.random.default_rng(0).integers(0, 1 << 32, 20, dtype=np.uint32)
    damaged = original[5:15] ^ np.uint32(1)
    rates = error_rates([original], [original, damaged, original[:2], original[::-1]])
    assert rates[0, :3].tolist() == pytest.approx([0.0, 1 / 32, 1.0])
    assert rates[0, 3] > 0.3


def test_samples_of_one_recording_correlate_wherever_they_begin(tmp_path):
    wave, other = noise(3 * 8_000, seed=1), noise(3 * 8_000, seed=2)
    for name, samples in (("whole", wave), ("cut", wave[5_000:]), ("other", other)):
        soundfile.write(tmp_path / f"{name}.wav", samples, 8_000)
    assert correlation(tmp_path / "cut.wav", tmp_path / "whole.wav") > 0.99
    assert correlation(tmp_path / "other.wav", tmp_path / "whole.wav") < 0.2
