"""A process of its own for what reads: whatever a file does to it, the fuzzer goes on and tells of it."""

import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from workflow_scripts.errors import MOST_CHARACTERS, MOST_LINES, SoundledgerError
from workflow_scripts.workers.limits import be_silent, in_time

Read = Callable[[bytes], bool]
"""Reads a file; whether there was something to take. Raises SoundledgerError for one that is refused."""

MOST_SECONDS = 20.0
"""For one file of at most some hundred kilobytes, on a machine that has other work."""
TOO_LONG = f"did not end within {MOST_SECONDS:.0f} s"
MOST_MEMORY = 3 << 30
"""Address space; much of it belongs to the threads and libraries, which take it at their start."""
INPUTS_A_PROCESS = 3_000
"""Then a new one reads on, so that what adds up in one is no finding."""
IMPORTED = ("hypothesis", "pytest", "soundfile", "workflow_scripts.settings.run")
"""Before processes are forked; nothing that imports polars, whose threads a fork would leave behind."""


class Target(NamedTuple):
    """Something that reads what others wrote.

    Attributes:
        seeds: files that are sound.
        reader: makes what it needs in a folder, and gives what reads there.
        in_workers: whether the workflow reads such files in processes whose end costs that file alone.
        is_sound: whether the files are sound files.
    """

    seeds: Callable[[], list[bytes]]
    reader: Callable[[Path], Read]
    in_workers: bool = False
    is_sound: bool = False


class Outcome(NamedTuple):
    """What came of a file.

    Attributes:
        kind: `taken`, `refused`, `died` (in a worker, which is a row of that file) or `found`.
        what: of a finding, what tells it from others.
        words: of a finding, all that is known.
    """

    kind: str
    what: str = ""
    words: str = ""


class Reader:
    """Reads files in another process, which begins anew when it ended."""

    def __init__(self, targets: Mapping[str, Target]) -> None:
        self._targets = dict(targets)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._given = 0

    def begin(self) -> None:
        """Have a new process ready."""
        self.end()
        context = multiprocessing.get_context("forkserver")  # what is forked from it begins sooner
        context.set_forkserver_preload(list(IMPORTED))
        self._folder = tempfile.mkdtemp(prefix="soundledger-fuzz-")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._targets, self._folder))
        self._process.start()
        theirs.close()
        self._pipe.recv()
        self._given = 0

    def read(self, target: str, content: bytes) -> Outcome:
        """What becomes of a file; of one that took too long, what becomes of it in a new process."""
        outcome = self._read(target, content)
        return self._read(target, content) if outcome.what == TOO_LONG else outcome

    def _read(self, target: str, content: bytes) -> Outcome:
        if self._process is None or self._given >= INPUTS_A_PROCESS:
            self.begin()
        self._given += 1
        try:
            self._pipe.send((target, content))
            return self._pipe.recv()
        except (EOFError, OSError):
            assert self._process is not None
            self._process.join()
            outcome = _ended(self._process.exitcode or 0, self._targets[target].in_workers)
            self.end()
            return outcome

    def end(self) -> None:
        """Let the process end."""
        if self._process is not None:
            self._pipe.close()
            self._process.join(5)
            self._process.kill()
            self._process.join()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._process = None


def _ended(code: int, in_workers: bool) -> Outcome:
    what = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    if code == -signal.SIGALRM:
        what = TOO_LONG
    return Outcome("died" if in_workers else "found", what, what)


def _serve(pipe: Connection, targets: Mapping[str, Target], folder: str) -> None:
    """Read what comes, until nothing comes any more."""
    be_silent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))

    @cache
    def reader(name: str) -> Read:
        own = Path(folder, name)
        own.mkdir()
        os.chdir(own)
        return targets[name].reader(own)

    pipe.send("ready")
    while True:
        try:
            name, content = pipe.recv()
        except (EOFError, OSError):
            return
        read = reader(name)
        os.chdir(Path(folder, name))
        with in_time(MOST_SECONDS):
            outcome = outcome_of(read, content, targets[name].in_workers)
        pipe.send(outcome)


def outcome_of(read: Read, content: bytes, in_workers: bool = False) -> Outcome:
    """What comes of a file that is read in this process."""
    try:
        return Outcome("taken" if read(content) else "refused")
    except SoundledgerError as error:
        return _refused(str(error))
    except MemoryError:
        return Outcome("died") if in_workers else Outcome("found", "MemoryError", traceback.format_exc())
    except BaseException as error:  # noqa: BLE001  what polars panics with is no Exception
        words = traceback.format_exc()
        return Outcome("found", f"{type(error).__name__} {_place(error)}", words[-6_000:])


def _refused(message: str) -> Outcome:
    """A refusal is in clear words, which a terminal can show."""
    lines = message.split("\n")
    if len(lines) > MOST_LINES + 1 or max(map(len, lines)) > 8 * MOST_CHARACTERS:
        return Outcome("found", "a message of no bounded length", message[:6_000])
    if not message.strip() or not all(line.isprintable() for line in lines):
        return Outcome("found", "a message that does not print", ascii(message))
    if "more memory than there is" in message:
        return Outcome("found", "a message that tells of memory", message)
    return Outcome("refused")


def _place(error: BaseException) -> str:
    """The last line of the workflow's own that an error came through."""
    places = traceback.extract_tb(error.__traceback__)
    ours = [one for one in places if "workflow_scripts" in Path(one.filename).parts] or places
    path = Path(ours[-1].filename)
    return f"in {path.parent.name}/{path.name}:{ours[-1].lineno}"


def traced(target: Target, content: bytes) -> None:
    """Read a file in this process, and let through whatever is raised."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.getcwd()
        os.chdir(folder)
        try:
            print("taken" if target.reader(Path(folder))(content) else "refused", file=sys.stderr)
        finally:
            os.chdir(before)
