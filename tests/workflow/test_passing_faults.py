"""Faults that may lie in the moment are looked at again by plain runs, a few times; nothing else is."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.project import Project
from tests.workflow.test_reruns import decoded, looked_at
from workflow_scripts.check.passing import TRIES
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import published

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("passing"))
    project.own_sample("clips", files_per_shard=30, name="own", exports=[])
    project.run()
    return project


def _checks(project: Project) -> dict[str, str]:
    return {file: digest for file, digest in project.digests().items() if "/checks/" in file}


def test_a_fault_that_stays_is_looked_at_a_few_times_and_then_no_more(project: Project) -> None:
    link = project.folder / "mine/audio/clips/eval/nowhere.wav"
    link.symlink_to("gone.wav")
    first = project.run()
    assert (first.jobs["scan"], first.jobs["check"]) == (1, 1)
    assert "1 file has a fault that may pass (1 vanished): the next run looks again" in first.output
    told = _checks(project)
    for _ in range(TRIES):
        before = project.check_logs()
        again = project.run()
        assert (again.jobs["scan"], again.jobs["check"]) == (0, 1)
        assert "1 decoded: eval/nowhere.wav" in looked_at(project, before)
        assert _checks(project) == told
    assert "looked at again 3 times, and not by itself any more" in again.output
    assert project.run().jobs == {}

    link.unlink()
    assert "may pass" not in project.run().output
    assert project.run().jobs == {}


def test_a_fault_that_has_passed_is_mended_by_the_next_run(project: Project) -> None:
    """As if the disk had refused one file: its row says so, and the note beside it asks for another look."""
    places = Places(str(project.folder / "results"))
    [slug] = [folder.name for folder in Path(places.results, "audio").iterdir()]
    [(file, shard)] = [
        (path, shard) for shard in ("0", "10", "11") for path in [places.checks(slug, shard)] if _holds(path)
    ]
    told = _checks(project)
    is_it = pl.col("path") == "eval/dinnerplate.wav"
    refused = pl.read_parquet(file).with_columns(
        error_kind=pl.when(is_it).then(pl.lit("io_error")).otherwise("error_kind"), load_ok=~is_it & pl.col("load_ok")
    )
    for path in (Path(file), published(Path(file))):
        path.unlink()
        refused.write_parquet(path)
    note = Path(places.passing_note(slug, shard))
    asked = json.loads(note.read_text())["asked"] if note.exists() else 0
    note.parent.mkdir(exist_ok=True)
    fault = {"path": "eval/dinnerplate.wav", "member": None, "mtime_ns": 1, "kind": "io_error", "tries": 0}
    note.write_text(json.dumps({"asked": asked + 1, "faults": [fault]}))

    before = project.check_logs()
    assert project.run().jobs["check"] == 1
    assert decoded(looked_at(project, before)) == 1
    assert _checks(project) == told
    assert project.run().jobs == {}


def _holds(checks: str) -> bool:
    return "eval/dinnerplate.wav" in pl.read_parquet(checks)["path"]
