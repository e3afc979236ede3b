"""All or nothing: SIGKILL at any moment, then the same command, ends in the same bytes (promise 5)."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.project import Project

KILLS = 30
pytestmark = pytest.mark.slow


def small_project(folder: Path) -> Project:
    """The sample's labels with the fewest of its sounds that have every stage do something."""
    project = Project(folder)
    mine = project.own_sample("clips", files_per_shard=40)
    shutil.rmtree(mine / "audio" / "clips" / "unbalanced_train")
    return project


def test_thirty_kills_at_random_moments_end_in_the_same_bytes(tmp_path: Path) -> None:
    """Kill Snakemake, alone or with all its jobs, unlock, go on; whenever a run gets through, start from nothing."""
    project = small_project(tmp_path)
    started = time.monotonic()
    project.run()
    whole_run = time.monotonic() - started
    undisturbed = project.digests()
    assert len(undisturbed) > 15

    moments = random.Random(20261121)
    killed = finished = 0
    while killed < KILLS:
        process = project.start()
        try:
            process.wait(timeout=moments.uniform(0.1, 0.6) * whole_run)  # the next begins where this one was killed
        except subprocess.TimeoutExpired:
            kill(process, with_jobs=moments.random() < 0.7)
            killed += 1
            assert_nothing_is_half_written(project, undisturbed)
        else:
            assert process.returncode == 0, project.told.read_text()
            finished += 1
            assert project.digests() == undisturbed
            project.forget()
        unlock(project)
    project.run()
    assert project.digests() == undisturbed
    assert project.run().jobs == {}
    assert not list((project.folder / "results").rglob("*.part"))


def kill(process: "subprocess.Popen[bytes]", with_jobs: bool) -> None:
    (os.killpg if with_jobs else os.kill)(process.pid, signal.SIGKILL)
    process.wait()


def assert_nothing_is_half_written(project: Project, undisturbed: dict[str, str]) -> None:
    """What stands under a final name has the bytes that it has in the end."""
    for path, digest in project.digests().items():
        assert digest == undisturbed[path], path


def unlock(project: Project) -> None:
    """What `snakemake --unlock` does; thirty starts of Snakemake would take a minute."""
    shutil.rmtree(project.folder / ".snakemake" / "locks", ignore_errors=True)
