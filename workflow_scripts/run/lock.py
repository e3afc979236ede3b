"""Results have one owner: the run that writes them. A file beside them names it, whichever folder it was started in."""

import contextlib
import json
import os
import socket
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.processes import started

BEATS_EVERY_S = 20.0
GONE_AFTER_S = 300.0
"""An owner on another machine that has not touched its lock for so long is gone."""


@dataclass(frozen=True)
class Owner:
    """A run that writes results.

    Attributes:
        host: the name of its machine.
        machine: tells it from others of this name, and from containers on it, which number their own processes.
        pid: its process.
        process: when that started, so that a later one of the same number is not taken for it.
        folder: where the run was started.
        since: when it became the owner, for people.
    """

    host: str
    machine: str
    pid: int
    process: str | None
    folder: str
    since: str


class Lock:
    """The lock of a results folder.

    It is written aside and gets its name by a hard link. So of two that try at once one gets it, on a shared filesystem
    too, and nobody reads half of it. No lock of `fcntl` is needed.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._opened: int | None = None

    def owner(self) -> Owner | None:
        """Who holds it; None if nobody does, or one that is gone."""
        owner = _read(self._file)
        return None if owner is None or _is_gone(owner, self._file) else owner

    def take(self) -> None:
        """Become the owner, and say so every few seconds until this process ends.

        Raises:
            SoundledgerError: another run is the owner; says which.
        """
        self._refuse_if_held()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        mine = _aside(self._file, "new")
        mine.write_text(json.dumps(asdict(_myself()), indent=1) + "\n")
        try:
            while not _give_name(mine, self._file):
                self._refuse_if_held()
                _clear(self._file)
        finally:
            mine.unlink()
        self._opened = os.open(self._file, os.O_RDONLY)
        threading.Thread(target=self._beat, daemon=True).start()

    def give_back(self) -> None:
        """Leave the results to the next; nothing if they are not held."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(opened), os.stat(self._file)):
                self._file.unlink()
        os.close(opened)

    def _refuse_if_held(self) -> None:
        if owner := self.owner():
            clears = f"; after a crash there this clears itself within {GONE_AFTER_S / 60:.0f} minutes"
            raise SoundledgerError(
                f"{self._file.parent}: another run has been writing here since {owner.since}, process {owner.pid} on "
                f"{owner.host}, started in {owner.folder}. Wait for its end, or give this run a results folder of its "
                f"own, --config results=<folder>{'' if owner.machine == _machine() else clears}"
            )

    def _beat(self) -> None:
        """Touch the file that was opened, not its name: that is another's if this process was stopped for long."""
        while (opened := self._opened) is not None:
            with contextlib.suppress(OSError):
                os.utime(opened)
            time.sleep(BEATS_EVERY_S)


def _clear(file: Path) -> None:
    """Take away the lock of an owner that is gone; by a rename, which only one of two that try at once can do."""
    gone = _aside(file, "gone")
    with contextlib.suppress(FileNotFoundError):
        os.rename(file, gone)
        owner = _read(gone)
        if owner is not None and not _is_gone(owner, gone):
            _give_name(gone, file)  # somebody was quicker: it is the new owner's
        gone.unlink()


def _is_gone(owner: Owner, file: Path) -> bool:
    if owner.machine == _machine():
        return started(owner.pid) != owner.process
    try:
        return _now_at(file) - file.stat().st_mtime > GONE_AFTER_S
    except FileNotFoundError:  # it has just been given back
        return True


def _now_at(file: Path) -> float:
    """What the clock of a file's filesystem says: that of a file server may be another than ours."""
    probe = _aside(file, "now")
    try:
        probe.touch()
        return probe.stat().st_mtime
    except PermissionError:  # who may only read can wait for a clock that is a little off
        return time.time()
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()


def _read(file: Path) -> Owner | None:
    try:
        return Owner(**json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):  # half of it, where there are no hard links; or of another version
        return Owner("another machine", "", 0, None, "?", "a moment ago")


def _give_name(file: Path, name: Path) -> bool:
    """Whether a file got this name; False if there is one of this name. Where no file has two names, its text does."""
    try:
        os.link(file, name)
    except FileExistsError:
        return file.stat().st_nlink > 1  # NFS may have done it, and lost its answer
    except OSError:
        with contextlib.suppress(FileExistsError), name.open("x") as other:
            other.write(file.read_text())
            return True
        return False
    return True


def _aside(file: Path, purpose: str) -> Path:
    return file.with_name(f".{file.name}.{socket.gethostname()}.{os.getpid()}.{purpose}")


def _myself() -> Owner:
    pid = os.getpid()
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    return Owner(socket.gethostname(), _machine(), pid, started(pid), os.getcwd(), since)


def _machine() -> str:
    """This boot of this machine, and the space in which its processes have their numbers."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()} {boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()
