"""All fingerprints of a search, one behind the other in a file: so many seconds of sound take no memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sound.fingerprint import symbols_of

Array = np.ndarray[Any, Any]

MOST_STEPS = 1 << 32
"""Places are numbers of 32 bits."""
STEPS_AT_ONCE = 1 << 19


class TooMuchSoundError(SoundledgerError):
    """There are more steps of fingerprints than places have numbers for."""


@dataclass(frozen=True)
class Prints:
    """The fingerprints of a search.

    Attributes:
        sounds: what they are of (sounds,) String.
        codes: the codes of all of them, one behind the other (steps,) uint16, in a file.
        starts: where each starts in `codes`, and where the last ends (sounds + 1,) int64.
    """

    sounds: pl.Series
    codes: Array
    starts: Array

    def steps_of(self, sounds: Array) -> Array:
        """How many steps the fingerprint of each of some sounds has (sounds,) int64."""
        steps: Array = self.starts[sounds + 1] - self.starts[sounds]
        return steps

    def heard(self) -> Array:
        """How many symbols of each sound say anything (sounds,) int64."""
        counts = np.zeros(len(self.sounds), np.int64)
        for first, last in self.in_turns():
            begin, end = self.starts[first], self.starts[last]
            sums = np.concatenate([[0], np.cumsum((symbols_of(self.codes[begin:end]) > 0).sum(axis=1))])
            counts[first:last] = np.diff(sums[self.starts[first : last + 1] - begin])
        return counts

    def in_turns(self) -> Iterator[tuple[int, int]]:
        """Runs of whole sounds of some STEPS_AT_ONCE steps: the first, and that behind the last."""
        first, starts = 0, self.starts
        while first < len(starts) - 1:
            last = max(first + 1, int(np.searchsorted(starts, starts[first] + STEPS_AT_ONCE, side="right")) - 1)
            yield first, last
            first = last

    def sound_at(self, places: Array) -> Array:
        """The number of the sound that each place in `codes` is in (places,) int64."""
        return np.searchsorted(self.starts, places, side="right") - 1


def gathered(batches: Iterable[pl.DataFrame], file: Path) -> Prints:
    """Put fingerprints into a file.

    Args:
        batches: with columns `sound` (String) and `acoustic_fingerprint` (Binary), neither of them null.
        file: where they are put.

    Raises:
        TooMuchSoundError: 2^32 steps of 50 ms are not enough.
    """
    sounds, lengths, total = [pl.Series("sound", [], pl.String)], [np.zeros(1, np.int64)], 0
    with file.open("wb") as out:
        for batch in batches:
            packed = batch["acoustic_fingerprint"]
            sounds.append(batch["sound"])
            lengths.append((packed.bin.size() // 2).cast(pl.Int64).to_numpy())
            total += int(lengths[-1].sum())
            if total >= MOST_STEPS:
                raise TooMuchSoundError(
                    f"the fingerprints have more than {MOST_STEPS:,} steps of 50 ms, some 59,000 hours of sound; "
                    "fewer datasets in one run have fewer"
                )
            for one in packed:
                out.write(one)
    codes = np.memmap(file, "<u2", "r") if total else np.empty(0, np.uint16)
    return Prints(pl.concat(sounds), codes, np.cumsum(np.concatenate(lengths)))
