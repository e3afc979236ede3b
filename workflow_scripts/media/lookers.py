"""The folders below a root gone through: here, and by processes side by side as soon as that takes time."""

import os
import pickle
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, NamedTuple, cast

import xxhash

from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.names import to_text
from workflow_scripts.media.walk import Below, Found, Identity, Stats, Way, found_in, named_archive
from workflow_scripts.processes import cores

ALONE_S = 0.3
"""What takes no longer is gone through without others, which take a third of that to start."""
MOST = 8
"""Processes, where there are more cores: a run may be started from a machine that others use too."""
LINES_AT_ONCE = 10_000
IMAGES = "images"
IMPORTS = Path(__file__).parents[2]


class Part(NamedTuple):
    """Some of what was found in one folder.

    Attributes:
        text: a line for each, and before them one that says the folder: name, kind, size and time, each with a NUL
            behind it. The folder's line has no name, and the folder in place of a kind.
        state: the sum of what the lines of files hash to, with their folder.
    """

    text: bytes
    state: int


def parts(root: str, images: bool = False) -> Iterator[Part]:
    """All that lies below a root, in no promised order.

    Args:
        root: a folder, an archive, or an address of either.
        images: pictures are looked for, and no audio.

    Raises:
        OSError: a folder cannot be read; a run must not take its files for missing.
        SoundledgerError: an address cannot be listed, likewise.
    """
    if is_address(root):
        from workflow_scripts.media.remote.listing import below

        for folder, found in below(root, images):
            yield from told(folder, found)
        return
    seen = os.stat(root)
    if not stat.S_ISDIR(seen.st_mode):
        yield from told("", [named_archive(root, seen)])
        return
    way, stats, began = Way(root), Stats(), time.monotonic()
    while (folders := way.take()) and time.monotonic() < began + ALONE_S:
        yield from _first_told(way, len(folders), _answers(root, folders, stats, images))
    if folders:
        way.give_back(folders)
        yield from _side_by_side(root, way, images)


def told(folder: str, found: Iterable[Found]) -> Iterator[Part]:
    """What was found in a folder, put down in parts."""
    text = to_text(folder)
    head, seed = f"\0{text}\0\0\0".encode(), xxhash.xxh3_64_intdigest(text.encode())
    lines: list[bytes] = []
    for name, kind, size, mtime_ns in found:
        lines.append(f"{to_text(name)}\0{kind}\0{size}\0{mtime_ns}\0".encode())
        if len(lines) == LINES_AT_ONCE:
            yield _part(head, lines, seed)
            lines.clear()
    if lines:
        yield _part(head, lines, seed)


def _part(head: bytes, lines: list[bytes], seed: int) -> Part:
    return Part(head + b"".join(lines), sum([xxhash.xxh3_128_intdigest(line, seed) for line in lines]))


_Answer = Identity | Part | Below | OSError
"""Of a folder first what it is, then what is in it, and in the end where it goes on; or why it cannot be read."""


def _answers(root: str, folders: Iterable[str], stats: Stats, images: bool) -> Iterator[_Answer]:
    for folder in folders:
        try:
            place = os.path.join(root, folder) if folder else root
            seen = os.stat(place)
            yield Identity(seen.st_dev, seen.st_ino)
            below = Below([], [])
            yield from told(folder, found_in(place, f"{folder}/" if folder else "", below, stats, images))
            yield below
        except (FileNotFoundError, NotADirectoryError) as error:  # of a folder that has just gone nothing is left
            yield Below([], []) if folder else error
        except OSError as error:
            yield error


def _first_told(way: Way, folders: int, answers: Iterator[_Answer]) -> Iterator[Part]:
    """What so many folders hold, without those that were gone through under another path; the way goes on from them."""
    is_new = False
    for answer in answers:
        if isinstance(answer, OSError):
            raise answer
        if isinstance(answer, Identity):
            is_new = way.enter(answer)
        elif isinstance(answer, Part):
            if is_new:
                yield answer
        else:
            way.go_on(answer if is_new else Below([], []))
            folders -= 1
            if not folders:
                return


def _side_by_side(root: str, way: Way, images: bool) -> Iterator[Part]:
    """The rest of the way, by as many processes as there are cores, or as the system lets start."""
    found: SimpleQueue[Part | Exception | None] = SimpleQueue()
    lookers, threads = list[_Looker](), list[Thread]()
    try:
        for _ in range(min(cores(), MOST)):
            try:
                lookers.append(_Looker(root, images))
                thread = Thread(target=_go, args=(lookers[-1], way, found))
                thread.start()
            except (OSError, RuntimeError):  # RuntimeError: no thread can be started
                if not threads:
                    raise
                break
            threads.append(thread)
        at_work = len(threads)
        while at_work:
            one = found.get()
            if isinstance(one, Exception):
                raise one
            if one is None:
                at_work -= 1
            else:
                yield one
    finally:
        way.end()
        for looker in lookers:
            looker.end()
        for thread in threads:
            thread.join()


def _go(looker: "_Looker", way: Way, found: "SimpleQueue[Part | Exception | None]") -> None:
    """Have a process look into folder after folder, and hand on what it tells."""
    try:
        while folders := way.take():
            for part in _first_told(way, len(folders), looker.ask(folders)):
                found.put(part)
    except Exception as error:  # noqa: BLE001  it is raised where the parts are wanted
        way.end()
        found.put(error)
    finally:
        found.put(None)


class _Looker:
    """A process that looks into folders; it ends with the one that started it, whatever becomes of that."""

    def __init__(self, root: str, images: bool) -> None:
        path = os.pathsep.join(filter(None, [str(IMPORTS), os.environ.get("PYTHONPATH")]))
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  a pipe that nobody empties would stop it
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import main; main()", root, IMAGES if images else ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=os.environ | {"PYTHONPATH": path},
        )
        self._asked, self._said = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)

    def ask(self, folders: list[str]) -> Iterator[_Answer]:
        """What it says of some folders.

        Raises:
            ChildProcessError: it has ended.
        """
        try:
            pickle.dump(folders, self._asked)
            self._asked.flush()
            while True:
                yield pickle.load(self._said)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            raise ChildProcessError(f"a process that looked through folders {self._last_words()}") from None

    def end(self) -> None:
        """End it, also in the middle of its work."""
        self._process.kill()
        self._process.communicate()
        self._complaints.close()

    def _last_words(self) -> str:
        """How it ended, and the last line that it said of that."""
        self._complaints.seek(0)
        *_, last = ["", *self._complaints.read().decode(errors="replace").splitlines()]
        return f"failed: {last}" if last else "was ended; run again"


def main() -> None:
    """Answer, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides
    root, images, stats = sys.argv[1], sys.argv[2] == IMAGES, Stats()
    while True:
        try:
            folders = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        for answer in _answers(root, folders, stats, images):
            pickle.dump(answer, sys.stdout.buffer)
        sys.stdout.buffer.flush()
