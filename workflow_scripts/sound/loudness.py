"""Integrated loudness by FFmpeg's filter `ebur128`, and the true peak by soxr, of a sound that comes in blocks.

Both take longer than all else that the check measures; so they are taken where a setting asks for them.

Sources: EBU R 128 and ITU-R BS.1770-4: gated blocks of 400 ms behind a filter, channels at the side and behind count
1.41 times, those for effects not at all; true peak from four times as many samples.
"""

import contextlib
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
import soxr

from workflow_scripts.sound.decoders import Block

if TYPE_CHECKING:
    from av import AudioFrame
    from av.filter import Graph

SHORTEST_S = 0.4
"""A gated block."""
LEAST_RATE = 8_000
"""Of less, the filter's shelf lies too close to half of the rate."""
MOST_CHANNELS = 64
"""That FFmpeg filters."""
SILENT = -70.0
"""LUFS: blocks below do not count; FFmpeg says it where no block does."""
OVERSAMPLED = ((96_000, 4), (192_000, 2))
"""Below these rates, so many times."""
PIECE = 1 << 16
"""Frames that are brought to another rate at a time."""
LAYOUTS = {1: "mono", 2: "stereo"}


class Loudness:
    """Integrated loudness of one media.

    Args:
        sample_rate: samples a second.
        channels: their number.
        layout: what they are, as FFmpeg names it (5.1, or a mask of WAV in hexadecimal); None where nobody knows, and
            each of more than two counts once.
    """

    def __init__(self, sample_rate: int, channels: int, layout: str | None) -> None:
        self._rate, self._layout = sample_rate, layout or LAYOUTS.get(channels, f"{channels} channels")
        self._is_told = sample_rate >= LEAST_RATE and channels <= MOST_CHANNELS
        self._graph: Graph | None = None
        self._frames, self._lufs = 0, SILENT

    def add(self, block: Block) -> None:
        """Take the next samples (frames, channels), int16 or float32 with full scale 1."""
        if not self._is_told:
            return
        from av import AudioFrame

        kind = "s16" if block.dtype == np.int16 else "flt"
        if self._graph is None:
            self._graph = _ebur128(kind, self._rate, self._layout)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block).reshape(1, -1), format=kind, layout=self._layout)
        frame.sample_rate, frame.pts = self._rate, self._frames
        self._graph.push(frame)
        self._frames += len(block)
        for told in _pulled(self._graph):
            self._lufs = float(told.metadata["lavfi.r128.I"])

    def lufs(self) -> float | None:
        """None of less than 0.4 s, where no block is louder than -70 LUFS, and where the filter is not made for it."""
        if self._frames < SHORTEST_S * self._rate or self._lufs <= SILENT:
            return None
        return self._lufs


def _ebur128(kind: str, sample_rate: int, layout: str) -> "Graph":
    """The filter, which tells behind each tenth of a second what has been heard so far."""
    from av.filter import Graph

    graph = Graph()
    graph.threads = 1
    time_base = Fraction(1, sample_rate)
    source = graph.add_abuffer(format=kind, sample_rate=sample_rate, layout=layout, time_base=time_base)
    meter, sink = graph.add("ebur128", "metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    return graph


def _pulled(graph: "Graph") -> Iterator["AudioFrame"]:
    """All frames that are ready."""
    from av.error import BlockingIOError

    with contextlib.suppress(BlockingIOError):
        while True:
            yield cast("AudioFrame", graph.pull())


class TruePeak:
    """The largest absolute value between and at the samples of one media, over all channels.

    Args:
        sample_rate: samples a second.
        channels: their number.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._peak, self._channels = 0.0, channels
        times = next((times for below, times in OVERSAMPLED if sample_rate < below), 1)
        self._stream = soxr.ResampleStream(sample_rate, times * sample_rate, channels) if times > 1 else None

    def add(self, block: Block) -> None:
        """Take the next samples (frames, channels), int16 or float32 with full scale 1."""
        scale = np.float32(2**-15 if block.dtype == np.int16 else 1)
        for first in range(0, len(block), PIECE):
            samples = np.multiply(block[first : first + PIECE], scale, dtype=np.float32)
            self._look(samples)
            if self._stream is not None:
                self._look(self._stream.resample_chunk(samples))

    def _look(self, samples: Block) -> None:
        if samples.size:
            self._peak = max(self._peak, float(samples.max()), -float(samples.min()))

    def dbtp(self) -> float | None:
        """Decibels of full scale; None of digital silence. To be asked for once, at the end."""
        if self._stream is not None:
            self._look(self._stream.resample_chunk(np.empty((0, self._channels), np.float32), last=True))
        return 20 * math.log10(self._peak) if self._peak else None
