"""Paths as text: tables hold UTF-8, file systems hold bytes."""

import os
import re

from workflow_scripts.media.addresses import is_address


def to_text(path: str) -> str:
    r"""A path as tables hold it: a byte that is no UTF-8 stands as \xNN, and so does the backslash of a literal \xNN.

    >>> to_text("caf\udce9.wav")
    'caf\\xe9.wav'
    """
    if path.isascii() and "\\x" not in path:  # nearly all of millions
        return path
    raw = re.sub(rb"\\(x[0-9a-f]{2})", rb"\\x5c\1", os.fsencode(path))
    return raw.decode("utf-8", "backslashreplace")


def from_text(root: str, text: str) -> str:
    """The path of a file below a root that a table calls by this text."""
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), text.encode())
    if is_address(root):  # a name that begins with a slash leads nowhere else
        return f"{root.rstrip('/')}/{raw.decode()}"
    return os.path.join(root, os.fsdecode(raw))
