"""Folders that lie in two places without a link: what is mounted and lies elsewhere too, as after `mount --bind`."""

import os
import re
from collections import Counter
from pathlib import Path

TABLE = Path("/proc/self/mountinfo")
"""Linux says what is mounted; its man page is proc_pid_mountinfo(5). Elsewhere folders have one place."""
_DEVICE, _PLACE = 2, 4


def doubled_mounts() -> list[str]:
    """Where something is mounted of which there is more than one mount: it may be seen in several places."""
    try:
        mounts = [line.split(b" ") for line in TABLE.read_bytes().splitlines()]
    except OSError:
        return []
    times = Counter(fields[_DEVICE] for fields in mounts)
    return [_unescaped(fields[_PLACE]) for fields in mounts if times[fields[_DEVICE]] > 1]


def _unescaped(place: bytes) -> str:
    r"""A path as it is: blanks, backslashes and ends of lines stand there in octal.

    >>> _unescaped(rb"/a\040b\134c")
    '/a b\\c'
    """
    return os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), place))
