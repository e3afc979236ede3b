"""Stretches of a media, cut out while it is decoded once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workflow_scripts.sound.decode import block_frames
from workflow_scripts.sound.decoders import Stream
from workflow_scripts.sound.planes import Planes

Array = np.ndarray[Any, Any]

_planes = Planes()


@dataclass
class _Stretch:
    number: int
    first: float
    behind: float
    pieces: list[Array] = field(default_factory=list)

    def whole(self) -> Array:
        """Its samples, which are held no more: what is made of an hour of them takes memory of its own."""
        pieces, self.pieces = self.pieces, []
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.empty(0, np.float32)


def cut(stream: Stream, spans: Sequence[tuple[float, float]], channel: str) -> Iterator[tuple[int, Array]]:
    """Cut spans out of a media that is being decoded.

    Args:
        stream: at its beginning.
        spans: start and end of each in seconds; infinity for an end at that of the media.
        channel: `first`, `mean` of all, or `all`.

    Yields:
        The number of each span and its samples (frames,), of `all` channels (frames, channels) where there are several,
        full scale 1, at the media's own rate; fewer where the sound ends before the span does.
    """
    rate = stream.sample_rate
    waiting = sorted(
        (_Stretch(number, round(start * rate), end if end == float("inf") else round(end * rate))
         for number, (start, end) in enumerate(spans)),
        key=lambda stretch: stretch.first,
        reverse=True,
    )  # fmt: skip
    begun: list[_Stretch] = []
    place = 0
    for block in stream.blocks(block_frames(stream)):
        planes, full_scale = _planes.of(block)
        signal = _of_channels(planes, channel) / full_scale
        while waiting and waiting[-1].first < place + len(signal):
            begun.append(waiting.pop())
        for stretch in begun:
            behind = int(min(stretch.behind - place, len(signal)))
            stretch.pieces.append(signal[max(0, int(stretch.first) - place) : behind].copy())
        place += len(signal)
        yield from ((stretch.number, stretch.whole()) for stretch in begun if stretch.behind <= place)
        begun = [stretch for stretch in begun if stretch.behind > place]
        if not begun and not waiting:
            return
    for stretch in [*begun, *waiting]:
        yield stretch.number, stretch.whole()


def _of_channels(planes: Array, channel: str) -> Array:
    if channel == "all" and len(planes) > 1:
        return planes.T
    return planes.mean(0) if channel == "mean" else planes[0]
