"""The workflow as a user runs it, in a folder of its own."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import OWN_VENV, Measured, measure

CHECKOUT = Path(__file__).resolve().parents[1]
PARTS = ("Snakefile", "rules", "config", "profiles", "envs", "workflow_scripts")
USERS_VENV = CHECKOUT / ".venv"
VENV = USERS_VENV if (USERS_VENV / "bin" / "snakemake").exists() else OWN_VENV
"""Where the workflow runs from: what users have, if it is there. Where pandas is installed pandera imports it, in every
job, which costs each half a second that users do not pay."""


class Workflow:
    """A copy of the workflow, so that neither its records nor an edit of the checkout meanwhile come between two runs.

    Attributes:
        folder: where it lies and is run.
        results: its results, taken away by `fresh`.

    Args:
        config: settings of every run, besides.
    """

    def __init__(self, folder: Path, **config: object) -> None:
        self.folder, self._config = folder, config
        self.results = folder / "results"
        folder.mkdir()
        for part in PARTS:
            content = CHECKOUT / part
            (shutil.copytree if content.is_dir() else shutil.copy2)(content, folder / part)

    def fresh(self) -> None:
        """Take away results and Snakemake's records, as if it had never run."""
        for folder in (self.results, self.folder / ".snakemake"):
            shutil.rmtree(folder, ignore_errors=True)

    def snakemake(
        self, dataset: Path, *arguments: str, program: Sequence[str] = ("snakemake",), **config: object
    ) -> Measured:
        """Run Snakemake, or a program that takes its arguments, on two cores over one dataset."""
        settings = {"results": str(self.results), **self._config, **config}
        pairs = [f"datasets={json.dumps([str(dataset)])}", *(f"{key}={value}" for key, value in settings.items())]
        return measure([*program, "--cores", "2", *arguments, "--config", *pairs], self.folder, VENV)

    def jobs(self) -> list["Job"]:
        """What each job's benchmark file says, in the order of their ends."""
        folder = self.results / "benchmarks"
        jobs = [Job.read(file, str(file.relative_to(folder))[: -len(".jsonl")]) for file in folder.rglob("*.jsonl")]
        return sorted(jobs, key=lambda job: job.end)


@dataclass(frozen=True)
class Job:
    """One job of a run: seconds and processor seconds, memory in MB, and when it ended (seconds since 1970)."""

    name: str
    seconds: float
    cpu_seconds: float
    memory_mb: float
    end: float

    @classmethod
    def read(cls, file: Path, name: str) -> "Job":
        """A job as Snakemake's benchmark file tells it; what was too short to be measured is 0."""
        row = json.loads(file.read_text())
        seconds, cpu, memory = (0.0 if row[key] in (None, "NA") else row[key] for key in ("s", "cpu_time", "max_rss"))
        return cls(name, seconds, cpu, memory, file.stat().st_mtime)


def seconds_with_a_job(jobs: list[Job]) -> float:
    """How long at least one job was running."""
    busy, until = 0.0, 0.0
    for job in sorted(jobs, key=lambda job: job.end - job.seconds):
        start = max(job.end - job.seconds, until)
        busy += max(job.end - start, 0.0)
        until = max(until, job.end)
    return busy
