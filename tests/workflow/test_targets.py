"""A target for each stage makes that stage with what comes before it, and nothing after; and users have their own."""

from pathlib import Path

import pytest
import yaml

from tests.project import Project
from tests.workflow.small_set import write_small_set

pytestmark = pytest.mark.slow

SMALL = ("--config", "datasets=['small/set.yaml']")
MATCHED = ("match_sounds", "tell_same_sound")
PATHS = [
    {
        "promised": {"ingest", "losses"},
        "checks": {"scan", "check"},
        "exports": {"resolve", "export", "losses"},
        "report": {*MATCHED, "build_catalogue", "draw", "draw_all", "write_report", "write_report_of_all", "losses"},
    },
    {
        "media": {"scan"},
        "tables": {"ingest", "check", "resolve", *MATCHED, "losses"},
        "catalogue": {"build_catalogue", "losses"},
    },
]
"""Targets one after the other, and the jobs of each: those of its stage, and those before it that no other has done."""


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_target_makes_its_stage_with_what_comes_before_it_and_nothing_after(
    tmp_path: Path, path: dict[str, set[str]]
) -> None:
    project = Project(tmp_path)
    write_small_set(project)
    for target, jobs in path.items():
        assert set(project.run(target, *SMALL).jobs) - {target} == jobs
        assert project.run(target, *SMALL).jobs == {}


def test_report_is_part_of_a_run_that_says_so_and_nothing_is_left_to_be_done(tmp_path: Path) -> None:
    project = Project(tmp_path)
    write_small_set(project)
    page = tmp_path / "results/small/report/index.html"
    assert "write_report" not in project.run(*SMALL).jobs
    assert set(project.run(*SMALL, "report=True").jobs) == {
        *("draw", "draw_all", "write_report", "write_report_of_all", "losses", "all")
    }
    assert "../review/index.html#split=train" in page.read_text()
    assert project.run(*SMALL, "report=True").jobs == {}
    before = page.read_bytes()
    project.run("review", *SMALL)
    for targets in (["report"], ["report", "review"]):
        assert set(project.run(*targets, *SMALL).jobs) <= {"losses", *targets}, "the review page changes no report"
        assert project.run(*targets, *SMALL).jobs == {}
    page.unlink()
    assert project.run("report", "review", *SMALL).jobs["write_report"] == 1
    assert page.read_bytes() == before
    assert project.run("report", "review", *SMALL).jobs == {}
    for folder in (tmp_path / "results/small/report/pictures", tmp_path / "results/report/pictures"):
        for picture in folder.iterdir():
            picture.unlink()
    made = {"draw", "draw_all", "write_report", "write_report_of_all"}
    assert made <= set(project.run("report", *SMALL).jobs)
    assert page.read_bytes() == before
    assert project.run("report", *SMALL).jobs == {}


RULES = '''
rule count_clips:
    """A step of a site: it reads a table of this run, and a setting of it."""
    input:
        clips=PLACES.table("small", "clips"),
    output:
        f"{PLACES.results}/small/count.txt",
    log:
        PLACES.log("count_clips"),
    params:
        datasets=list(RUN.datasets),
    run:
        import polars

        clips = polars.read_parquet(input.clips)
        with open(output[0], "w") as file:
            print(params.datasets, len(clips), file=file)


rule ours:
    input:
        rules.count_clips.output,
'''


def test_rule_of_the_users_own_depends_on_results_and_is_run_by_its_target(tmp_path: Path) -> None:
    project = Project(tmp_path)
    write_small_set(project)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/ours.smk").write_text(RULES)
    file = tmp_path / "config/config.yaml"
    file.write_text(
        yaml.safe_dump(
            yaml.safe_load(file.read_text()) | {"custom_rules": ["site/ours.smk"], "datasets": ["small/set.yaml"]}
        )
    )
    assert set(project.run("ours").jobs) == {"ingest", "scan", "check", "resolve", "count_clips", "ours"}
    assert (tmp_path / "results/small/count.txt").read_text() == "['small'] 3\n"
    assert "count_clips" not in project.run("--dry-run").jobs, "what nobody asks for is not made"


def test_custom_rules_that_are_not_there_are_named(tmp_path: Path) -> None:
    run = Project(tmp_path).run("--dry-run", "--config", "custom_rules=['ours.smk']", expect=1)
    assert f"custom_rules[0]: no such file: {tmp_path / 'ours.smk'}" in run.output
