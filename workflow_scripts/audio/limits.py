"""What a single media may ask for at most, so that none takes a shard with it. Imports nothing."""

IN_MEMORY_BYTES = 32 << 20
"""A media up to this size is read in one go; a larger one is read as it is decoded."""
MAX_FILE_BYTES = 32 << 30
MAX_SAMPLES = 1 << 34
"""Frames times channels: 49 hours of stereo at 48 kHz. A few kilobytes of FLAC can declare, and give, more."""
MAX_SAMPLES_A_SECOND = 1 << 24
"""Rate times channels: what one second of sound may take, the least that is decoded at once."""
MIN_SAMPLE_RATE = 100
MAX_SAMPLE_RATE = 2_000_000
"""Hydrophones and bat detectors stay within; what lies outside is a damaged or a hostile header."""
WORKER_BYTES = 1 << 30
"""Memory that a worker may take for its media, beyond what it holds before it begins."""
SECONDS_A_FILE = 60
SECONDS_A_MEGABYTE = 5
UNKNOWN_BYTES = 64 << 20
"""Taken for the size of a media whose archive does not tell it, when its time is reckoned."""


def seconds_for(size: int | None) -> float:
    """How long the check of a media of so many bytes may take."""
    return SECONDS_A_FILE + SECONDS_A_MEGABYTE * (UNKNOWN_BYTES if size is None else size) / 1e6
