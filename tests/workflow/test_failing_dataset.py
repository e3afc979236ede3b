"""A dataset whose sources cannot be read: the others are made, it keeps what it had, and the run's exit names it."""

from pathlib import Path

import pytest

from tests.project import Project
from tests.workflow.small_set import IDS, write_small_set

pytestmark = pytest.mark.slow

BOTH = "datasets=['broken/set.yaml','whole/set.yaml']"
CLIPS = "SELECT dataset, count(*), count(*) FILTER (usable) FROM clips GROUP BY ALL ORDER BY dataset"


def test_dataset_that_never_could_be_read_has_empty_tables_and_the_others_are_made(tmp_path: Path) -> None:
    project = Project(tmp_path)
    broken = write_small_set(project, "broken")
    write_small_set(project, "whole")
    ontology = broken / "ontology.json"
    ontology.write_text("[{")
    run = project.run("--config", BOTH, expect=1)
    last = run.output.splitlines()[-1]
    assert last.startswith(f"broken: {ontology.relative_to(tmp_path)}, line 1: not valid JSON")
    assert "broken: FAILED: " in run.output
    assert "job failed" not in run.output
    assert "allow_loss" not in run.output
    assert project.ask(CLIPS) == [("whole", 3, 3)]
    assert project.ask("SELECT dataset, scope, line FROM rejects WHERE scope = 'dataset'") == [
        ("broken", "dataset", None)
    ]
    assert (tmp_path / "results/whole/exports/csv/full_train_segments.csv").is_file()

    again = project.run("--config", BOTH, expect=1)
    assert set(again.jobs) == {"losses"}
    ontology.write_text((tmp_path / "whole/ontology.json").read_text())
    project.run("--config", BOTH)
    assert project.ask(CLIPS) == [("broken", 3, 3), ("whole", 3, 3)]
    assert project.ask("SELECT count(*) FROM rejects WHERE scope = 'dataset'") == [(0,)]


def test_dataset_that_can_be_read_no_more_keeps_its_tables_and_exports(tmp_path: Path) -> None:
    project = Project(tmp_path)
    broken = write_small_set(project, "broken", exports=["csv", {"ast": {"copies": "auto"}}])
    whole = write_small_set(project, "whole")
    project.run("--config", BOTH)
    before = {name: digest for name, digest in project.digests().items() if "broken" in name and "rejects" not in name}
    (broken / "classes.csv").write_text("no, such, list\n")
    (whole / "train.csv").write_text(f'{IDS[0]}, 30.000, 40.000, "/m/dog"\n')
    run = project.run("--config", BOTH, expect=1)
    assert run.output.splitlines()[-1].startswith("broken: broken/classes.csv")
    assert project.ask(CLIPS) == [("broken", 3, 3), ("whole", 1, 1)]
    assert "pack" not in run.jobs
    after = project.digests()
    assert {name: after[name] for name in before} == before
    assert project.ask("SELECT dataset FROM rejects WHERE scope = 'dataset'") == [("broken",)]


def test_dataset_that_failed_by_a_fault_of_the_program_is_tried_again(tmp_path: Path) -> None:
    project = Project(tmp_path)
    write_small_set(project, "broken")
    (tmp_path / "workflow_scripts/adapters/audioset/__init__.py").write_text(
        "def ingest(settings):\n    raise KeyError('nobody foresaw this')\n"
    )
    run = project.run("--config", "datasets=['broken/set.yaml']", expect=1)
    assert run.output.splitlines()[-1].startswith("broken: KeyError: 'nobody foresaw this'; see results/logs/ingest/")
    again = project.run("--config", "datasets=['broken/set.yaml']", expect=1)
    assert again.jobs["ingest"] == 1


@pytest.mark.parametrize("gone", ["broken/train.csv", "broken/audio"])
def test_dataset_of_which_something_is_missing_is_left_out_and_stays_as_it_was(tmp_path: Path, gone: str) -> None:
    project = Project(tmp_path)
    write_small_set(project, "broken")
    whole = write_small_set(project, "whole")
    project.run("--config", BOTH)
    before = {name: digest for name, digest in project.digests().items() if "/broken/" in f"/{name}"}
    (tmp_path / gone).rename(tmp_path / "elsewhere")
    (whole / "train.csv").write_text(f'{IDS[0]}, 30.000, 40.000, "/m/dog"\n')
    run = project.run("--config", BOTH, expect=1)
    assert str(tmp_path / gone) in run.output.splitlines()[-1]
    assert project.ask("SELECT count(*) FROM clips WHERE dataset = 'whole'") == [(1,)]
    assert {name: digest for name, digest in project.digests().items() if "/broken/" in f"/{name}"} == before
    assert set(project.run("--config", BOTH, expect=1).jobs) == {"losses"}
    assert str(tmp_path / gone) in project.run("checks", "--config", BOTH).output
    (tmp_path / "elsewhere").rename(tmp_path / gone)
    project.run("--config", BOTH)
    assert project.ask(CLIPS) == [("broken", 3, 3), ("whole", 1, 1)]
    alone = "datasets=['broken/set.yaml']"
    (tmp_path / gone).rename(tmp_path / "elsewhere")
    assert "Job stats" not in project.run("--config", alone, expect=1).output
