"""The headers of recordings, read by processes side by side; one that crashes them or takes too long says nothing."""

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

from workflow_scripts.adapters.recordings.reader import Header
from workflow_scripts.sources.faults import SourceError

MOST = 8
"""Processes, where there are more cores."""
ALONE = 200
"""So many files are read by one process: another takes as long to start."""
MOST_LOST = 20
"""Files one after the other that end a process; then it is no fault of theirs."""
IMPORTS = Path(__file__).parents[3]
NOTHING: Header = {"duration_s": None, "sample_rate": None, "chunks": {}}


def read_headers(paths: Sequence[str]) -> list[Header]:
    """What the header of each file says.

    Raises:
        SourceError: no process can read any.
    """
    if not paths:
        return []
    at_once = max(1, min(len(os.sched_getaffinity(0)), MOST, len(paths) // ALONE))
    parts = [paths[first::at_once] for first in range(at_once)]
    told: list[Header] = [NOTHING] * len(paths)
    with ThreadPoolExecutor(at_once) as pool:
        for first, headers in enumerate(pool.map(_read, parts)):
            told[first::at_once] = headers
    return told


def _read(paths: Iterable[str]) -> list[Header]:
    """One process after the other, as long as each has read some."""
    headers: list[Header] = []
    reader, lost = _Reader(), 0
    try:
        for path in paths:
            header = reader.ask(path)
            lost = 0 if header else lost + 1
            if header is None:
                words = reader.end()
                if lost >= MOST_LOST:
                    raise SourceError(f"{path}: a process that reads headers ends at each file: {words}")
                reader = _Reader()
            headers.append(header or NOTHING)
    finally:
        reader.end()
    return headers


class _Reader:
    """A process that reads headers."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, [str(IMPORTS), os.environ.get("PYTHONPATH")]))
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  a pipe that nobody empties would stop it
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from workflow_scripts.adapters.recordings.reader import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},  # each takes room of its own
        )
        self._asked, self._said = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)

    def ask(self, path: str) -> Header | None:
        """What the header of a file says; None if the process has ended over it."""
        try:
            pickle.dump(os.fsencode(path), self._asked)
            self._asked.flush()
            header: Header = pickle.load(self._said)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            return None
        return header

    def end(self) -> str:
        """End it; how it ended by itself, and the last line that it said of that."""
        code = self._process.poll()
        self._process.kill()
        self._process.communicate()
        if self._complaints.closed:
            return ""
        self._complaints.seek(0)
        *_, last = [f"it ended with {code}", *self._complaints.read().decode(errors="replace").splitlines()]
        self._complaints.close()
        return last
