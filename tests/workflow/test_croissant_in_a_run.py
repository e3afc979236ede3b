"""croissant.json follows the other exports of its dataset, and they do not follow it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.project import Project

pytestmark = pytest.mark.slow

CROISSANT = Path("results/sample/exports/croissant/croissant.json")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("croissant") / "project")
    project.own_sample("clips", exports=["croissant", "csv", {"ast": {"copies": "auto"}}])
    project.run()
    return project


def changed(project: Project, **changes: Any) -> None:
    file = project.folder / "own.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | changes))


def said(project: Project) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((project.folder / CROISSANT).read_text())
    return document


def test_it_is_made_after_the_others_and_tells_of_them(project: Project) -> None:
    names = {one["@id"].split("/")[1] for one in said(project)["distribution"] if one["@id"].startswith("exports/")}
    assert names == {"csv", "ast"}
    assert project.run().jobs == {}


def test_another_export_that_changes_makes_it_anew_and_nothing_else(project: Project) -> None:
    before = project.digests()
    changed(project, exports=["croissant", {"csv": {"paths": "relative"}}, {"ast": {"copies": "auto"}}])
    jobs = project.run().jobs
    assert jobs["export"] == 2
    assert not {"plan", "pack", "check", "resolve", "ingest"} & jobs.keys()
    now = project.digests()
    differ = {Path(file).name for file in now if before.get(file) not in (None, now[file])}
    assert CROISSANT.name in differ
    assert {name for name in differ if "segments" not in name} == {CROISSANT.name, "SHA256SUMS"}
    assert project.run().jobs == {}


def test_what_its_options_say_makes_it_anew_alone(project: Project) -> None:
    changed(project, exports=["croissant", "csv"])
    project.run()
    changed(project, exports=[{"croissant": {"version": "1.0.0"}}, "csv"])
    jobs = project.run().jobs
    assert jobs["export"] == 1
    assert not {"plan", "pack", "check", "resolve", "ingest"} & jobs.keys()
    assert said(project)["version"] == "1.0.0"
    assert project.run().jobs == {}


def test_a_file_of_another_export_that_goes_comes_back_and_it_is_made_anew(project: Project) -> None:
    before = (project.folder / CROISSANT).read_bytes()
    next((project.folder / "results/sample/exports/csv").glob("*.csv")).unlink()
    assert project.run().jobs["export"] == 2
    assert (project.folder / CROISSANT).read_bytes() == before
