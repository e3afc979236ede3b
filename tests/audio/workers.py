"""Checks run in worker processes, as the entry script of rule check does it, from within tests."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from workflow_scripts.audio.pool import Task
from workflow_scripts.audio.scan import scan_root
from workflow_scripts.audio.settings import CheckSettings
from workflow_scripts.audio.shard import check_shard

SETTINGS = CheckSettings("first", 128)


@contextlib.contextmanager
def process_as_before() -> Iterator[None]:
    """The pool prepares the process of an entry script for its workers; a process of tests goes on afterwards."""
    main = sys.modules["__main__"]
    path, file = os.environ.get("PYTHONPATH"), getattr(main, "__file__", None)
    try:
        yield
    finally:
        os.environ.pop("PYTHONPATH", None)
        if path is not None:
            os.environ["PYTHONPATH"] = path
        if file is not None:
            main.__file__ = file


def scan_and_check(root: Path, results: Path, settings: CheckSettings = SETTINGS, workers: int = 1) -> pl.DataFrame:
    """Scan a root into one shard and bring its checks up to date."""
    scan_root(str(root), 1, results / "media")
    output = results / "checks" / "shard=0000.parquet"
    check_shard(results / "media" / "shard=0000.parquet", str(root), settings, workers, output)
    return pl.read_parquet(output)


def examine_with_culprits(batch: Sequence[Task], settings: CheckSettings) -> list[dict[str, object]]:
    """Stands in for the decoder of a worker: files called after a fault have it, others are examined as ever."""
    from workflow_scripts.audio.examine import examine

    rows = []
    for task in batch:
        match Path(task.path).stem:
            case "aborts":
                os.abort()
            case "is_killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                time.sleep(600)
            case "takes_memory":
                bytearray(64 << 30)
            case "raises":
                raise RuntimeError("nobody foresaw this")
        rows.append(examine(task.path, task.known_digest, settings))
    return rows
