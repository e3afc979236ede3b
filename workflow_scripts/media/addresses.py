"""Roots that are addresses, and what lies below them. Imports nothing."""

SCHEMES = ("s3://", "gs://", "hf://", "https://", "http://")
"""What an address of audio begins with. A file:// is a path, and is named as one."""
OF_ADDRESS = f"^(?:{'|'.join(SCHEMES)})"
"""A pattern of paths that are addresses."""


def is_address(path: str) -> bool:
    """Whether a root, or what lies below one, is an address.

    >>> is_address("s3://bucket/wav"), is_address("/data/s3:/wav")
    (True, False)
    """
    return path.startswith(SCHEMES)
