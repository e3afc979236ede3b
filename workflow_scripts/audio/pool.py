"""Many media at once, in worker processes that may crash or hang without harm to any media but the culprit."""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError
from dataclasses import dataclass
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from workflow_scripts.audio.settings import CheckSettings

BATCH = 16
"""Media handed to a worker at once, at most; a batch in which a worker dies is done again one by one."""
SECONDS_A_FILE = 60
SECONDS_A_MEGABYTE = 1


@dataclass(frozen=True)
class Task:
    """One media to examine: where it lies, its size, and the digest of its bytes if it was checked before."""

    path: str
    bytes: int
    known_digest: str | None


def examine_all(tasks: Sequence[Task], settings: CheckSettings, workers: int) -> Iterator[dict[str, object]]:
    """Examine media in worker processes; rows come in the order of the tasks.

    A media whose worker dies gives a row of error_kind `crashed`, one whose worker takes too long `timed_out`.
    """
    size = max(1, min(BATCH, -(-len(tasks) // workers)))
    batches = [tasks[start : start + size] for start in range(0, len(tasks), size)]
    with _pool(min(workers, max(1, len(batches)))) as pool:
        futures = [_submit(pool, batch, settings) for batch in batches]
        for batch, future in zip(batches, futures, strict=True):
            try:
                yield from future.result()
            except Exception:  # noqa: BLE001  whatever ended the batch: its culprit is found one by one
                for task in batch:
                    yield _examine_alone(pool, task, settings)


def _examine_alone(pool: ProcessPool, task: Task, settings: CheckSettings) -> dict[str, object]:
    try:
        return _submit(pool, [task], settings).result()[0]
    except ProcessExpired as error:
        return _lost("crashed", f"the decoder died with exit code {error.exitcode}")
    except TimeoutError:
        return _lost("timed_out", f"not done after {_timeout([task]):,.0f} s")
    except MemoryError:
        return _lost("too_large", "checking it takes more memory than a worker may have")
    except Exception as error:  # noqa: BLE001  a bad file is a row, not an accident
        return _lost("check_failed", f"{type(error).__name__}: {error}")


def _lost(kind: str, words: str) -> dict[str, object]:
    return {"load_ok": False, "error_kind": kind, "error": words}


def _submit(
    pool: ProcessPool, batch: Sequence[Task], settings: CheckSettings
) -> "ProcessFuture[list[dict[str, object]]]":
    return pool.schedule(_examine_batch, args=(batch, settings), timeout=_timeout(batch))


def _timeout(batch: Sequence[Task]) -> float:
    return sum(SECONDS_A_FILE + SECONDS_A_MEGABYTE * task.bytes / 1e6 for task in batch)


def _examine_batch(batch: Sequence[Task], settings: CheckSettings) -> list[dict[str, object]]:
    from workflow_scripts.audio.examine import examine

    return [examine(task.path, task.known_digest, settings) for task in batch]


def _pool(workers: int) -> ProcessPool:
    """A pool whose workers are forked from a server that has torch imported already, while this process goes on.

    The server needs to find the project's packages, and must not run the entry script again, which is __main__ here.
    """
    packages = str(Path(__file__).resolve().parents[2])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [packages, os.environ.get("PYTHONPATH")]))
    if hasattr(sys.modules["__main__"], "__file__"):
        del sys.modules["__main__"].__file__
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["workflow_scripts.audio.worker"])
    return ProcessPool(max_workers=workers, context=context, initializer=_start_worker)


def _start_worker() -> None:
    from workflow_scripts.audio import worker

    worker.start()
