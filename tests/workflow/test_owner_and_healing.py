"""Results have one owner, and come back whole: deleted, moved, or left by a run that was killed."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.project import Project
from workflow_scripts.run.lock import Lock

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("owned"))
    project.own_sample("mirror", files_per_shard=2, name="own", exports=["csv"])
    project.run()
    return project


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of the results, with its inode and the time of its last change."""
    seen = {str(file.relative_to(folder)): file.stat() for file in folder.rglob("*") if file.is_file()}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in seen.items()}


def test_what_was_deleted_comes_back_and_nothing_else_is_done(project: Project) -> None:
    results = project.folder / "results"
    whole = project.digests()
    shutil.rmtree(next(results.glob("audio/*/.published")))
    next(results.glob("audio/*/media/shard=*1.parquet")).unlink()
    next(results.glob(".catalogue/*/own/tables/labels.parquet")).unlink()
    before = files(results).keys()
    asked = project.run("--dry-run").output
    gone = {name for name in before - files(results).keys() if not re.fullmatch(r"audio/[^/]+/media/.*", name)}
    assert gone == {".catalogue/current"}, "a run that is only asked for takes nothing away that users read"
    assert "rule build_catalogue" in asked
    jobs = project.run().jobs
    assert jobs.keys() - {"export", "losses"} == {"scan", "build_catalogue", "all"}, "what is cheap may follow a scan"
    assert project.digests() == whole
    assert project.ask("SELECT count(*) > 0 FROM labels") == [(True,)]
    assert project.run().jobs == {}


def test_results_that_were_moved_work_again_and_nothing_is_decoded(project: Project) -> None:
    [(clips,)] = project.ask("SELECT count(*) FROM clips")
    digests = project.digests()
    os.rename(project.folder / "results", project.folder / "elsewhere")
    there = ("--config", "results=elsewhere")
    jobs = project.run(*there).jobs
    assert {"ingest", "scan", "check", "resolve", "build_catalogue"} <= jobs.keys()
    logs = "".join(log.read_text() for log in project.check_logs("elsewhere"))
    assert re.findall(r"(\d+) decoded", logs) == ["0", "0"]
    assert project.ask("SELECT count(*) FROM clips", "elsewhere") == [(clips,)]
    moved = project.digests("elsewhere")
    assert {name: moved[name] for name in digests if "summary.txt" not in name} == {
        name: digest for name, digest in digests.items() if "summary.txt" not in name
    }
    assert project.run(*there).jobs == {}
    os.rename(project.folder / "elsewhere", project.folder / "results")
    project.run()


def test_of_two_clones_the_second_ends_with_a_word_and_touches_nothing(project: Project, tmp_path: Path) -> None:
    results = project.folder / "results"
    clone = Project(tmp_path / "clone")
    shutil.copy(project.folder / "own.yaml", clone.folder / "own.yaml")
    settings = (clone.folder / "own.yaml").read_text().replace("mine/", f"{project.folder}/mine/")
    (clone.folder / "own.yaml").write_text(settings)
    ours = ("--config", "datasets=['own.yaml']", "files_per_shard=2", f"results={results}")
    first = Lock(results / "run.lock")
    first.take()
    shutil.rmtree(next(results.glob("audio/*/.published/checks")))
    before = files(results)
    refused = clone.run(*ours, expect=1).output
    assert files(results) == before
    assert f"{results}: another run has been writing here since " in refused
    assert f"process {os.getpid()} on " in refused
    assert "Traceback" not in refused
    first.give_back()
    assert clone.run(*ours).jobs["check"] == 2
    assert not (results / "run.lock").exists()
