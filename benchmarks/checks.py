"""The check of a shard as a command to be measured, and what it is measured against."""

import itertools
import statistics
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import TypeVar

from benchmarks.processes import OWN_VENV, Measured, measure
from benchmarks.workflow import CHECKOUT, VENV

WORKERS = 2

Job = Callable[[], Measured]
Name = TypeVar("Name", bound=Hashable)


def check_of(root: Path | str, folder: Path, workers: int = WORKERS) -> Job:
    """Our whole check of a root in one shard, from the command's start to the Parquet file on disk.

    The root is scanned here, once. Each run has an output of its own: with an earlier one nothing would be decoded.
    """
    lists = folder / "scan" / "media"
    run_python("looks", "scan", root, lists)()
    numbers = itertools.count()

    def check() -> Measured:
        output = folder / f"run{next(numbers)}" / "checks" / "shard=all.parquet"
        output.parent.mkdir(parents=True)
        return run_python("one_check", lists / "shard=all.parquet", root, workers, output)()

    return check


def by_turns(jobs: Mapping[Name, Job], repeats: int) -> dict[Name, list[Measured]]:
    """Run the jobs one after the other, and that so many times: a slow minute of the machine slows all of them."""
    runs: dict[Name, list[Measured]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            runs[name].append(job())
    return runs


def medians(runs: Mapping[Name, list[Measured]], figure: str) -> dict[Name, float]:
    """The median over the runs of each job of one figure of Measured."""
    return {name: statistics.median(getattr(run, figure) for run in some) for name, some in runs.items()}


def rival(name: str, root: Path, *arguments: object) -> Job:
    """Another way over the same root; in the venv of the benchmarks, which has what it needs."""
    return run_python(f"rivals.{name}", root, *arguments, venv=OWN_VENV)


def run_python(module: str, *arguments: object, venv: Path = VENV) -> Job:
    """A module of this package as a command."""
    command = ["python", "-m", f"benchmarks.{module}", *map(str, arguments)]
    return lambda: measure(command, CHECKOUT, venv)
