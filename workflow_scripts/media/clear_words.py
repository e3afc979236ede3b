"""Why what lies below a root cannot be gone through, in words that say what to do."""

import errno
import os

from workflow_scripts.media.names import to_text

LONGEST_PATH = 4096
"""Bytes of a path that Linux opens, the zero behind it included."""


def why_not_gone_through(error: OSError, root: str) -> str:
    """One line: the place, the fault, and what to do; nothing that lies there is to be taken for missing."""
    place = error.filename if isinstance(error.filename, str) else root
    if error.errno == errno.ENAMETOOLONG and len(os.fsencode(place)) >= LONGEST_PATH:
        return (
            f"{to_text(place)}: cannot be gone through: its path has {len(os.fsencode(place)):,} bytes, and the system "
            f"opens none of {LONGEST_PATH:,} or more. Move it up, or call the folders above it by shorter names"
        )
    remedy = "Mend that, or move it out of the root"
    if error.errno in (errno.EACCES, errno.EPERM):
        remedy = "Give the user that runs this the right to read it, or move it out of the root"
    return f"{to_text(place)}: cannot be gone through: {error.strerror or error}. {remedy}"
