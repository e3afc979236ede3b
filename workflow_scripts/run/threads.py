"""How many cores a check gets, by the cost model of docs/cluster.md, and a scan."""

import math

ON_CLUSTER = 4
"""Cores of a job on a cluster, unless a profile says otherwise: there are always more shards than fit one node."""
START_S = 1.5
"""What a job takes before its first media, on one core."""
MEDIA_S = 0.004
"""What a clip of 10 s takes on one core: 2 to 3 ms as WAV, 8 as FLAC or MP3."""
MOST_WAVES = 8
"""Where more shards wait than this many times the cores, another one changes nothing."""

MOST = 8
"""Archives of one root that are listed side by side on one machine: disks give no more, and other jobs may run."""


def check_threads(cores: int, waiting: int, media: int) -> int:
    """The fewest cores a shard with which those that wait end first: few shards get many each, many get one each.

    >>> check_threads(64, waiting=4, media=5000), check_threads(2, waiting=1, media=200), check_threads(2, 64, 8000)
    (16, 2, 1)

    Args:
        cores: of the machine.
        waiting: shards, of about one size.
        media: in each.
    """
    return min(
        range(1, cores + 1),
        key=lambda threads: math.ceil(waiting / (cores // threads)) * (START_S + media * MEDIA_S / threads),
    )
