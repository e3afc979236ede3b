"""What failed for good in a run, and how to go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workflow_scripts.errors import as_text

SLURM_LOGS = Path(".snakemake/slurm_logs")
SHOWN = 20
SHOWN_LINES = 6
"""Of the words that a job ended with: what is wrong, and the first lines of a list."""
ERROR = " ERROR "
"""How a log marks them (entry.logged)."""


@dataclass(frozen=True)
class FailedJob:
    """A job that failed and will not be tried again in this run.

    Attributes:
        rule: its name.
        wildcards: their values, in the rule's order.
        logs: its log files.
    """

    rule: str
    wildcards: tuple[str, ...]
    logs: tuple[str, ...]


def failures_text(jobs: Iterable[FailedJob], since: float) -> str:
    """Each job with its logs and the words that it ended with, at most 20 of them, and what to do.

    Args:
        jobs: what failed.
        since: when the run started, seconds since the epoch; logs of earlier runs tell nothing of it.

    >>> print(failures_text([FailedJob("check", ("clips-1234", "0007"), ("logs/check/clips-1234/shard=0007.log",))], 0))
    1 job failed:
      check clips-1234 0007: logs/check/clips-1234/shard=0007.log
    What all others did is kept. Mend the cause and run the same command again: only what is missing is done.
    """
    failed = sorted(jobs, key=lambda job: (job.rule, job.wildcards))
    lines = [line for job in failed[:SHOWN] for line in (_named(job, since), *_cause(job, since))]
    more = [f"  … and {len(failed) - SHOWN:,} more"] if len(failed) > SHOWN else []
    return "\n".join(
        [
            f"{len(failed):,} job{'' if len(failed) == 1 else 's'} failed:",
            *lines,
            *more,
            "What all others did is kept. Mend the cause and run the same command again: only what is missing is done.",
        ]
    )


def last_error(log: str) -> str:
    """The words that an entry script ended with, from its rule's log (entry.logged)."""
    return Path(log).read_text(encoding="utf-8", errors="replace").rpartition(ERROR)[2].strip()


def _named(job: FailedJob, since: float) -> str:
    return f"  {' '.join([job.rule, *job.wildcards])}: {', '.join(_logs(job, since))}"


def _cause(job: FailedJob, since: float) -> list[str]:
    """The words that its script ended with, of a traceback the last; none where it was killed, or never began."""
    logs = [log for log in map(Path, job.logs) if log.is_file() and log.stat().st_mtime >= since]
    if not logs or ERROR not in logs[0].read_text(encoding="utf-8", errors="replace"):
        return []
    lines = as_text(last_error(str(logs[0]))).splitlines()
    return [f"    {line}" for line in (lines[-1:] if lines[0].startswith("Traceback") else lines[:SHOWN_LINES])]


def _logs(job: FailedJob, since: float) -> Sequence[str]:
    """Its own logs, and Slurm's of its last attempt, which tells of a job that was killed, or never began."""
    of_slurm = (SLURM_LOGS / f"rule_{job.rule}" / "_".join(job.wildcards)).glob("*.log")
    of_run = [log for log in of_slurm if log.stat().st_mtime >= since]
    last = max(of_run, key=lambda log: log.stat().st_mtime_ns, default=None)
    return [*job.logs, *([str(last)] if last else [])]
