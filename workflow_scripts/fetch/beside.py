"""What lies beside a file while it is fetched is called so. No file that others name may be."""

import hashlib
import os
import re

_LONGEST_NAME = 200
_BESIDE = re.compile(r"\..+\.(fetching(\.now)?(\.json)?(\.new)?|excerpt(\.lock)?|\d+(\.old)?\.part)", re.DOTALL)
"""Parts and their notes, excerpts that are worked on, and what is written beside whatever a run writes whole: some of
it is swept away unseen."""


def part_name(name: str, what: str = "fetching") -> str:
    """What the part of a file is called, or what else lies beside it on its way.

    >>> part_name("a.zip"), part_name("a.zip", "excerpt")
    ('.a.zip.fetching', '.a.zip.excerpt')
    """
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return f".{name}.{what}"


def is_beside(name: str) -> bool:
    """Whether a file of this name would be taken for what lies beside another.

    >>> [is_beside(name) for name in (".x.wav.fetching", ".x.fetching.now.json", ".x.zip.aside.12.part", "x.fetching")]
    [True, True, True, False]
    """
    return _BESIDE.fullmatch(name) is not None
