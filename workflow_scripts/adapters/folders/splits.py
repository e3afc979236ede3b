"""Folders that are called like splits."""

from collections.abc import Collection

SPLITS = frozenset(
    {"train", "training", "validation", "valid", "val", "dev", "test", "testing", "eval", "evaluation"},
)
"""What audiofolder takes for splits, in small letters; each keeps the name that it has."""
FIRST_FOLDER = r"(?s)^([^/]+)/"


def are_splits(folders: Collection[str]) -> bool:
    """Whether all folders are called like splits, of some."""
    return bool(folders) and all(name.lower() in SPLITS for name in folders)
