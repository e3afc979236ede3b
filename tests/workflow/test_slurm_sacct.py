"""The profile's sacct answers the plugin's questions on a cluster without an accounting database."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.slurm.cluster import BIN, Cluster

STAND_IN = Path(__file__).resolve().parents[2] / "profiles" / "slurm" / "bin"
pytestmark = pytest.mark.slurm


def ask(command: str, path: str = os.environ["PATH"]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        shlex.split(command),
        env=os.environ | {"PATH": f"{STAND_IN}:{path}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def a_job(name: str, script: str) -> str:
    """Submit a job, wait for its end, return its number."""
    command = ["sbatch", "--parsable", "--wait", "--output=/dev/null", f"--job-name={name}", f"--wrap={script}"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def test_states_of_jobs_by_name(slurm: Cluster) -> None:
    good, bad = a_job("of-this-run", "true"), a_job("of-this-run", "false")
    a_job("of-another", "true")
    plugin = "from snakemake_executor_plugin_slurm.job_status_query import query_job_status_sacct as query"
    command = [BIN / "python", "-c", f"{plugin}; print(query('of-this-run'))"]
    question = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    answer = ask(question)
    assert sorted(answer.stdout.splitlines()) == sorted([f"{good}|COMPLETED", f"{bad}|FAILED"])
    assert (answer.returncode, answer.stderr) == (0, "")


def test_why_a_job_failed(slurm: Cluster) -> None:
    job = a_job("failing", "exit 3")
    assert ask(f"sacct -j {job}.0 --format=Reason --noheader").stdout == "NonZeroExitCode\n"
    further = ask(f"sacct -j {job}.1 --format=Reason --noheader")
    assert (further.stdout, further.returncode) == ("", 0)


def test_a_question_that_squeue_cannot_answer_is_an_error(slurm: Cluster) -> None:
    answer = ask("sacct --format=MaxRSS")
    assert answer.returncode == 1
    assert "no accounting database" in answer.stderr


def test_an_accounting_database_is_asked_where_there_is_one(tmp_path: Path) -> None:
    """A site's own sacct gives its answer or its error unchanged."""
    own = tmp_path / "sacct"
    own.write_text('#!/bin/sh\necho "answer to $*"; echo oops >&2; exit 4\n')
    own.chmod(0o755)
    answer = ask("sacct -X --name x", f"{tmp_path}:{os.environ['PATH']}")
    assert (answer.stdout, answer.stderr, answer.returncode) == ("answer to -X --name x\n", "oops\n", 4)
