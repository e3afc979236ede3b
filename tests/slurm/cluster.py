"""A Slurm of one node on this machine, and projects whose shards are its jobs."""

import contextlib
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.project import REPOSITORY, Finished, Project

HERE = Path(__file__).parent
BIN = REPOSITORY / ".venv-slurm" / "bin"
CANNOT = 77  # exit code of start.sh where this machine cannot have a Slurm


class NoSlurmError(Exception):
    """Slurm cannot be had here; says why."""


class Cluster:
    """The cluster that start.sh starts in a folder and stop.sh stops."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> None:
        if not (BIN / "snakemake").exists():
            raise NoSlurmError("needs Snakemake with its executor for Slurm: make slurm")
        done = self._script("start.sh")
        if done.returncode == CANNOT:
            raise NoSlurmError(done.stderr.strip())
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        done = self._script("stop.sh")
        assert done.returncode == 0, done.stderr

    def stop_controller(self) -> None:
        """Take slurmctld away; jobs go on."""
        pid = int((self.folder / "run" / "slurmctld.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        while os.path.exists(f"/proc/{pid}"):
            time.sleep(0.1)

    def start_controller(self) -> None:
        subprocess.run(["slurmctld"], stdin=subprocess.DEVNULL, check=True)

    def ended(self) -> dict[str, dict[str, str]]:
        """What Slurm's log of ended jobs says of each, by its number: StartTime, EndTime, JobState and more."""
        lines = [dict(part.split("=", 1) for part in line.split() if "=" in part) for line in _lines(self._log)]
        return {line["JobId"]: line for line in lines}

    def jobs(self) -> Counter[str]:
        """How many jobs this cluster was ever given, by the state that they are in or ended in."""
        states = subprocess.run(
            ["squeue", "--noheader", "--states=all", "--format=%i %T"], capture_output=True, text=True, check=True
        ).stdout
        ended = {number: job["JobState"] for number, job in self.ended().items()}
        return Counter((ended | dict(line.split() for line in states.splitlines())).values())

    @property
    def _log(self) -> Path:
        return self.folder / "log" / "jobs.txt"

    def _script(self, name: str) -> "subprocess.CompletedProcess[str]":
        # A daemon would hold a pipe open for as long as it lives: what the script says goes through a file.
        said = self.folder.with_name(f"{self.folder.name}.{name}.log")
        with said.open("w") as log:
            done = subprocess.run(
                [HERE / name, self.folder],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=300,
                check=False,
            )
        return subprocess.CompletedProcess(done.args, done.returncode, "", said.read_text())


class SlurmProject(Project):
    """A project that is run as users run it on a cluster, but for a status check each second."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.profile = "slurm"
        (folder / "slurm").symlink_to("profiles/slurm")

    @property
    def bin(self) -> Path:
        return BIN

    def command(self, *arguments: str) -> list[str]:
        return [
            str(self.bin / "snakemake"),
            *("--profile", self.profile),
            *("--slurm-init-seconds-before-status-checks", "2"),
            *("--max-status-checks-per-second", "1"),
            *arguments,
        ]

    def local(self) -> Project:
        """The same project, for runs on this machine alone."""
        return Project(self.folder)

    def jobs(self) -> list["Job"]:
        """The jobs that were ever submitted from here and that Slurm still knows, in their order."""
        asked = ["squeue", "--noheader", "--states=all", "--sort=i", "--format=%i|%j|%T|%m|%l|%k|%Z"]
        lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
        return [Job(*line.split("|")[:-1]) for line in lines if line.endswith(f"|{self.folder}")]

    def run_in_background(self, *arguments: str) -> "BackgroundRun":
        return BackgroundRun(self, arguments)


@dataclass
class Job:
    """A job as squeue tells it."""

    number: str
    run: str
    state: str
    memory: str
    time_limit: str
    comment: str

    @property
    def shard(self) -> str:
        return self.comment.rpartition("_")[2]

    def pids(self) -> list[int]:
        """The processes of its step: Snakemake's second self and the check; none before it has begun."""
        told = subprocess.run(["scontrol", "listpids", self.number], capture_output=True, text=True, check=False).stdout
        rows = [line.split() for line in told.splitlines()[1:]]
        return [int(row[0]) for row in rows if row[2] == "0" and row[0] != "-1"]

    def signal(self, number: signal.Signals) -> None:
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


class BackgroundRun:
    """A snakemake that runs while the test goes on."""

    def __init__(self, project: SlurmProject, arguments: tuple[str, ...]) -> None:
        self.log = project.folder.with_name(f"{project.folder.name}.run.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                project.command(*arguments),
                cwd=project.folder,
                env=project.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=interruptible,
            )

    def until(self, condition: Callable[[], object], seconds: float = 120) -> None:
        """Wait for a condition; the run must not end before."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, f"the run ended first:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"waited {seconds} s in vain:\n{self.log.read_text()}"
            time.sleep(0.2)

    def end(self, expect: int = 0, seconds: float = 400) -> Finished:
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise AssertionError(f"not ended after {seconds} s:\n{self.log.read_text()}") from None
        assert code == expect, self.log.read_text()
        return Finished(self.log.read_text(), code)


def interruptible() -> None:
    """Have Ctrl-C do what it does on a terminal: what was started in the background ignores it, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if os.path.exists(file) else []
