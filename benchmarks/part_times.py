"""Milliseconds of a core for a clip, by turns: decoding and resampling alone, the whole check, each part of it.

python -m benchmarks.part_times ROUNDS ROOT ...

Prints a line of JSON a round and root, with a number for each clip: reference, check, each part by its name, and the
check with each of the settings that ask for loudness. It is
time of this thread on its core, not of the clock: what else the machine does is left out, but for the caches that it
takes. Nothing else runs in this process: what takes and gives back much memory makes the system clear it again for all.
"""

import contextlib
import dataclasses
import functools
import inspect
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.rivals.decode_loop import wave_of
from workflow_scripts.check import worker
from workflow_scripts.check.task import Task
from workflow_scripts.media import content
from workflow_scripts.media.media import Media
from workflow_scripts.sound import measures
from workflow_scripts.sound.bandwidth import Bandwidth
from workflow_scripts.sound.decoders import sndfile
from workflow_scripts.sound.feature import Feature, Resampler
from workflow_scripts.sound.fingerprint import Fingerprint
from workflow_scripts.sound.pcm_digest import PcmDigest
from workflow_scripts.sound.planes import Planes
from workflow_scripts.sound.settings import CheckSettings

SETTINGS = CheckSettings("first", 128)
LOUD = {asked: dataclasses.replace(SETTINGS, loudness=asked) for asked in ("integrated", "with_true_peak")}
"""Settings that ask for more."""
REST = "all else"
PARTS: dict[str, list[tuple[Any, str]]] = {
    "decode": [(sndfile.SndfileStream, "blocks")],
    "resample": [(Resampler, "resample")],
    "open: bytes": [(content, "window")],
    "open: headers": [(sndfile, "_opened"), (sndfile, "sound_extent"), (sndfile.SndfileStream, "__init__")],
    "samples into planes": [(Planes, "of")],
    "acoustic fingerprint": [(Fingerprint, "add"), (Fingerprint, "packed")],
    "fbank, its mean and deviation": [(Feature, "add"), (Feature, "statistics")],
    "measures: peaks": [(measures, "_peaks")],
    "measures: energies": [(measures, "_frame_energies")],
    "measures: two channels": [(measures.Measures, "_compare")],
    "measures: bandwidth": [(Bandwidth, "add"), (Bandwidth, "hertz")],
    "measures: clipping": [(measures, "_clipped_samples")],
    "measures: sums, silence, envelope": [(measures.Measures, "add"), (measures.Measures, "measured")],
    "digest of bytes (XXH3)": [(content.Content, "digest")],
    "digest of samples (XXH3)": [(PcmDigest, "__init__"), (PcmDigest, "add"), (PcmDigest, "hexdigest")],
    REST: [(worker, "examine_batch")],
}
"""The functions of each part. The time of one that another one calls counts for itself alone."""


class Stopwatch:
    """Tells where time goes: each moment belongs to the innermost part that is under way."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._under_way: list[str] = []
        self._since = 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Take the times of all parts."""
        before = [(owner, name, getattr(owner, name)) for places in PARTS.values() for owner, name in places]
        for part, places in PARTS.items():
            for owner, name in places:
                setattr(owner, name, self._timed(part, getattr(owner, name)))
        try:
            yield
        finally:
            for owner, name, function in before:
                setattr(owner, name, function)

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            self._enter(part)
            try:
                return function(*arguments, **named)
            finally:
                self._leave()

        @functools.wraps(function)
        def steps(*arguments: Any, **named: Any) -> Iterator[Any]:
            steps_of = self._timed(part, functools.partial(next, function(*arguments, **named), None))
            while (step := steps_of()) is not None:
                yield step

        return steps if inspect.isgeneratorfunction(function) else timed

    def _enter(self, part: str) -> None:
        self._charge()
        self._under_way.append(part)

    def _leave(self) -> None:
        self._charge()
        self._under_way.pop()

    def _charge(self) -> None:
        now = time.thread_time()
        if self._under_way:
            self.seconds[self._under_way[-1]] += now - self._since
        self._since = now


def main() -> None:
    """Take the times by turns."""
    kinds = {root: sorted(Path(root).iterdir()) for root in sys.argv[2:]}
    for _ in range(int(sys.argv[1])):
        for root, files in kinds.items():
            tasks = [task(file) for file in files]
            line: dict[str, Any] = {
                "root": root,
                "reference": milliseconds(wave_of, files),
                "check": milliseconds(_check, tasks),
                "parts": _parts(tasks),
                **{
                    name: milliseconds(functools.partial(_check, settings=asked), tasks) for name, asked in LOUD.items()
                },
            }
            print(json.dumps(line), flush=True)


def _parts(tasks: Sequence[Task]) -> dict[str, list[float]]:
    stopwatches = [Stopwatch() for _ in tasks]
    for task, stopwatch in zip(tasks, stopwatches, strict=True):
        with stopwatch.running():
            _check(task)
    return {part: [1000 * stopwatch.seconds[part] for stopwatch in stopwatches] for part in PARTS}


def task(file: Path) -> Task:
    """A file as a worker is told of it."""
    seen = os.stat(file)
    return Task(Media(str(file), None, seen.st_size, seen.st_mtime_ns), None)


def _check(task: Task, settings: CheckSettings = SETTINGS) -> None:
    (row,) = worker.examine_batch([task], settings)
    if row.get("error_kind"):
        raise ValueError(f"{task.media.path}: {row['error']}")


def milliseconds(function: Callable[..., object], things: Sequence[object]) -> list[float]:
    """What each thing takes of this thread's time."""
    times = []
    for thing in things:
        started = time.thread_time()
        function(thing)
        times.append(1000 * (time.thread_time() - started))
    return times


if __name__ == "__main__":
    main()
