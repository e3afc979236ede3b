"""Finding audio files and archives below a root. Knows no labels, and imports nothing but the standard library."""

import heapq
import itertools
import os
import stat
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from workflow_scripts.media.archives import ARCHIVE_SUFFIXES, COMPRESSED_TARS, is_compressed_tar


def _suffixes(*names: str) -> frozenset[str]:
    return frozenset(f".{name}" for some in names for name in some.split())


AUDIO_SUFFIXES = _suffixes(
    "wav wave bwf rf64 w64 flac ogg oga opus aif aiff aifc au snd caf sph nist voc ircam 8svx svx avr pvf",
    "mp1 mp2 mp3 mpa mpga m2a aac adts",
    "mp4 m4a m4b m4r m4v mov qt 3gp 3gpp 3g2 3gp2 f4a f4v webm weba mkv mka",
    "x-wav x-flac x-aiff x-m4a",  # what a downloader makes of a media type: audio/x-m4a
)
"""Suffixes, in small letters, of what counts as audio. Not all of it can be decoded; then its check says so."""
UNREAD_SUFFIXES = _suffixes(
    "wv wma asf wmv ac3 eac3 ec3 dts dtshd mlp thd ogv ogm ogx spx amr awb ape tta tak ofr mpc shn dsf dff",
    "avi divx flv mpg mpeg vob ts mts m2ts m2t rm ra rmvb mxf wtv aa3 aax oma at3 m4p qcp vqf sd2 gsm sbc latm loas",
    "raw pcm sln ulaw alaw g722 wv1 wv2",
    "7z rar arrow h5 hdf5",  # what datasets come packed in, and no reader of archives is asked for
)
"""Suffixes, in small letters, of audio and video of kinds that nobody here is asked for: named, not looked at."""
_PACKET_SUFFIXES = frozenset({".ts", ".mts"})
_PACKETS = (188, 192)
"""Bytes of a packet of a transport stream, of which a file is made; a program in TypeScript is made of lines."""
AUDIO, ARCHIVE, UNREAD = "audio", "archive", "unread"
_KINDS = {
    suffix: kind
    for kind, suffixes in ((AUDIO, AUDIO_SUFFIXES), (ARCHIVE, ARCHIVE_SUFFIXES), (UNREAD, UNREAD_SUFFIXES))
    for suffix in suffixes
}
_PERHAPS = frozenset(os.path.splitext(suffix)[1] or suffix for suffix in COMPRESSED_TARS)
SHADOWS = "__MACOSX"
"""Folder of what macOS keeps of files beside them, as its archives have it."""
ENTRIES_AT_ONCE = 1_000
ASKED_AT_ONCE = 32
"""Questions that a file server is asked side by side, where a file's answer is waited for longer than the next."""
WAITED_S = 1e-4

Found = tuple[str, str, int, int]
"""Name in its folder, kind, size in bytes, time of last change in nanoseconds; a tuple, since there are millions."""


def is_audio(path: str) -> bool:
    """Whether a file, or a member of an archive, is called like audio."""
    return _suffix(path[path.rfind("/") + 1 :]) in AUDIO_SUFFIXES and not _is_shadow(path)


def is_unread(path: str, size: int) -> bool:
    """Whether a file, or a member of an archive, is called like audio of a kind that is not looked at.

    Of `.ts` and `.mts`, which are code too, it is what consists of whole packets: that is told without opening it.
    """
    suffix = _suffix(path[path.rfind("/") + 1 :])
    return suffix in UNREAD_SUFFIXES and _may_be_sound(suffix, size) and not _is_shadow(path)


def _may_be_sound(suffix: str, size: int) -> bool:
    return suffix not in _PACKET_SUFFIXES or (size > 0 and any(size % packet == 0 for packet in _PACKETS))


def _is_shadow(path: str) -> bool:
    """Whether it is what macOS keeps of a file beside it: `._x.wav` is called like x.wav, and holds no sound."""
    if "._" not in path and SHADOWS not in path:  # nearly always
        return False
    *folders, name = path.split("/")
    return name.startswith("._") or SHADOWS in folders


def _suffix(name: str) -> str:
    """The suffix in small letters, as os.path.splitext sees it but in half the time; "" for a name like `.wav`."""
    dot = name.rfind(".")
    if dot < 1 or (name[0] == "." and not name[:dot].strip(".")):
        return ""
    return name[dot:].lower()


