"""Files that a pattern stands for."""

import glob
import os
import re
from collections.abc import Iterable

from workflow_scripts.sources.faults import SourceError


def files_of(pattern: str) -> list[str]:
    """The file of this name, or all that a pattern fits (`*`, `?`, `[…]`, and `**` for any folders), sorted."""
    if not glob.has_magic(pattern):
        return [pattern]
    return sorted(glob.glob(pattern, recursive=True))


def pattern_below(folder: str, named: str) -> str:
    """A pattern as it is said in a folder, as one from anywhere. What is there by that very name is nothing else.

    >>> pattern_below("/data [v2]", "*.csv")
    '/data [[]v2]/*.csv'
    """
    path = os.path.abspath(os.path.join(folder, named))
    if os.path.lexists(path):
        return glob.escape(path)
    return os.path.normpath(os.path.join(glob.escape(os.path.abspath(folder)), named))


def without_escapes(pattern: str) -> str:
    """A pattern as people write it.

    >>> without_escapes("/data [[]v2]/*.csv")
    '/data [v2]/*.csv'
    """
    return re.sub(r"\[([*?[])\]", r"\1", pattern)


def refuse_one_file_twice(named: Iterable[tuple[str, str]]) -> None:
    """A file that is named for two things would be read as both: its clips as duplicates of themselves.

    Args:
        named: what each is named as, and its path.

    Raises:
        SourceError: there is one; names both.
    """
    seen: dict[str, tuple[str, str]] = {}
    for key, path in named:
        earlier, called = seen.setdefault(os.path.realpath(path), (key, path))
        if (earlier, called) != (key, path):
            there = f" (it is also {called})" if called != path else ""
            raise SourceError(
                f"{path}: named as {earlier} and as {key}{there}; each of the sources has a file of its own"
            )
