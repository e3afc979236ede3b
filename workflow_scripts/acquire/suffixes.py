"""Files whose address does not say of what kind they are: called by what they hold, so that a scan knows them."""

import os
from pathlib import Path

from workflow_scripts.media.walk import AUDIO_SUFFIXES

_BEGINNINGS = (
    (b"RIFF", ".wav"),
    (b"RF64", ".wav"),
    (b"fLaC", ".flac"),
    (b"OggS", ".ogg"),
    (b"FORM", ".aiff"),
    (b"caff", ".caf"),
    (b".snd", ".au"),
    (b"\x1aE\xdf\xa3", ".webm"),
    (b"ID3", ".mp3"),
)
"""How files begin: the signatures of their specifications."""


KINDS = tuple(sorted({suffix for _, suffix in _BEGINNINGS} | {".aac", ".m4a"}))
"""All that a file can be called by after what it holds."""


def with_suffix(path: Path) -> Path | None:
    """The file that was called by its content before; None if there is none, or the path has a suffix already."""
    if path.suffix.lower() in AUDIO_SUFFIXES:
        return None
    named = (path.with_name(path.name + suffix) for suffix in KINDS)
    return next((one for one in named if one.is_file()), None)


def rename_by_content(path: Path) -> Path:
    """Give a file without a suffix that of its kind; one of no known kind, or whose name another has, keeps its own.

    Returns:
        What it is called now.
    """
    if path.suffix.lower() in AUDIO_SUFFIXES:
        return path
    with path.open("rb") as file:
        suffix = suffix_of(file.read(16))
    named = path.with_name(path.name + suffix)
    if named.exists():  # two names of files that are planned are told apart before: this one somebody brought
        return path
    os.replace(path, named)
    return named


def suffix_of(beginning: bytes) -> str:
    r"""The suffix of a file that begins so; "" if it is of no known kind.

    >>> suffix_of(b"\xff\xfb\x90\x00"), suffix_of(b"\x00\x00\x00\x20ftypM4A "), suffix_of(b"<!doctype html>")
    ('.mp3', '.m4a', '')
    """
    known = next((suffix for begins, suffix in _BEGINNINGS if beginning.startswith(begins)), "")
    if known or beginning[4:8] == b"ftyp":
        return known or ".m4a"
    if len(beginning) > 1 and beginning[0] == 0xFF and beginning[1] & 0xE0 == 0xE0:  # a frame of MPEG audio
        return ".aac" if beginning[1] & 0x06 == 0 else ".mp3"
    return ""
