"""Stretches of a media, cut out while it is decoded once, and brought to what models of 16 kHz read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from workflow_scripts.sound.decode import block_frames
from workflow_scripts.sound.decoders import Stream
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.sound.planes import Planes

FULL_SCALE_16 = 32_768

_planes = Planes()


@dataclass
class _Stretch:
    number: int
    first: float
    behind: float
    pieces: list[torch.Tensor] = field(default_factory=list)


def cut(stream: Stream, spans: Sequence[tuple[float, float]], channel: str) -> Iterator[tuple[int, torch.Tensor]]:
    """Cut spans out of a media that is being decoded.

    Args:
        stream: at its beginning.
        spans: start and end of each in seconds; infinity for an end at that of the media.
        channel: `first`, or `mean` of all.

    Yields:
        The number of each span and its samples (frames,), full scale 1, at the media's own rate; fewer where the sound
        ends before the span does.
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
        signal = (planes[0] if channel == "first" else planes.mean(0)) / full_scale
        while waiting and waiting[-1].first < place + len(signal):
            begun.append(waiting.pop())
        for stretch in begun:
            behind = int(min(stretch.behind - place, len(signal)))
            stretch.pieces.append(signal[max(0, int(stretch.first) - place) : behind].clone())
        place += len(signal)
        yield from ((stretch.number, torch.cat(stretch.pieces)) for stretch in begun if stretch.behind <= place)
        begun = [stretch for stretch in begun if stretch.behind > place]
        if not begun and not waiting:
            return
    for stretch in [*begun, *waiting]:
        yield stretch.number, torch.cat(stretch.pieces) if stretch.pieces else torch.empty(0)


def at_16_khz(samples: torch.Tensor, sample_rate: int) -> np.ndarray:
    """Samples of full scale 1 at 16 kHz, by the resampler of the feature, rounded to int16.

    Raises:
        MediaError: the rate is too low.
    """
    resampled = Resampler(sample_rate).resample(samples, is_last=True).numpy()
    return np.clip(np.rint(resampled * FULL_SCALE_16), -FULL_SCALE_16, FULL_SCALE_16 - 1).astype(np.int16)
