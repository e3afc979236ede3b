"""What README.md and the pages of docs/ claim: their code blocks, executed; their links; lists made from schemas."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.project import REPOSITORY, Project
from workflow_scripts.sample import make_sample
from workflow_scripts.settings.reference import OVERVIEWS, with_overview
from workflow_scripts.settings.schemas import adapters, exports

README = (REPOSITORY / "README.md").read_text()
QUERIES = (REPOSITORY / "docs/queries.md").read_text()
PAGES = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "config/README.md")]
PAGES += sorted((REPOSITORY / "docs").glob("*.md"))


def answered(language: str) -> list[object]:
    """The blocks of all pages in a language, each with the answer that stands below it."""
    blocks = rf"```{language}\n(.*?)```\n\n```text\n(.*?)```"
    return [
        pytest.param(block, answer, id=f"{page.stem} {number}")
        for page in PAGES
        for number, (block, answer) in enumerate(re.findall(blocks, page.read_text(), re.DOTALL))
    ]


@pytest.fixture(scope="module")
def with_exports(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample with all exports that the pages read, beside its own."""
    project = Project(tmp_path_factory.mktemp("pages") / "project")
    dataset = project.folder / "config/datasets/sample.yaml"
    settings = yaml.safe_load(dataset.read_text())
    named = [next(iter(one)) if isinstance(one, dict) else one for one in settings["exports"]]
    read = {name for page in PAGES for name in re.findall(r'"results/sample/exports/(\w+)', page.read_text())}
    settings["exports"] += sorted(read.difference(named))
    dataset.write_text(yaml.safe_dump(settings, sort_keys=False))  # which row of a clip counts follows from the order
    project.run()
    return project


def ask(project: Project, sql: str) -> str:
    """The answer of the shell that the README starts, as it prints it."""
    (shell,) = re.findall(r"^(duckdb .*)$", README, re.MULTILINE)
    return printed_by([*shell.split(), "-c", sql], project)


def printed_by(command: list[str], project: Project) -> str:
    """What a command of the README prints in the folder of a project."""
    done = subprocess.run(
        command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("language", ["sql", "python"])
def test_every_block_claims_an_answer(language: str) -> None:
    """But those of what the sample has not, which tests of their views run."""
    other = ("review", "windows", "caption-fit", "pairs")
    blocks = sum(page.read_text().count(f"```{language}\n") for page in PAGES if page.stem not in other)
    assert len(answered(language)) == blocks > 0


@pytest.mark.parametrize(("sql", "answer"), answered("sql"))
def test_a_question_has_the_answer_that_is_shown(sql: str, answer: str, sample_project: Project) -> None:
    assert ask(sample_project, sql) == answer


@pytest.mark.parametrize(("block", "answer"), answered("python"))
def test_python_prints_what_is_shown(block: str, answer: str, with_exports: Project) -> None:
    assert printed_by(["python", "-c", block], with_exports) == answer


def test_tables_are_read_from_python_in_three_lines() -> None:
    blocks = [block for page in (README, QUERIES) for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL)]
    assert {block.split()[1] for block in blocks} == {"duckdb", "polars", "pandas"}
    assert {len([line for line in block.splitlines() if line]) for block in blocks} == {3}


def test_the_readme_is_short_and_lists_the_adapters_and_exports_that_there_are() -> None:
    for page, (overview, begin) in OVERVIEWS.items():
        text = page.read_text(encoding="utf-8")
        assert with_overview(text, overview(), begin) == text, (
            f"{page.name} and what it is made from differ: run `make docs`"
        )
    for name in (*adapters(), *exports()):
        assert f"[`{name}`](config/README.md#" in README
    assert len(README.splitlines()) < 220


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    broken = []
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text()):
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{file}#{anchor}")
    assert broken == []


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_table_of_the_readme_is_what_the_demo_ends_with(sample_project: Project) -> None:
    shown = re.search(r"```text\n(dataset    split.*?)```", README, re.DOTALL)
    assert shown
    assert shown[1] in (sample_project.folder / "results" / "summary.txt").read_text()


@pytest.mark.slow
def test_the_dataset_file_of_the_readme_runs_as_the_readme_says(tmp_path: Path) -> None:
    """Its paths start from its own folder, wherever Snakemake runs."""
    (block,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (command,) = re.findall(r"^(snakemake --cores .*datasets=.*)$", README, re.MULTILINE)
    data = tmp_path / "data" / "audioset"
    make_sample(data)
    (data / "audio" / "clips").rename(data / "audio" / "wav")
    (data / "audio" / "mirror").rename(data / "mirror")
    (data / "audioset.yaml").write_text(block)
    (tmp_path / "run").mkdir()
    project = Project(tmp_path / "run")
    arguments = command.replace("/data/audioset", str(data)).replace("/scratch/out", str(tmp_path / "out"))
    assert "Catalogue: " in printed_by(["bash", "-c", arguments], project)
    assert (tmp_path / "out" / "audioset" / "exports" / "ast" / "eval.json").is_file()
    assert list(yaml.safe_load(block)) == ["name", "adapter", "sources", "audio", "exports"]
