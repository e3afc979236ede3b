"""Finding audio files and archives below a root. Knows no labels, and imports nothing but the standard library."""

import hashlib
import heapq
import os
import stat
from collections.abc import Iterator

from workflow_scripts.media.archives import ARCHIVE_SUFFIXES, COMPRESSED_TARS, is_compressed_tar
from workflow_scripts.media.media import Media

AUDIO_SUFFIXES = frozenset(
    f".{name}"
    for names in (
        ("wav", "wave", "rf64", "w64", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "au", "snd", "caf"),
        ("m4a", "mp4", "mov", "webm", "mkv", "aac"),
    )
    for name in names
)
"""Suffixes, in small letters, of what counts as audio. Not all of it can be decoded; then its check says so."""
_FOUND = AUDIO_SUFFIXES | ARCHIVE_SUFFIXES
_PERHAPS = frozenset(os.path.splitext(suffix)[1] or suffix for suffix in COMPRESSED_TARS)
_DIGESTED_AT_ONCE = 10_000

Found = tuple[str, int, int]
"""Name in its folder, size in bytes, time of last change in nanoseconds; a tuple, since there are millions."""


def is_audio(path: str) -> bool:
    """Whether a file, or a member of an archive, is called like audio."""
    return _suffix(path[path.rfind("/") + 1 :]) in AUDIO_SUFFIXES


def _suffix(name: str) -> str:
    """The suffix in small letters, as os.path.splitext sees it but in half the time; "" for a name like `.wav`."""
    dot = name.rfind(".")
    if dot < 1 or (name[0] == "." and not name[:dot].strip(".")):
        return ""
    return name[dot:].lower()


def folder_of(root: str) -> str:
    """The folder that the paths of a root start from: the root, or of a root that is an archive the one it lies in."""
    return root if os.path.isdir(root) else os.path.dirname(os.path.abspath(root))


def walk(root: str) -> Iterator[Media]:
    """All audio files and archives below a root, folder by folder, in no promised order; one stat a file.

    A root that is a file is one archive. Compressed tars are given too, so that they can be spoken of. Links are
    followed, each folder is entered once. What cannot be looked at (a link to nowhere), or is no regular file (a pipe
    called x.wav), is given with size 0; its check tells why it is unreadable.

    Raises:
        OSError: a folder cannot be read; a run must not take its files for missing.
    """
    for folder, found in _folders(root):
        before = f"{folder}/" if folder else ""
        for name, size, mtime_ns in found:
            yield Media(before + name, None, size, mtime_ns)


def state(root: str) -> str:
    """A digest of what lies below a root: every path, size and time of last change, in whatever order they are found.

    Folders are digested one by one and two hundred bits of each added up, so that only the files of one folder at a
    time are sorted and held in memory.
    """
    total = 0
    for folder, found in _folders(root):
        lines = sorted([f"{name}\0{size}\0{mtime_ns}\0" for name, size, mtime_ns in found])
        if lines:
            digest = hashlib.blake2b(f"{folder}\0".encode("utf-8", "surrogateescape"), digest_size=25)
            for first in range(0, len(lines), _DIGESTED_AT_ONCE):
                some = "".join(lines[first : first + _DIGESTED_AT_ONCE])
                digest.update(some.encode("utf-8", "surrogateescape"))
            total += int.from_bytes(digest.digest(), "little")
    return f"{total % (1 << 200):050x}"


def _folders(root: str) -> Iterator[tuple[str, Iterator[Found]]]:
    """Each folder below a root, and what is found in it, which is to be gone through before the next folder."""
    seen = os.stat(root)
    if not stat.S_ISDIR(seen.st_mode):
        size = seen.st_size if stat.S_ISREG(seen.st_mode) else 0
        yield "", iter([(os.path.basename(root), size, seen.st_mtime_ns)])
        return
    entered = set()
    folders = [""]
    links: list[str] = []  # last, and the smallest first: so a folder has one path, in whatever order it is found
    while folders or links:
        folder = folders.pop() if folders else heapq.heappop(links)
        seen = os.stat(os.path.join(root, folder) if folder else root)
        if (seen.st_dev, seen.st_ino) in entered:
            continue
        entered.add((seen.st_dev, seen.st_ino))
        yield folder, _found(os.path.join(root, folder), f"{folder}/" if folder else "", folders, links)


def _found(folder: str, before: str, folders: list[str], links: list[str]) -> Iterator[Found]:
    """What counts in one folder; the folders in it are put to those to come."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if _is_folder(entry):
                if entry.is_symlink():
                    heapq.heappush(links, before + name)
                else:
                    folders.append(before + name)
                continue
            suffix = _suffix(name)
            if suffix in _FOUND or (suffix in _PERHAPS and is_compressed_tar(name)):
                try:
                    status = entry.stat()
                except OSError:
                    yield name, 0, 0
                else:
                    size = status.st_size if stat.S_ISREG(status.st_mode) else 0
                    yield name, size, status.st_mtime_ns


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A link that leads nowhere, or in a circle, is no folder."""
    try:
        return entry.is_dir()
    except OSError:
        if entry.is_symlink():
            return False
        raise
