"""The README's own code blocks, executed."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.project import REPOSITORY, Project
from workflow_scripts.sample import make_sample

README = (REPOSITORY / "README.md").read_text()
QUESTIONS = re.findall(r"```sql\n(.*?)```\n\n```text\n(.*?)```", README, re.DOTALL)


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


def test_the_readme_asks_six_questions() -> None:
    assert len(QUESTIONS) == 6


@pytest.mark.parametrize(("sql", "answer"), QUESTIONS)
def test_a_question_of_the_readme_has_the_answer_it_shows(sql: str, answer: str, sample_project: Project) -> None:
    assert ask(sample_project, sql) == answer


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
    block = block.replace("shards: 512", "shards: 2").replace("path: mirror", "path: mirror, shards: 1")
    (data / "audioset.yaml").write_text(block)
    (tmp_path / "run").mkdir()
    project = Project(tmp_path / "run")
    arguments = command.replace("/data/audioset", str(data)).replace("/scratch/out", str(tmp_path / "out"))
    assert "Catalogue: " in printed_by(["bash", "-c", arguments], project)
    assert (tmp_path / "out" / "audioset" / "exports" / "ast" / "eval.json").is_file()
    assert list(yaml.safe_load(block)) == ["name", "adapter", "sources", "audio", "exports"]
