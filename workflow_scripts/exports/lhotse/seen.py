"""What readers of cuts fail at: cuts without an event, and several rates or numbers of channels in one set."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl


@dataclass
class Seen:
    """Of all cuts that were written, how many are of what kind.

    Attributes:
        without_event: how many have no class that has an index.
        rates: how many are of each, hertz.
        channels: how many have so many.
        recordings: how many files were named in each split.
    """

    without_event: int = 0
    rates: Counter[int] = field(default_factory=Counter)
    channels: Counter[int] = field(default_factory=Counter)
    recordings: Counter[str] = field(default_factory=Counter)

    def add(self, events: pl.Series, rates: pl.Series, channels: pl.Series) -> None:
        """Some more."""
        self.without_event += int((events == "").sum())
        for counted, values in ((self.rates, rates), (self.channels, channels)):
            counted.update(dict(values.rename("value").value_counts(name="cuts").iter_rows()))

    def warnings(self) -> Iterator[str]:
        """What the run ends with."""
        if self.without_event:
            yield (
                f"{self.without_event:,} of the cuts have no class with an index, and an empty `audio_event`, at which "
                "icefall stops: filter them out of the CutSet"
            )
        if len(self.rates) > 1:
            yield (
                f"cuts are of {len(self.rates)} sample rates ({_most_first(self.rates)}), and lhotse takes one in a "
                "batch: say `audio: {sample_rate: …}`, or resample"
            )
        if len(self.channels) > 1:
            yield (
                f"cuts have different numbers of channels ({_most_first(self.channels)}), and lhotse takes one in a "
                "batch: say `audio: {channels: mono}`"
            )


def _most_first(counted: Mapping[int, int]) -> str:
    """Values with how many there are.

    >>> _most_first({44100: 2, 16000: 1000})
    '16000: 1,000, 44100: 2'
    """
    in_order = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{value}: {cuts:,}" for value, cuts in in_order)
