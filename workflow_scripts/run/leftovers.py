"""Jobs that a killed Snakemake left in Slurm: they go on, and write the same files as the next run."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from workflow_scripts.errors import SoundledgerError, first_twenty

ASK_EVERY_S = 10.0
TELL_EVERY_S = 300.0


@dataclass(frozen=True)
class Job:
    """A job in Slurm's queue.

    Attributes:
        number: its id.
        run: its name, which all jobs of one run have in common.
    """

    number: str
    run: str


def wait_for_leftovers(folder: str, comments: re.Pattern[str]) -> None:
    """Return when no job of an earlier run is left that makes what this run makes; tell of them on stderr meanwhile.

    They are waited for, not cancelled: what they decode is kept, and this run's job of the same shard will find it.
    Only who holds Snakemake's lock may call this, or it would wait for the jobs of a run that is alive.

    Args:
        folder: the working folder, which jobs of this run are submitted from.
        comments: of the jobs that this run may submit.

    Raises:
        SoundledgerError: Slurm does not say what is in its queue.
    """
    left = queued_jobs(folder, comments)
    if not left:
        return
    runs = sorted({job.run for job in left})
    told = 0.0
    while left:
        if not told or time.monotonic() - told >= TELL_EVERY_S:
            told = time.monotonic()
            _tell(_waiting(left))
        time.sleep(ASK_EVERY_S)
        with contextlib.suppress(SoundledgerError):  # no answer is no end
            left = queued_jobs(folder, comments, runs)
    _tell("The jobs of the earlier run have ended.")


def cancel_rest(folder: str, comments: re.Pattern[str]) -> None:
    """Cancel what is in the queue at the end of a run that did not get through; only who holds the lock may call this.

    Ctrl-C has Snakemake cancel the jobs that it knows of. Those that it was about to submit, or was just asking Slurm
    about, are not among them. At any other end there are none.

    Args:
        folder: the working folder, which jobs of this run are submitted from.
        comments: of the jobs that this run may submit.
    """
    try:
        rest = [job.number for job in queued_jobs(folder, comments)]
    except SoundledgerError:
        _tell("Slurm does not answer. Jobs may be left in its queue; the next run will wait for them.")
        return
    if rest:
        subprocess.run(["scancel", *rest], check=False)


def queued_jobs(folder: str, comments: re.Pattern[str], runs: Iterable[str] = ()) -> list[Job]:
    """Jobs that wait or run, were submitted from a folder, and have one of these comments.

    Args:
        folder: where they were submitted.
        comments: what they do.
        runs: ask for their jobs alone, and not for the queue of the whole site.

    Raises:
        SoundledgerError: Slurm does not say.
    """
    names = [f"--name={','.join(runs)}"] if runs else []
    command = ["squeue", "--noheader", "--format=%i|%j|%k|%Z", *names]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False, errors="surrogateescape")
    except FileNotFoundError:
        return []  # no Slurm is reached from here
    if asked.returncode:
        raise SoundledgerError(
            f"{' '.join(command)}: {asked.stderr.strip() or asked.returncode}. Jobs of an earlier run may still be at "
            "work on the same shards. Start again when Slurm answers"
        )
    rows = [line.split("|", 3) for line in asked.stdout.split("\n")]
    ours = [row for row in rows if row[3:] == [folder] and comments.fullmatch(row[2])]
    return [Job(number, run) for number, run, *_ in ours]


def _waiting(left: list[Job]) -> str:
    one = len(left) == 1
    return (
        f"{len(left):,} job{'' if one else 's'} of an earlier run {'is' if one else 'are'} still in Slurm's queue: "
        f"{first_twenty([job.number for job in left])}. Waiting for {'it' if one else 'them'}; what "
        f"{'it decodes' if one else 'they decode'} is kept. To drop that: "
        f"{'; '.join(f'scancel --name={run}' for run in sorted({job.run for job in left}))}"
    )


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
