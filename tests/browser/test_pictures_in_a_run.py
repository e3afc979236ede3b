"""`snakemake pictures`: drawn where they are asked for, and carried by Snakemake's own report with what each shows."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.project import Project
from workflow_scripts.report.drawing.told import read_told

pytestmark = pytest.mark.slow

ODD = "a </script><b> {dataset} {x,.*} `code` *star* _under_ |pipe| \\back .. note:: \u2068كلب\u2069 & 1."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("pictures") / "project")
    project.run("pictures")
    return project


def folder_of(project: Project) -> Path:
    return project.folder / "results/sample/report/pictures"


@pytest.fixture(scope="module")
def report(project: Project) -> Path:
    """Snakemake's report, where one picture shows what no sentence of ours would."""
    first = next(one for one in read_told(folder_of(project)) if one.sentence)
    text = folder_of(project) / f"{first.name}.txt"
    text.write_text(ODD, encoding="utf-8")
    project.run("--report", "report.html", "--", "pictures")
    text.write_text(f"{first.sentence}\n", encoding="utf-8")
    return project.folder / "report.html"


def test_they_are_no_part_of_all(project: Project) -> None:
    done = project.run()
    assert not {"draw", "draw_all"} & done.jobs.keys()


def test_a_second_run_draws_nothing(project: Project) -> None:
    assert not project.run("pictures").jobs


def test_a_picture_that_was_deleted_comes_back(project: Project) -> None:
    before = {file.name: file.read_bytes() for file in folder_of(project).glob("*.*")}
    next(folder_of(project).glob("*.svg")).unlink()
    jobs = project.run("pictures").jobs
    assert (jobs["draw"], jobs["draw_all"]) == (1, 0)
    assert {file.name: file.read_bytes() for file in folder_of(project).glob("*.*")} == before


def test_every_picture_that_shows_something_has_its_files(project: Project) -> None:
    told = read_told(folder_of(project))
    drawn = {f"{one.name}.{kind}" for one in told if one.sentence for kind in ("svg", "png", "txt")}
    there = {file.name for file in folder_of(project).iterdir()} - {".snakemake_timestamp"}
    assert there == drawn | {"pictures.json"}
    assert all((one.sentence is None) != (one.reason is None) for one in told)
    assert len(drawn) > 10
    raw = json.loads((folder_of(project) / "pictures.json").read_text())
    assert raw == [asdict(one) for one in told]


def test_the_report_of_snakemake_carries_each_with_title_category_and_sentence(report: Path, project: Project) -> None:
    results, categories = (_json(report, name) for name in ("results", "categories"))
    told = {one.name: one for one in read_told(folder_of(project)) if one.sentence}
    shown = {Path(file).stem: said for file, said in results.items() if "/sample/" in file}
    assert shown.keys() == told.keys()
    odd = next(iter(told))
    for name, one in told.items():
        file = next(file for file in results if file.endswith(f"/sample/report/pictures/{name}.svg"))
        assert file in categories[one.category]["sample"]
        assert shown[name]["labels"] == {"picture": one.title}
        assert _text(shown[name]["caption"]) == (ODD if name == odd else one.sentence)


def test_names_from_outside_stay_text_in_the_report_of_snakemake(report: Path, look: Callable[..., Any]) -> None:
    """It reads captions as reStructuredText, and writes them into a script."""
    told = look("snakemake_report", report.as_uri(), "Clips", "sample")
    assert told["wrong"] == []
    assert ODD in told["captions"]
    assert told["widths"]
    assert min(told["widths"]) > 100


def _json(report: Path, name: str) -> Any:
    text = report.read_text(encoding="utf-8")
    start = f"<script id={name!r}>\n    var {name} = ".replace("'", '"')
    return json.JSONDecoder().raw_decode(text, text.index(start) + len(start))[0]


def _text(html: str) -> str:
    return "".join(ET.fromstring(f"<div>{html.replace('&nbsp;', ' ')}</div>").itertext()).strip()
