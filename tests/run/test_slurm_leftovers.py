"""Jobs that an earlier run left in a real Slurm's queue are found by folder and shard."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster
from workflow_scripts.run.leftovers import queued_jobs, wait_for_leftovers

COMMENTS = re.compile("rule_check_wildcards_a_0001")
pytestmark = pytest.mark.slurm


def submit(folder: Path, comment: str, seconds: int, *options: str) -> str:
    command = ["sbatch", "--parsable", "--output=/dev/null", f"--chdir={folder}", f"--comment={comment}"]
    done = subprocess.run([*command, *options, f"--wrap=sleep {seconds}"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_jobs_of_this_folder_and_these_shards_are_found_waiting_or_running(tmp_path: Path, slurm: Cluster) -> None:
    here, there = tmp_path / "with blank | and bar", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    mine = [submit(here, "rule_check_wildcards_a_0001", 60), submit(here, "rule_check_wildcards_a_0002", 60, "--hold")]
    submit(there, "rule_check_wildcards_a_0001", 60)
    submit(here, "rule_check_wildcards_b_0001", 60)
    comments = re.compile("rule_check_wildcards_a_.*")
    try:
        assert sorted(job.number for job in queued_jobs(str(here), comments)) == sorted(mine)
        assert queued_jobs(str(tmp_path), comments) == []
    finally:
        subprocess.run(["scancel", "--user=root"], check=True)


def test_what_is_left_is_waited_for_and_named(
    tmp_path: Path, slurm: Cluster, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow_scripts.run.leftovers.ASK_EVERY_S", 0.5)
    number = submit(tmp_path, "rule_check_wildcards_a_0001", 3, "--job-name=soundledger_1")
    wait_for_leftovers(str(tmp_path), COMMENTS)
    assert not queued_jobs(str(tmp_path), COMMENTS)
    assert capfd.readouterr().err == (
        f"1 job of an earlier run is still in Slurm's queue: {number}. Waiting for it; what it decodes is kept. "
        "To drop that: scancel --name=soundledger_1\nThe jobs of the earlier run have ended.\n"
    )


def test_nothing_left_is_no_word(tmp_path: Path, slurm: Cluster, capfd: pytest.CaptureFixture[str]) -> None:
    wait_for_leftovers(str(tmp_path), COMMENTS)
    assert capfd.readouterr().err == ""


def test_without_slurm_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert queued_jobs(str(tmp_path), COMMENTS) == []
