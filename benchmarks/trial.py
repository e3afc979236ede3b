"""What a search for the same sound was asked, what it found, and what is true."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import soundfile
import soxr

from benchmarks.changed_copies import ORIGINAL, Sound
from workflow_scripts.matching.search import Matched

Array = np.ndarray[Any, Any]

SAME, CORRELATED_HZ = 0.5, 8_000
"""Samples of two recordings that correlate so much are of one; at that rate."""
NEAR_S = 0.2
"""An offset that is further off is wrong; at the middle of what is shared, where a sound was stretched."""


@dataclass(frozen=True)
class Trial:
    """What was searched, and what was found.

    Attributes:
        sounds: originals and copies.
        checked: their fingerprints.
        matched: what the search found.
    """

    sounds: Sequence[Sound]
    checked: pl.DataFrame
    matched: Matched

    @cached_property
    def originals(self) -> list[Sound]:
        """In the order of their clips."""
        return [sound for sound in self.sounds if sound.change == ORIGINAL]

    @cached_property
    def copies(self) -> list[Sound]:
        """All others."""
        return [sound for sound in self.sounds if sound.change != ORIGINAL]

    @cached_property
    def own(self) -> Array:
        """Of each copy the row of its original."""
        rows = {sound.clip: row for row, sound in enumerate(self.originals)}
        return np.asarray([rows[sound.clip] for sound in self.copies])

    @cached_property
    def skipped(self) -> set[str]:
        """Names of the sounds that say too little to be searched."""
        fingerprinted = set(self.checked.drop_nulls("acoustic_fingerprint")["sound"])
        return set(self.matched.skipped["sound"]) | ({sound.file.name for sound in self.sounds} - fingerprinted)

    @cached_property
    def is_left_out(self) -> Array:
        """Of each copy: whether it or its original says too little to be searched."""
        of_originals = self._are_skipped(self.originals)
        return of_originals[self.own] | self._are_skipped(self.copies)

    def _are_skipped(self, sounds: Sequence[Sound]) -> Array:
        return np.asarray([sound.file.name in self.skipped for sound in sounds])

    @cached_property
    def are_strangers(self) -> Array:
        """(originals, copies): whether no recording is in both, and both are searched."""
        return self.strangers_of(self.originals, self.copies)

    def strangers_of(self, some: Sequence[Sound], others: Sequence[Sound]) -> Array:
        """(some, others): whether no recording is in both, and both are searched."""
        return strangers(some, others, self.twins) & ~self._are_skipped(some)[:, None] & ~self._are_skipped(others)

    @cached_property
    def twins(self) -> dict[str, str]:
        """Recordings that are another one, and which."""
        return {one: other for one, other, share in self.correlations if share >= SAME}

    @cached_property
    def correlations(self) -> list[tuple[str, str, float]]:
        """Two recordings of which clips were taken for the same, and how much the samples of these correlate at best.

        The second comes before the first.
        """
        originals = {sound.clip: sound for sound in self.originals}
        best: dict[tuple[str, str], float] = {}
        for a, b in self.pairs.select("a", "b").rows():
            clips = [originals[self.sounds[number].clip] for number in (a, b)]
            one, other = sorted(clips, key=lambda clip: clip.sources, reverse=True)
            ends = (one.sources[0], other.sources[0])
            is_mixed = len(self.sounds[a].sources) + len(self.sounds[b].sources) > 2
            if ends[0] != ends[1] and not is_mixed and best.get(ends, 0) < SAME:
                best[ends] = max(best.get(ends, 0), correlation(one.file, other.file))
        return [(*ends, share) for ends, share in best.items()]

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """What was found, with the numbers `a` and `b` of both in `sounds`, the best stretch of each pair."""
        numbers = pl.DataFrame(
            {
                "sound": [sound.file.name for sound in self.sounds],
                "number": range(len(self.sounds)),
            }
        )
        best = self.matched.pairs.sort("score", descending=True).unique(["sound_a", "sound_b"], keep="first")
        found = best.join(numbers.rename({"sound": "sound_a", "number": "a"}), on="sound_a")
        return found.join(numbers.rename({"sound": "sound_b", "number": "b"}), on="sound_b")

    @cached_property
    def found(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        """Rows of `pairs` by the names of both, in either order."""
        rows = self.pairs.rows(named=True)
        return {names: row for row in rows for names in _both_ways(row["sound_a"], row["sound_b"])}

    def scores(self) -> Array:
        """(originals, copies): the score of what was found; -inf of what was not."""
        scores = np.full((len(self.originals), len(self.copies)), -np.inf)
        rows = {sound.file.name: row for row, sound in enumerate(self.originals)}
        columns = {sound.file.name: column for column, sound in enumerate(self.copies)}
        for (one, other), found in self.found.items():
            if one in rows and other in columns:
                scores[rows[one], columns[other]] = found["score"]
        return scores

    def is_off(self, copy: Sound, original: Sound) -> bool:
        """Whether a copy was found at another place than it was made from."""
        found = self.found[original.file.name, copy.file.name]
        starts = found["start_a_s"], found["start_b_s"]
        of_original, of_copy = starts if found["sound_a"] == original.file.name else starts[::-1]
        half = found["overlap_s"] / 2
        return abs((of_original + half - copy.start_s) / copy.speed - (of_copy + half)) > NEAR_S


@dataclass(frozen=True)
class Way:
    """A way to find the same sound.

    Attributes:
        name: what it is called.
        scores: (originals, copies), the more the likelier the same; -inf if that is not known.
        threshold: what a score must exceed to be taken for the same.
        bytes_10_s: of a fingerprint of ten seconds.
    """

    name: str
    scores: Array
    threshold: float
    bytes_10_s: float

    def finds(self, trial: Trial) -> Array:
        """Of each copy: whether it is found by its original."""
        return self.scores[trial.own, np.arange(len(trial.copies))] > self.threshold

    def false(self, trial: Trial) -> int:
        """How many pairs of strangers are taken for the same."""
        return int((trial.are_strangers & (self.scores > self.threshold)).sum())


def _both_ways(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one, other), (other, one)


def strangers(some: Sequence[Sound], others: Sequence[Sound], twins: Mapping[str, str]) -> Array:
    """(some, others): whether no recording is in both; twins are called by the name of the other one."""
    numbers: dict[str, int] = {}
    sides = []
    for sounds in (some, others):
        known = ([twins.get(source, source) for source in sound.sources] for sound in sounds)
        of_all = [[numbers.setdefault(source, len(numbers)) for source in sources] for sources in known]
        sides.append(np.asarray([(sources[0], sources[-1]) for sources in of_all]))
    one, other = sides
    is_related = np.zeros((len(one), len(other)), bool)
    for mine, theirs in itertools.product(range(2), repeat=2):
        is_related |= one[:, mine, None] == other[None, :, theirs]
    return ~is_related


def correlation(one: Path, other: Path) -> float:
    """How much the samples of two files correlate at the lag where they do most, with a second or more in common."""
    waves = []
    for file in (one, other):
        wave, rate = soundfile.read(file, dtype="float32", always_2d=True)
        waves.append(soxr.resample(wave[:, 0], rate, CORRELATED_HZ))
    a, b = waves
    size = 1 << (len(a) + len(b) - 1).bit_length()
    products = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)))
    lags = np.concatenate([np.arange(len(a) - CORRELATED_HZ), np.arange(CORRELATED_HZ - len(b), 0)])
    lag = int(lags[np.abs(products[lags]).argmax()])
    mine, theirs = a[max(0, lag) :], b[max(0, -lag) :]
    count = min(len(mine), len(theirs))
    return abs(float(np.corrcoef(mine[:count], theirs[:count])[0, 1]))
