"""What of one media is read at most. Imports nothing."""

IN_MEMORY_BYTES = 32 << 20
"""A media up to this size is read in one go; a larger one is read as it is decoded."""
MAX_FILE_BYTES = 32 << 30
