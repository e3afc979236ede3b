"""A Slurm of one node on this machine, and projects whose shards are its jobs."""

import os
import subprocess
from collections import Counter
from pathlib import Path

from tests.project import REPOSITORY, Project

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

    def jobs(self) -> Counter[str]:
        """How many jobs this cluster was ever given, by the state that they are in or ended in."""
        states = subprocess.run(
            ["squeue", "--noheader", "--states=all", "--format=%i %T"], capture_output=True, text=True, check=True
        ).stdout
        by_id = dict(line.split() for line in self._ended() + states.splitlines())
        return Counter(by_id.values())

    def _ended(self) -> list[str]:
        """Id and state of the jobs that ended, also of those that squeue no longer knows."""
        log = self.folder / "log" / "jobs.txt"
        lines = [dict(part.split("=", 1) for part in line.split() if "=" in part) for line in _lines(log)]
        return [f"{line['JobId']} {line['JobState']}" for line in lines]

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
        same = object.__new__(Project)
        same.folder = self.folder
        return same


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if os.path.exists(file) else []
