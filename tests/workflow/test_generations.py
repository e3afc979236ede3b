"""What the catalogue says is of one finished run, whatever later runs have left half done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.project import Project

pytestmark = pytest.mark.slow

SAID = """SELECT clips.start_s, list_sort(list(labels.class_name))
FROM clips JOIN labels USING (dataset, clip_id) WHERE clip_id = 'dinnerplate' GROUP BY ALL"""
RENAMED = "SELECT count(*) FROM classes WHERE description = 'Said anew'"


@contextmanager
def edited(file: Path, old: str, new: str) -> Iterator[None]:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    yield
    file.write_text(text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("generations"))
    project.own_sample("mirror", name="own", exports=[])
    project.run()
    return project


def test_after_a_resolve_that_failed_the_catalogue_says_what_the_run_before_said(project: Project) -> None:
    """Else labels would be new and clips old."""
    [(start_s, classes)] = before = project.ask(SAID)
    file = project.folder / "mine/labels/eval_segments.csv"
    rows = [line.split(", ", 3) for line in file.read_text().splitlines()[3:]]
    [mine] = [row for row in rows if row[0] == "dinnerplate"]
    other = next(row[3] for row in rows if row[3] != mine[3])
    with edited(file, ", ".join(mine), f"dinnerplate, 31.000, 41.000, {other}"):
        with edited(project.folder / "workflow_scripts/ledger/resolve.py", "def resolve(", "def gone("):
            failed = project.run(expect=1)
            assert failed.jobs["ingest"] == failed.jobs["resolve"] == 1
            assert project.ask(SAID) == before
        assert project.run().jobs["ingest"] == 0
        [(start_now, classes_now)] = project.ask(SAID)
        assert (start_now, start_s) == (31.0, 30.0)
        assert classes_now != classes
        assert project.ask("SELECT clip_id, change FROM changes") == [("dinnerplate", "classes")]
        assert project.ask("SELECT max(run) FROM runs") == [(2,)]


def test_tables_that_no_later_stage_reads_are_told_too(project: Project) -> None:
    """Descriptions of classes change alone, and are told by the next run that goes all the way."""
    project.run()
    with edited(
        project.folder / "mine/labels/ontology.json", '"description": "', '"description": "Said anew", "was": "'
    ):
        project.run("promised")
        assert project.ask(RENAMED) == [(0,)]
        assert project.run().jobs == {"build_catalogue": 1, "losses": 1, "all": 1}
        assert project.ask(RENAMED) == [(1,)]
