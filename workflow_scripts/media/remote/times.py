"""What stands for the time at which a file at an address was changed."""

import xxhash


def time_of(state: str | None) -> int:
    """What stands for the time of change of a file at an address, which tells of none that could be trusted.

    Another ETag (or what stands for one) gives another, so that all that asks for the time of a file asks for that.

    Returns:
        Nanoseconds since 1970 as it were, of a year after 2043.
    """
    return (1 << 61) | (xxhash.xxh3_64_intdigest((state or "").encode()) >> 3)