def folder_of(root: str) -> str:
    """The folder that the paths of a root start from: the root, or of a root that is an archive the one it lies in."""
    return root if os.path.isdir(root) else os.path.dirname(os.path.abspath(root))


def walk(root: str) -> Iterator[tuple[str, Iterator[Found]]]:
    """Each folder below a root, and what is found in it: audio, what holds such of unread kinds, archives.

    One stat a file; none is opened. Folders come in no promised order, and so does what is in them; it is to be gone
    through before the next folder.

    A root that is a file is one archive. Compressed tars are given too, so that they can be spoken of. Links are
    followed, each folder is entered once. What cannot be looked at (a link to nowhere), or is no regular file (a pipe
    called x.wav), is given with size 0; its check tells why it is unreadable.

    Raises:
        OSError: a folder cannot be read; a run must not take its files for missing.
    """
    seen = os.stat(root)
    if not stat.S_ISDIR(seen.st_mode):
        name, size = os.path.basename(root), seen.st_size if stat.S_ISREG(seen.st_mode) else 0
        yield "", iter([(name, _kind(name) or ARCHIVE, size, seen.st_mtime_ns)])
        return
    entered = set()
    stats = _Stats()
    folders = [""]
    links: list[str] = []  # last, and the smallest first: so a folder has one path, in whatever order it is found
    while folders or links:
        folder = folders.pop() if folders else heapq.heappop(links)
        seen = os.stat(os.path.join(root, folder) if folder else root)
        if (seen.st_dev, seen.st_ino) in entered:
            continue
        entered.add((seen.st_dev, seen.st_ino))
        yield folder, _found(os.path.join(root, folder), f"{folder}/" if folder else "", folders, links, stats)


def _found(folder: str, before: str, folders: list[str], links: list[str], stats: "_Stats") -> Iterator[Found]:
    """What counts in one folder; the folders in it are put to those to come."""
    with os.scandir(folder) as entries:
        while some := list(itertools.islice(entries, ENTRIES_AT_ONCE)):
            files = []
            for entry in some:
                name = entry.name
                if _is_folder(entry):
                    if name == SHADOWS:
                        continue
                    if entry.is_symlink():
                        heapq.heappush(links, before + name)
                    else:
                        folders.append(before + name)
                elif (kind := _kind(name)) and not name.startswith("._"):
                    files.append((entry, kind))
            for (entry, kind), (size, mtime_ns) in zip(files, stats.of([entry for entry, _ in files]), strict=True):
                if kind != UNREAD or _may_be_sound(_suffix(entry.name), size):
                    yield entry.name, kind, size, mtime_ns


def _kind(name: str) -> str | None:
    suffix = _suffix(name)
    return _KINDS.get(suffix) or (ARCHIVE if suffix in _PERHAPS and is_compressed_tar(name) else None)


class _Stats:
    """Asks for sizes and times: one after the other, or many at once where each is waited for, as on a network."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def of(self, entries: list[os.DirEntry[str]]) -> list[tuple[int, int]]:
        """Of each entry, in their order."""
        if self._pool is not None:
            parts = [entries[first::ASKED_AT_ONCE] for first in range(ASKED_AT_ONCE)]
            told: list[tuple[int, int]] = [(0, 0)] * len(entries)
            for first, part in enumerate(self._pool.map(_sizes_and_times, parts)):
                told[first::ASKED_AT_ONCE] = part
            return told
        started, worked = time.perf_counter(), time.thread_time()
        told = _sizes_and_times(entries)
        waited = (time.perf_counter() - started) - (time.thread_time() - worked)
        if waited > WAITED_S * len(entries) and len(entries) >= ASKED_AT_ONCE:
            self._pool = ThreadPoolExecutor(ASKED_AT_ONCE)
        return told


def _sizes_and_times(entries: Iterable[os.DirEntry[str]]) -> list[tuple[int, int]]:
    return [_size_and_time(entry) for entry in entries]


def _size_and_time(entry: os.DirEntry[str]) -> tuple[int, int]:
    try:
        status = entry.stat()
    except OSError:
        return 0, 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0, status.st_mtime_ns


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A link that leads nowhere, or in a circle, is no folder."""
    try:
        return entry.is_dir()
    except OSError:
        if entry.is_symlink():
            return False
        raise
