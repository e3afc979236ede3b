"""Many media at once, in worker processes that may crash or hang without harm to any media but the culprit."""

import contextlib
import itertools
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from workflow_scripts.check import limits
from workflow_scripts.check.task import Task, WorkerError
from workflow_scripts.media import archives
from workflow_scripts.sound.settings import CheckSettings

BATCH = 32
"""Media handed to a worker at once, at most; a batch in which a worker dies is done again one by one."""
BATCHES_A_WORKER = 8
"""At least, where there are media enough: so that workers end at about the same time."""
WAITING = 3
"""Batches a worker that are handed over at a time: none waits for work, and what has to be done again comes soon."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""For NumPy's BLAS, which looks for them when it is imported, and only then."""

Row = dict[str, Any]


def start_server() -> None:
    """Begin to import, in a process of its own, what workers need, while others work.

    Workers are forked from that process. It needs to find the project's packages, and must not run the entry script
    again, which is __main__ here. Each has one thread: workers fill the cores, and their threads would fight.
    """
    if hasattr(sys.modules["__main__"], "__file__"):
        del sys.modules["__main__"].__file__
    multiprocessing.set_forkserver_preload(["workflow_scripts.check.ready"])
    packages = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [packages, os.environ.get("PYTHONPATH")]))
    with _environment({"PYTHONPATH": path, **ONE_THREAD}):  # of that process alone, not of others that are started here
        forkserver.ensure_running()


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def examine_all(tasks: Sequence[Task], settings: CheckSettings, workers: int) -> Iterator[tuple[Task, Row]]:
    """Examine media in worker processes; rows come as they are ready.

    A media whose worker dies gives a row of error_kind `crashed`, one that takes too long `timed_out`, one that
    takes too much memory `too_large`.

    Args:
        tasks: those of one archive side by side, in the order of their offsets.
        settings: of the check.
        workers: number of processes.

    Raises:
        WorkerError: what workers need is not installed, or not whole.
    """
    size = max(1, min(BATCH, len(tasks) // (workers * BATCHES_A_WORKER)))
    batches = deque(_batches(tasks, size))
    with _pool(min(workers, max(1, len(batches)))) as pool:
        try:
            yield from _examined(pool, batches, settings, WAITING * workers)
        except BaseException:  # such as Ctrl-C: nobody waits for what was handed over
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _examined(
    pool: ProcessPool, waiting: deque[Sequence[Task]], settings: CheckSettings, most: int
) -> Iterator[tuple[Task, Row]]:
    """Hand over batches, so many at a time; one that comes back as an error is handed over again media by media."""
    running: dict[Future[list[Row]], Sequence[Task]] = {}
    while waiting or running:
        while waiting and len(running) < most:
            batch = waiting.popleft()
            running[pool.schedule(_examine_batch, args=(batch, settings), timeout=_patience(batch))] = batch
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            batch = running.pop(future)
            if (error := future.exception()) is None:
                yield from zip(batch, future.result(), strict=True)
            elif isinstance(error, WorkerError):
                raise error
            elif len(batch) == 1:
                yield batch[0], _lost(error)
            else:
                waiting.extendleft([task] for task in reversed(batch))


def _batches(tasks: Sequence[Task], most: int) -> Iterator[Sequence[Task]]:
    """Batches of loose files, and of members of one archive each."""
    for archive, group in itertools.groupby(tasks, lambda task: None if task.media.member is None else task.media.path):
        of_one = list(group)
        if archive is None:
            yield from (of_one[first : first + most] for first in range(0, len(of_one), most))
        else:
            by_media = {task.media: task for task in of_one}
            yield from ([by_media[media] for media in part] for part in archives.split(list(by_media), most))


def _patience(batch: Sequence[Task]) -> float:
    """When a batch is given up. Workers end by themselves before; but Pebble does not notice one that ends with 0."""
    return limits.SECONDS_A_FILE + sum(limits.seconds_for(task.media.bytes) for task in batch)


def _lost(error: BaseException) -> Row:
    """The row of a media that its worker did not live to tell of."""
    kind, words = "check_failed", f"{type(error).__name__}: {error}"
    if isinstance(error, ProcessExpired):
        kind, words = "crashed", f"the decoder died with exit code {error.exitcode}"
        if error.exitcode == -signal.SIGALRM:
            kind, words = "timed_out", "the decoder did not end in the time that a file of this size may take"
    elif isinstance(error, TimeoutError):
        kind, words = "crashed", "the decoder ended its process"
    elif isinstance(error, MemoryError):
        kind, words = (
            "too_large",
            f"checking it takes more than the {limits.WORKER_BYTES >> 20:,} MB that a worker may have",
        )
    return {"load_ok": False, "error_kind": kind, "error": words}


def _examine_batch(batch: Sequence[Task], settings: CheckSettings) -> list[Row]:
    from workflow_scripts.check.ready import ready_worker

    return ready_worker().examine_batch(batch, settings)


def _pool(workers: int) -> ProcessPool:
    start_server()
    context = multiprocessing.get_context("forkserver")
    return ProcessPool(max_workers=workers, context=context, initializer=_start_worker)


def _start_worker() -> None:
    from workflow_scripts.check.ready import ready_worker

    with contextlib.suppress(WorkerError):  # the first batch will tell
        ready_worker().start()
