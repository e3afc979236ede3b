"""What the jobs of a run asked for and used: `make usage`, or `python -m workflow_scripts.run.usage [RESULTS]`.

Told from the benchmark files that Snakemake writes.
"""

import json
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.progress.words import duration
from workflow_scripts.run.run_file import RunFile, read_run_file
from workflow_scripts.run.shards import scanned_shards
from workflow_scripts.settings.places import Places

NOTE = """\
Used: the most that any job of the rule took (cores: all of them together), by the last good job of each shard.
Looked at each half second for 15 s, then each 30 s: of jobs of a few minutes, cores and memory are told too low. On a
cluster each job takes 320 MB more for Snakemake itself."""


@dataclass(frozen=True)
class JobUsage:
    """What one job asked for and used: cores, memory in MB, time in seconds; None where it was too short to be seen."""

    rule: str
    wildcards: dict[str, str]
    cores: int
    memory_asked_mb: int | None
    runtime_s: float | None
    seconds: float
    cpu_seconds: float | None
    memory_mb: float | None


def usage_text(places: Places) -> str:
    """A row a rule: jobs, and cores, memory and time, asked and used.

    Raises:
        SoundledgerError: no run has started there, or no job has ended.
    """
    run = read_run_file(Path(places.run_file))
    all_jobs = map(_read, sorted(Path(places.benchmarks).rglob("*.jsonl")))
    shards = {root: scanned_shards(places, root) or {} for root in run.roots}
    jobs = [job for job in all_jobs if _is_of(run, shards, job.wildcards)]
    if not jobs:
        raise SoundledgerError(
            f"{places.benchmarks}: holds no benchmark of a job. Run the workflow first, "
            "or name its results folder: make usage RESULTS=/scratch/out"
        )
    by_rule: dict[str, list[JobUsage]] = {}
    for job in jobs:
        by_rule.setdefault(job.rule, []).append(job)
    header = ["rule", "jobs", "cores asked", "used", "memory asked", "used", "time asked", "used"]
    rows = [_row(rule, of_rule) for rule, of_rule in sorted(by_rule.items())]
    align = ("left", *("right",) * (len(header) - 1))
    return f"{tabulate(rows, headers=header, tablefmt='simple', colalign=align, disable_numparse=True)}\n\n{NOTE}\n"


def _is_of(run: RunFile, shards: Mapping[str, Collection[str]], wildcards: dict[str, str]) -> bool:
    """Whether a job is of a root, shard and dataset that the run has, not of an earlier one."""
    root, shard, dataset = (wildcards.get(name) for name in ("root", "shard", "dataset"))
    return (
        (root is None or root in run.roots)
        and (root is None or shard is None or shard in shards[root])
        and (dataset is None or dataset in run.datasets)
    )


def _read(file: Path) -> JobUsage:
    """Raises SoundledgerError for a file that is not what Snakemake writes with `benchmark-extended`."""
    try:
        row = json.loads(file.read_text().splitlines()[0])
        resources = row["resources"]
        runtime = resources.get("runtime")
        return JobUsage(
            row["rule_name"],
            dict(row["wildcards"] or {}),
            row["threads"],
            resources.get("mem_mb"),
            None if runtime is None else runtime * 60.0,
            row["s"],
            *(None if row[key] in ("NA", None) else row[key] for key in ("cpu_time", "max_rss")),
        )
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise SoundledgerError(f"{file}: not what Snakemake writes of a job ({error!r}); remove it") from None


def _row(rule: str, jobs: list[JobUsage]) -> list[str]:
    seconds = [job for job in jobs if job.cpu_seconds is not None]
    cores = sum(job.cpu_seconds or 0.0 for job in seconds) / max(sum(job.seconds for job in seconds), 1e-3)
    return [
        rule,
        f"{len(jobs):,}",
        f"{max(job.cores for job in jobs)}",
        f"{cores:.1f}" if seconds else "-",
        _most((job.memory_asked_mb for job in jobs), _megabytes),
        _most((job.memory_mb for job in jobs), _megabytes),
        _most((job.runtime_s for job in jobs), duration),
        _most((job.seconds for job in jobs), duration),
    ]


def _most(amounts: Iterable[float | None], told: Callable[[float], str]) -> str:
    known = [amount for amount in amounts if amount is not None]
    return told(max(known)) if known else "-"


def _megabytes(amount: float) -> str:
    return f"{amount:,.0f} MB"


if __name__ == "__main__":
    try:
        print(usage_text(Places(*sys.argv[1:2] or ["results"])), end="")
    except (SoundledgerError, OSError) as error:
        sys.exit(f"error: {error}")
