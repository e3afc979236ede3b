"""How loud a clip is, and what brings it to a loudness.

Source: ITU-R BS.1770-4 and EBU R 128, by FFmpeg's filter `ebur128`.
"""

from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

NONE_LUFS = -70.0
"""Below this nothing is counted, so this is what is told where nothing was."""
BLOCK_SECONDS = 4


def gain_to(lufs: float, samples: Array, sample_rate: int) -> float | None:
    """What brings samples to an integrated loudness; None where they have none."""
    is_now = loudness(samples, sample_rate)
    return None if is_now is None else float(10 ** ((lufs - is_now) / 20))


def loudness(samples: Array, sample_rate: int) -> float | None:
    """The integrated loudness in LUFS; None for less than the 0.4 s that it is measured over, and for silence.

    Args:
        samples: (frames,) or (frames, channels), full scale 1; all channels count alike.
        sample_rate: hertz.
    """
    import av

    graph, layout = av.filter.Graph(), f"{1 if samples.ndim == 1 else samples.shape[1]}C"
    source = graph.add_abuffer(format="flt", sample_rate=sample_rate, layout=layout, time_base=Fraction(1, sample_rate))
    measured, sink = graph.add("ebur128", "metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(measured)
    measured.link_to(sink)
    graph.configure()
    told = NONE_LUFS
    for first in range(0, len(samples), BLOCK_SECONDS * sample_rate):
        block = np.ascontiguousarray(samples[first : first + BLOCK_SECONDS * sample_rate], np.float32)
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate, frame.pts = sample_rate, first
        graph.push(frame)
        told = _last_told(graph, told)
    graph.push(None)
    told = _last_told(graph, told)
    return told if told > NONE_LUFS else None


def _last_told(graph: Any, before: float) -> float:
    """What it is of all so far, by the last frame that tells it: each whole tenth of a second does."""
    import av

    while True:
        try:
            metadata = graph.pull().metadata
        except (av.BlockingIOError, av.EOFError):
            return before
        before = float(metadata.get("lavfi.r128.I", before))
