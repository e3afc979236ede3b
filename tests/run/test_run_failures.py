"""What a run that failed ends with."""

import os
from pathlib import Path

import pytest

from workflow_scripts.run.failures import FailedJob, failures_text


def check(shard: int) -> FailedJob:
    return FailedJob("check", ("clips", f"{shard:05b}"), (f"logs/shard={shard:05b}.log",))


def test_jobs_are_named_in_order_and_counted_beyond_twenty() -> None:
    lines = failures_text([check(shard) for shard in reversed(range(25))], since=0).splitlines()
    assert lines[0] == "25 jobs failed:"
    assert lines[1] == "  check clips 00000: logs/shard=00000.log"
    assert lines[20:22] == ["  check clips 10011: logs/shard=10011.log", "  … and 5 more"]
    assert len(lines) == 23


def test_a_job_without_wildcards_is_called_by_its_rule() -> None:
    assert "\n  build_catalogue: logs/build_catalogue.log\n" in failures_text(
        [FailedJob("build_catalogue", (), ("logs/build_catalogue.log",))], since=0
    )


def test_slurms_log_of_the_last_attempt_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(".snakemake/slurm_logs/rule_check/clips_00111")
    folder.mkdir(parents=True)
    for number, time in (("9", 300), ("10", 500), ("11", 100)):
        (folder / f"{number}.log").touch()
        os.utime(folder / f"{number}.log", (time, time))
    assert f"  check clips 00111: logs/shard=00111.log, {folder}/10.log\n" in failures_text([check(7)], since=450)
    assert "  check clips 00111: logs/shard=00111.log\n" in failures_text([check(7)], since=501), "of an earlier run"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("a.csv: no list. Its first lines:\n  a b\n  c d", ["a.csv: no list. Its first lines:", "  a b", "  c d"]),
        ("Traceback (most recent call last):\n  File\nKeyError: 'x'", ["KeyError: 'x'"]),
        ("\n".join(map(str, range(50))), ["0", "1", "2", "3", "4", "5"]),
    ],
)
def test_a_job_is_named_with_the_words_that_it_ended_with(tmp_path: Path, words: str, told: list[str]) -> None:
    log = tmp_path / "mine.log"
    log.write_text(f"2026-01-01 00:00:00,000 INFO begun\n2026-01-01 00:00:01,000 ERROR {words}\n")
    os.utime(log, (400, 400))
    job = FailedJob("ingest", ("mine",), (str(log),))
    lines = failures_text([job], since=300).splitlines()
    assert lines[1:-1] == [f"  ingest mine: {log}", *(f"    {line}" for line in told)]
    assert len(failures_text([job], since=401).splitlines()) == 3, "of an earlier run"


def test_a_job_that_was_killed_is_named_with_its_log_alone(tmp_path: Path) -> None:
    log = tmp_path / "mine.log"
    log.write_text("2026-01-01 00:00:00,000 INFO begun\n")
    assert len(failures_text([FailedJob("ingest", ("mine",), (str(log),))], since=0).splitlines()) == 3
