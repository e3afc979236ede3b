"""Finding audio files and archives below a root. Knows no labels, and imports nothing but the standard library."""

import errno
import heapq
import itertools
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import NamedTuple

from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.archives import ARCHIVE_SUFFIXES, COMPRESSED_TARS, is_archive, is_compressed_tar
from workflow_scripts.media.media import changed_at
from workflow_scripts.media.mounts import doubled_mounts


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
IMAGE_SUFFIXES = _suffixes("jpg jpeg jpe jfif png gif webp tif tiff bmp avif heic heif jp2")
"""Suffixes, in small letters, of pictures: media without sound, which are looked for only where a root holds such."""
AUDIO, ARCHIVE, UNREAD, IMAGE = "audio", "archive", "unread", "image"


def _kinds_of(*suffixes: tuple[str, frozenset[str]]) -> dict[str, str]:
    return {suffix: kind for kind, some in suffixes for suffix in some}


_KINDS = _kinds_of((AUDIO, AUDIO_SUFFIXES), (ARCHIVE, frozenset(ARCHIVE_SUFFIXES)), (UNREAD, UNREAD_SUFFIXES))
_KINDS_BESIDE_IMAGES = _kinds_of((IMAGE, IMAGE_SUFFIXES), (ARCHIVE, frozenset(ARCHIVE_SUFFIXES)))
_PERHAPS = frozenset(os.path.splitext(suffix)[1] or suffix for suffix in COMPRESSED_TARS)
SHADOWS = "__MACOSX"
"""Folder of what macOS keeps of files beside them, as its archives have it."""
FOLDERS_AT_ONCE = 16
ENTRIES_AT_ONCE = 1_000
ASKED_AT_ONCE = 32
"""Questions that a file server is asked side by side, where a file's answer is waited for longer than the next."""
WAITED_S = 1e-4
_NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""Faults of links that lead to nothing; others may have a folder behind them."""

Found = tuple[str, str, int, int]
"""Name in its folder, kind, size in bytes, time of last change in nanoseconds; a tuple, since there are millions."""


def is_audio(path: str) -> bool:
    """Whether a file, or a member of an archive, is called like audio."""
    return _suffix(path[path.rfind("/") + 1 :]) in AUDIO_SUFFIXES and not _is_shadow(path)


def is_image(path: str) -> bool:
    """Whether a file is called like a picture."""
    return _suffix(path[path.rfind("/") + 1 :]) in IMAGE_SUFFIXES


def is_unread(path: str, size: int) -> bool:
    """Whether a file, or a member of an archive, is called like audio of a kind that is not looked at.

    Of `.ts` and `.mts`, which are code too, it is what consists of whole packets: that is told without opening it.
    """
    suffix = _suffix(path[path.rfind("/") + 1 :])
    return suffix in UNREAD_SUFFIXES and _may_be_sound(suffix, size) and not _is_shadow(path)


def holds_other_files_alone(root: str) -> bool:
    """Whether files lie below a folder, and none is called like audio, a picture or an archive, or leads elsewhere.

    The first that is ends it, so that a folder of millions is not read through. A folder that cannot be read may hold
    any.
    """
    folders, is_empty = [root], True
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                        continue
                    is_empty = False
                    if entry.is_symlink() or is_audio(entry.name) or is_image(entry.name) or is_archive(entry.name):
                        return False
        except OSError:
            return False
    return not is_empty


def kind_called(path: str, size: int, images: bool = False) -> str | None:
    """What a path below a root is called like, as `found_in` has it; None if it is nothing that is looked for."""
    kind = _kind(path[path.rfind("/") + 1 :], _KINDS_BESIDE_IMAGES if images else _KINDS)
    return None if _is_shadow(path) or (kind == UNREAD and not _may_be_sound(_suffix(path), size)) else kind


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


def is_folder(root: str) -> bool:
    """Whether a root is a folder, and no archive."""
    return not is_archive(root) if is_address(root) else os.path.isdir(root)


def folder_of(root: str) -> str:
    """The folder that the paths of a root start from: the root, or of a root that is an archive the one it lies in."""
    if is_folder(root):
        return root
    return root.rpartition("/")[0] if is_address(root) else os.path.dirname(os.path.abspath(root))


class Identity(NamedTuple):
    """What a folder is, under whatever path."""

    device: int
    inode: int


class Below(NamedTuple):
    """Where the way goes on from a folder.

    Attributes:
        folders: paths of those in it.
        links: paths of links to folders.
    """

    folders: list[str]
    links: list[str]


class Way:
    """The folders below a root that are still to be gone through, by any number that share them.

    They come in no promised order. Links are followed, each folder is entered once; links come last, the smallest
    first, and none before all is seen that lies behind the one before: so a folder has one path, however it is found.
    A mount of what may lie elsewhere too counts as a link.
    """

    def __init__(self, root: str) -> None:
        self._root, self._mounts = root, doubled_mounts()
        self._mounted = self._mounts_below("")
        self._folders, self._links = [""], list[str]()
        self._entered: set[Identity] = set()
        self._under_way = 0
        self._has_ended = False
        self._changes = Condition()

    def take(self) -> list[str]:
        """Some to go through now, or none if the way is at its end; waits for what others may come upon."""
        with self._changes:
            self._changes.wait_for(lambda: self._folders or not self._under_way or self._has_ended)
            if self._has_ended:
                return []
            if not self._folders and self._links:
                self._folders.append(link := heapq.heappop(self._links))
                self._mounted = self._mounts_below(f"{link}/")
            few = min(FOLDERS_AT_ONCE, 1 + len(self._folders) // FOLDERS_AT_ONCE)
            some, self._folders = self._folders[-few:], self._folders[:-few]
            self._under_way += len(some)
            return some

    def give_back(self, folders: Iterable[str]) -> None:
        """Leave folders to others."""
        with self._changes:
            before = len(self._folders)
            self._folders += folders
            self._under_way -= len(self._folders) - before

    def enter(self, folder: Identity) -> bool:
        """Whether it is the first time."""
        with self._changes:
            is_new = folder not in self._entered
            self._entered.add(folder)
            return is_new

    def go_on(self, below: Below) -> None:
        """A folder has been gone through."""
        with self._changes:
            self._folders += [folder for folder in below.folders if folder not in self._mounted]
            for link in [*below.links, *self._mounted.intersection(below.folders)]:
                heapq.heappush(self._links, link)
            self._under_way -= 1
            self._changes.notify_all()

    def end(self) -> None:
        """Go no further."""
        with self._changes:
            self._has_ended = True
            self._changes.notify_all()

    def _mounts_below(self, before: str) -> set[str]:
        """Paths of mounts below a folder; before: what the paths of folders in it begin with."""
        if not self._mounts:
            return set()
        above = os.path.join(os.path.realpath(os.path.join(self._root, before)), "")
        return {before + place.removeprefix(above) for place in self._mounts if place.startswith(above)}


def named_archive(root: str, seen: os.stat_result) -> Found:
    """A root that is a file, which is one archive. One that is no regular file (a pipe) has no size."""
    name, size = os.path.basename(root), seen.st_size if stat.S_ISREG(seen.st_mode) else 0
    return name, _kind(name) or ARCHIVE, size, changed_at(seen)


def found_in(folder: str, before: str, below: Below, stats: "Stats", images: bool = False) -> Iterator[Found]:
    """What is found in one folder: audio, what holds such of unread kinds, archives; in no promised order.

    One stat a file; none is opened. Compressed tars are given too, so that they can be spoken of. What cannot be looked
    at (a link to nowhere), or is no regular file (a pipe called x.wav), is given with size 0; its check tells why it is
    unreadable.

    Args:
        folder: where it is.
        before: what the paths of folders in it begin with.
        below: these folders are put there.
        stats: of files.
        images: pictures are looked for, and no audio.

    Raises:
        OSError: it cannot be read.
    """
    kinds = _KINDS_BESIDE_IMAGES if images else _KINDS
    with os.scandir(folder) as entries:
        while some := list(itertools.islice(entries, ENTRIES_AT_ONCE)):
            files = []
            for entry in some:
                name = entry.name
                if _is_folder(entry):
                    if name == SHADOWS:
                        continue
                    if entry.is_symlink():
                        below.links.append(before + name)
                    else:
                        below.folders.append(before + name)
                elif (kind := _kind(name, kinds)) and not name.startswith("._"):
                    files.append((entry, kind))
            for (entry, kind), (size, mtime_ns) in zip(files, stats.of([entry for entry, _ in files]), strict=True):
                if kind != UNREAD or _may_be_sound(_suffix(entry.name), size):
                    yield entry.name, kind, size, mtime_ns


def _kind(name: str, kinds: Mapping[str, str] = _KINDS) -> str | None:
    suffix = _suffix(name)
    return kinds.get(suffix) or (ARCHIVE if suffix in _PERHAPS and is_compressed_tar(name) else None)


class Stats:
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
    return status.st_size if stat.S_ISREG(status.st_mode) else 0, changed_at(status)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A link that leads nowhere, or in a circle, is no folder; one that is called like a file is a file.

    Raises:
        OSError: a link may lead to a folder, but not now, or not this user.
    """
    try:
        return entry.is_dir()
    except OSError as error:
        if entry.is_symlink() and (error.errno in _NOWHERE or _kind(entry.name)):
            return False
        raise
