"""`make status` of real runs: before, in the middle and after."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import REPOSITORY, Project


def status(project: Project) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "workflow_scripts.run.status"],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def cells(text: str, root: str) -> list[str]:
    (row,) = re.findall(rf"^sample +{root}  +(.*)$", text, re.MULTILINE)
    return re.split(r"  +", row.strip())


def test_a_run_that_is_done_has_checked_every_file(sample_project: Project) -> None:
    done = status(sample_project)
    assert (done.returncode, done.stderr) == (0, "")
    ((media, faults),) = sample_project.ask("SELECT count(*), count(error_kind) FROM checks")
    shards = len(list((sample_project.folder / "results" / "audio").glob("*/checks/shard=*.parquet")))
    roots = [folder.name for folder in (sample_project.folder / "results" / "audio").iterdir()]
    assert cells(done.stdout, f"all {len(roots)}") == [
        f"{shards} of {shards}",
        f"{media} of {media}",
        str(faults),
        "-",
        "done",
    ]
    for root in roots:
        assert cells(done.stdout, root)[-1] == "done"
    kinds = sample_project.ask("SELECT error_kind, count(*) FROM checks WHERE error_kind IS NOT NULL GROUP BY ALL")
    assert kinds
    for kind, files in kinds:
        assert re.search(rf"^sample +{kind} +{files}$", done.stdout, re.MULTILINE)


def test_make_status_prints_that_and_nothing_else(sample_project: Project) -> None:
    results = sample_project.folder / "results"
    done = subprocess.run(
        ["make", "--no-print-directory", "-C", str(REPOSITORY), "status", f"RESULTS={results}"],
        env=sample_project.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{results}: the last run started ")
    assert done.stdout.splitlines()[1:] == status(sample_project).stdout.splitlines()[1:]


def test_every_check_leaves_a_note_that_it_finished(sample_project: Project) -> None:
    logs = sample_project.folder / "results" / "logs" / "check"
    notes = {note.relative_to(logs): note.read_text() for note in logs.glob("*/shard=*.progress.json")}
    assert [name for name, said in notes.items() if '"state": "finished"' not in said] == []
    media = sum('"done": 0' not in said for said in notes.values())
    assert media > 0


def test_a_dry_run_starts_nothing_to_tell_of(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.run("--dry-run")
    assert not (project.folder / "results" / "run.json").exists()
    assert status(project).returncode == 1
    assert "run.json: no such file" in status(project).stderr


@pytest.mark.slow
def test_status_can_be_asked_at_any_moment_of_a_run(tmp_path: Path) -> None:
    project = Project(tmp_path)
    process = project.start()
    told = []
    while process.poll() is None:
        started = (project.folder / "results" / "run.json").exists()
        asked = status(project)
        assert asked.returncode == 0 or not started, asked.stderr
        assert "Traceback" not in asked.stderr
        told += [asked.stdout] if asked.returncode == 0 else []
    assert process.returncode == 0
    told.append(status(project).stdout)
    progress = [cells(text, r"all \d+") for text in told]
    assert progress[0][-1] == "unknown"
    assert progress[-1][-1] == "done"
    done = [0 if shards == "-" else int(shards.split()[0]) for shards, *_ in progress]  # - before the scans
    assert done == sorted(done)
    assert not re.search(r"\d stopped", "".join(told))
