"""Running a command and measuring it with all the processes that it starts."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL_S = 0.1
"""Between two looks at a process tree. A look takes some milliseconds of a core."""
OWN_VENV = Path(sys.prefix)
"""The venv that the benchmarks themselves run in: requirements.lock and what benchmarks/requirements.txt adds."""


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes:
        seconds: wall time from start to end.
        cpu_seconds: processor time of the command and of all processes that it started and waited for.
        tree_mb: largest sum of resident memory over the process tree; pages that processes share count for each.
        largest_mb: largest resident memory of one process of the tree: the kernel's own mark of those that the command
            waited for, so no peak is missed, and what was seen of the others. A process starts with its parent's mark,
            so import nothing large into the process that measures.
        output, errors: what it printed.
    """

    seconds: float
    cpu_seconds: float
    tree_mb: float
    largest_mb: float
    output: str
    errors: str


def measure(command: Sequence[str], folder: Path, venv: Path = OWN_VENV) -> Measured:
    """Run a command in a folder and measure it.

    Args:
        command: its name is looked up in the venv first, and so is whatever it calls.
        folder: where it runs.
        venv: the folder that holds the venv's bin.

    Raises:
        RuntimeError: it failed; tells the end of what it printed.
    """
    search = os.pathsep.join([str(venv / "bin"), os.environ["PATH"]])
    environment = os.environ | {"PATH": search}
    command = [shutil.which(command[0], path=search) or command[0], *command[1:]]
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout, stderr=stderr)
        watch = _Watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        tree_mb, largest_seen_mb = watch.stop()
        stdout.seek(0)
        stderr.seek(0)
        output, errors = stdout.read().decode(), stderr.read().decode()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{(output + errors)[-4000:]}")
    largest_mb = max(usage.ru_maxrss / 1024, largest_seen_mb)
    return Measured(seconds, usage.ru_utime + usage.ru_stime, max(tree_mb, largest_mb), largest_mb, output, errors)


class _Watch(threading.Thread):
    """Adds up the resident memory of a process and its descendants, again and again, and keeps the largest sum."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._over = threading.Event()
        self._peak = self._largest = 0
        self.start()

    def run(self) -> None:
        while not self._over.wait(INTERVAL_S):
            self._peak = max(self._peak, self._resident())

    def _resident(self) -> int:
        try:
            tree = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0
        total = 0
        for process in tree:
            try:
                resident = process.memory_info().rss
            except psutil.NoSuchProcess:  # it ended since the look began
                continue
            total += resident
            self._largest = max(self._largest, resident)
        return total

    def stop(self) -> tuple[float, float]:
        """The largest sum, and the largest process, in MB."""
        self._over.set()
        self.join()
        return self._peak / 2**20, self._largest / 2**20
