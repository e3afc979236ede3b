"""What a run that failed ends with."""

import os
from pathlib import Path

import pytest

from workflow_scripts.run.failures import FailedJob, failures_text


def check(shard: int) -> FailedJob:
    return FailedJob("check", ("clips", f"{shard:04d}"), (f"logs/shard={shard:04d}.log",))


def test_jobs_are_named_in_order_and_counted_beyond_twenty() -> None:
    lines = failures_text([check(shard) for shard in reversed(range(25))], since=0).splitlines()
    assert lines[0] == "25 jobs failed:"
    assert lines[1] == "  check clips 0000: logs/shard=0000.log"
    assert lines[20:22] == ["  check clips 0019: logs/shard=0019.log", "  … and 5 more"]
    assert len(lines) == 23


def test_a_job_without_wildcards_is_called_by_its_rule() -> None:
    assert "\n  build_catalogue: logs/build_catalogue.log\n" in failures_text(
        [FailedJob("build_catalogue", (), ("logs/build_catalogue.log",))], since=0
    )


def test_slurms_log_of_the_last_attempt_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(".snakemake/slurm_logs/rule_check/clips_0007")
    folder.mkdir(parents=True)
    for number, time in (("9", 300), ("10", 500), ("11", 100)):
        (folder / f"{number}.log").touch()
        os.utime(folder / f"{number}.log", (time, time))
    assert f"  check clips 0007: logs/shard=0007.log, {folder}/10.log\n" in failures_text([check(7)], since=450)
    assert "  check clips 0007: logs/shard=0007.log\n" in failures_text([check(7)], since=501), "of an earlier run"
