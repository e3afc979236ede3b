"""What the check of a single media may take at most. Imports numbers alone."""

from workflow_scripts.media.limits import MAX_FILE_BYTES

WORKER_BYTES = 1 << 30
"""Memory that a worker may take for its media, beyond what it holds before it begins."""
AHEAD_BYTES = 64 << 20
"""That a worker may take beside, to hold what it reads ahead from an address and has just read of it."""
SECONDS_A_FILE = 60
SECONDS_A_MEGABYTE = 5
UNKNOWN_BYTES = 64 << 20
"""Taken for the size of a media whose archive does not tell it, when its time is reckoned."""


def seconds_for(size: int | None) -> float:
    """How long the check of a media of so many bytes may take. A tar may say 2^61, and none is read."""
    read = UNKNOWN_BYTES if size is None else min(size, MAX_FILE_BYTES)
    return SECONDS_A_FILE + SECONDS_A_MEGABYTE * read / 1e6
