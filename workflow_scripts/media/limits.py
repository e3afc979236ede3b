"""What of one media, and of one archive, is read at most. Imports nothing."""

IN_MEMORY_BYTES = 32 << 20
"""A media up to this size is read in one go; a larger one is read as it is decoded."""
MAX_FILE_BYTES = 32 << 30
LISTING_BYTES = 2 << 30
"""Memory that the listing of one archive may take, beyond what its process holds before it begins."""
SECONDS_AN_ARCHIVE = 120
SECONDS_A_MEGABYTE_LISTED = 0.05
"""What a slow disk takes to give it; of an archive that is whole a small part is read."""
SECONDS_A_MEGABYTE_ASKED_FOR = 1.0
"""At an address: a tar is asked for each of its members, one after the other, and these may have some hundred kB."""


def seconds_to_list(size: int, is_remote: bool) -> float:
    """How long the listing of an archive of so many bytes may take."""
    return SECONDS_AN_ARCHIVE + size / 1e6 * (SECONDS_A_MEGABYTE_ASKED_FOR if is_remote else SECONDS_A_MEGABYTE_LISTED)


LONGEST_NAME = 4096
"""Bytes of the name of a member: as long as Linux lets a path be. An archive may have a megabyte there."""
LARGEST_UNPACKED = MAX_FILE_BYTES
MOST_UNPACKED_OF_ONE = 100
"""What the members of a zip may unpack to in all: LARGEST_UNPACKED or, if that is more, so many times its own bytes."""
