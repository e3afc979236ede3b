"""Many questions at once to worker processes; one that a worker dies of costs no answer but its own."""

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing import forkserver
from pathlib import Path
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

WAITING = 3
"""Batches a worker that are handed over at a time: none waits for work, and what has to be done again comes soon."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""For NumPy's BLAS, which looks for them when it is imported, and only then."""
CRASHED, TIMED_OUT, TOO_LARGE, FAILED = "crashed", "timed_out", "too_large", "failed"
"""What a question may end with that has no answer."""

One = TypeVar("One")
Answer = TypeVar("Answer")


def start_server(*preload: str) -> None:
    """Begin to import, in a process of its own, what workers need, while others work.

    Workers are forked from that process. It needs to find the project's packages, and must not run the entry script
    again, which is __main__ here. Each has one thread: workers fill the cores, and their threads would fight.

    Args:
        preload: modules that are imported there. What it lacks, workers import when they start.
    """
    if hasattr(sys.modules["__main__"], "__file__"):
        del sys.modules["__main__"].__file__
    multiprocessing.set_forkserver_preload(list(preload))
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


def ask_all(
    batches: Iterable[Sequence[One]],
    call: Callable[[Sequence[One]], list[Answer]],
    patience: Callable[[Sequence[One]], float],
    workers: int,
    start: Callable[[], None],
) -> Iterator[tuple[One, Answer | BaseException]]:
    """Ask worker processes; answers come as they are ready.

    A batch that comes back as an error is handed over again one by one; what then ends with an error has that for an
    answer, which `how_it_ended` tells of.

    Args:
        batches: what is asked, some at a time.
        call: the answers to a batch, in its order; it runs in a worker.
        patience: seconds after which a batch is given up. Workers end by themselves before (`limits.in_time`), but
            Pebble does not notice one that ends with 0.
        workers: number of processes.
        start: what a worker does first. The server is to be started before (`start_server`).
    """
    context = multiprocessing.get_context("forkserver")
    with ProcessPool(max_workers=workers, context=context, initializer=start) as pool:
        try:
            yield from _answered(pool, deque(batches), call, patience, WAITING * workers)
        except BaseException:  # such as Ctrl-C: nobody waits for what was handed over
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _answered(
    pool: ProcessPool,
    waiting: deque[Sequence[One]],
    call: Callable[[Sequence[One]], list[Answer]],
    patience: Callable[[Sequence[One]], float],
    most: int,
) -> Iterator[tuple[One, Answer | BaseException]]:
    """Hand over batches, so many at a time."""
    running: dict[Future[list[Answer]], Sequence[One]] = {}
    while waiting or running:
        while waiting and len(running) < most:
            batch = waiting.popleft()
            running[pool.schedule(call, args=(batch,), timeout=patience(batch))] = batch
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            batch = running.pop(future)
            if (error := future.exception()) is None:
                yield from zip(batch, future.result(), strict=True)
            elif len(batch) == 1:
                yield batch[0], error
            else:
                waiting.extendleft([one] for one in reversed(batch))


def how_it_ended(error: BaseException) -> tuple[str, str]:
    """What a worker met that did not live to tell of it, and in words: "… died with exit code -6"."""
    if isinstance(error, ProcessExpired):
        if error.exitcode == -signal.SIGALRM:
            return TIMED_OUT, "did not end in the time that a file of this size may take"
        return CRASHED, f"died with exit code {error.exitcode}"
    if isinstance(error, TimeoutError):
        return CRASHED, "ended its process"
    if isinstance(error, MemoryError):
        return TOO_LARGE, "takes more memory than a worker may have"
    return FAILED, f"{type(error).__name__}: {error}"
