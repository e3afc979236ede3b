"""Paths as text: tables hold UTF-8, file systems hold bytes."""

import os
import re


def to_text(path: str) -> str:
    r"""A path as tables hold it: a byte that is no UTF-8 stands as \xNN.

    >>> to_text("caf\udce9.wav")
    'caf\\xe9.wav'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def from_text(root: str, text: str) -> str:
    r"""The path of a file below a root that a table calls by this text.

    A name may hold the four characters \xe9 itself; so the name as it stands comes first.
    """
    literal = os.path.join(root, text)
    if "\\x" not in text or os.path.lexists(literal):
        return literal
    raw = re.sub(rb"\\x([89a-f][0-9a-f])", lambda found: bytes.fromhex(found[1].decode()), text.encode())
    return os.path.join(root, os.fsdecode(raw))
