"""Checks run in worker processes, as the entry script of rule check does it, from within tests."""

import contextlib
import ctypes
import os
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tests.scans import scanned
from workflow_scripts.check import limits
from workflow_scripts.check.pool import Row
from workflow_scripts.check.shard import check_shard
from workflow_scripts.check.task import Task
from workflow_scripts.media.media import Media
from workflow_scripts.sound.settings import CheckSettings

SETTINGS = CheckSettings("first", 128)
FAR_TOO_MUCH = 64 << 30


def scan_and_check(
    root: Path, results: Path, settings: CheckSettings = SETTINGS, workers: int = 1, images: bool = False
) -> pl.DataFrame:
    """Scan a root into one shard and bring its checks up to date."""
    scanned(root, results / "media", size=1 << 60, images=images)
    output = results / "checks" / "shard=all.parquet"
    media_list, note = results / "media" / "shard=all.parquet", results / "shard=all.json"
    check_shard(media_list, str(root), settings, workers, output, note)
    return pl.read_parquet(output)


def task_of(file: Path) -> Task:
    """The task of examining a file as it is now; of what cannot be looked at as a scan would list it."""
    try:
        seen = file.stat()
    except OSError:
        return Task(Media(str(file), None, 0, 0), None)
    return Task(Media(str(file), None, seen.st_size if file.is_file() else 0, seen.st_mtime_ns), None)


def examined(file: Path) -> Row:
    """The row of one file, examined in this process."""
    from workflow_scripts.check.worker import examine_batch

    return examine_batch([task_of(file)], SETTINGS)[0]


def comparable(row: Row) -> Row:
    """The same row, equal to another one if all of it is."""
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in row.items()}


class HardToSendError(Exception):
    """Can be sent to another process, and not be made again there."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def _raise(error: BaseException) -> None:
    raise error


def _grow() -> None:
    held = []
    while len(held) < FAR_TOO_MUCH >> 24:
        held.append(bytes(1 << 24))


FAULTS: dict[str, Callable[[], Any]] = {
    "segfaults": lambda: ctypes.string_at(0),
    "aborts": os.abort,
    "is_killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exits": lambda: os._exit(3),
    "exits_as_if_well": lambda: os._exit(0),
    "hangs": lambda: time.sleep(600),
    "hangs_with_the_lock": lambda: re.match(r"(a+)+$", 60 * "a" + "b"),
    "takes_memory": lambda: bytearray(FAR_TOO_MUCH),
    "takes_memory_of_numpy": lambda: np.ones(FAR_TOO_MUCH, np.uint8),
    "takes_ever_more_memory": _grow,
    "raises": lambda: _raise(RuntimeError("nobody foresaw this")),
    "raises_what_is_hard_to_send": lambda: _raise(HardToSendError("not", "foreseen")),
    "raises_what_is_no_text": lambda: _raise(RuntimeError("caf\udce9")),
    "raises_the_end": lambda: _raise(SystemExit(0)),
    "raises_an_interrupt": lambda: _raise(KeyboardInterrupt()),
    "raises_the_end_of_an_iterator": lambda: _raise(StopIteration()),
}
"""What a decoder may do, by the name of the file that it does it for."""


def examine_with_culprits(batch: Sequence[Task], settings: CheckSettings, seconds: float = 60) -> list[Row]:
    """Examines a batch with a decoder that is planted: files called after a fault meet it, others are decoded as ever.

    For pool._examine_batch: workers import the function that they are to call, and so may be given another one.
    """
    from workflow_scripts.check import worker
    from workflow_scripts.media.content import file_content
    from workflow_scripts.sound import examine
    from workflow_scripts.sound.decode import open_stream

    names: list[str] = []

    @contextlib.contextmanager
    def noting(media: Media) -> Iterator[Any]:
        names.append(Path(media.path).stem.rstrip("0123456789"))
        with file_content(media) as content:
            yield content

    def faulty(content: Any) -> Any:
        FAULTS.get(names[-1], bool)()
        return open_stream(content)

    limits.SECONDS_A_FILE = seconds  # type: ignore[assignment]
    worker.file_content, examine.open_stream = noting, faulty
    return worker.examine_batch(batch, settings)


def examine_with_little(batch: Sequence[Task], settings: CheckSettings, memory: int, seconds: float) -> list[Row]:
    """Examines a batch with so many bytes of memory more than the worker has, and so long for each file.

    For pool._examine_batch, as above.
    """
    from workflow_scripts.check import worker
    from workflow_scripts.workers import limits as worker_limits

    limits.SECONDS_A_FILE, limits.SECONDS_A_MEGABYTE = seconds, 0  # type: ignore[assignment]
    import_module("av")  # what it takes by itself is not the media's
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (min(hard, worker_limits._address_space() + memory), hard))
    return worker.examine_batch(batch, settings)


def tell_of_threads(batch: Sequence[Task], settings: CheckSettings) -> list[Row]:
    """How many threads the worker has when it starts, and when a product has been made that is worth several."""
    before = len(os.listdir("/proc/self/task"))
    square = np.ones((1000, 1000), np.float32)
    np.matmul(square, square)
    return [{"load_ok": True, "threads_before": before, "threads": len(os.listdir("/proc/self/task"))} for _ in batch]


def examine_what_changes(batch: Sequence[Task], settings: CheckSettings, in_memory: bool = True) -> list[Row]:
    """Examines a batch of files of which some are changed by somebody else when they have just been opened.

    For pool._examine_batch, as above. What is not read into memory at once is read when it has been changed.
    """
    from workflow_scripts.check import worker
    from workflow_scripts.media import content
    from workflow_scripts.media.content import file_content

    @contextlib.contextmanager
    def changing(media: Media) -> Iterator[Any]:
        with file_content(media) as held:
            CHANGES.get(Path(media.path).stem, bool)(Path(media.path))
            yield held

    if not in_memory:
        content.IN_MEMORY_BYTES = 0  # type: ignore[assignment]
    worker.file_content = changing
    return worker.examine_batch(batch, settings)


def _replace(file: Path) -> None:
    other = file.with_suffix(".new")
    other.write_bytes(file.read_bytes())
    os.replace(other, file)


def _append(file: Path) -> None:
    with file.open("ab") as end:
        end.write(bytes(100))


CHANGES: dict[str, Callable[[Path], Any]] = {
    "is_deleted": os.unlink,
    "is_replaced": _replace,
    "grows": _append,
    "is_cut": lambda file: os.truncate(file, 1000),
    "is_touched": lambda file: os.utime(file, ns=(5, 5)),
}
"""What may happen to a file while it is read, by its name."""
