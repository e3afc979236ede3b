"""Files that a pattern stands for."""

import glob


def files_of(pattern: str) -> list[str]:
    """The file of this name, or all that a pattern fits (`*`, `?`, `[…]`, and `**` for any folders), sorted."""
    if not glob.has_magic(pattern):
        return [pattern]
    return sorted(glob.glob(pattern, recursive=True))
