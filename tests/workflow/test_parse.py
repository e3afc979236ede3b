"""Nothing is read at parse time but configuration, and a configuration that cannot be run says why (promise 7)."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.project import Project
from tests.workflow.small_set import write_small_set

HEAVY = ("polars", "torch", "pandera", "duckdb", "pyarrow", "soundfile")
"""Snakemake itself imports numpy (through yte); and pandas, where `make judging` has installed it."""
DRY_RUN = """
import atexit, sys
sys.modules["pandas"] = None
from snakemake.cli import main
atexit.register(lambda: print("IMPORTED", sorted(set(sys.modules) & set({heavy!r})), file=sys.stderr))
main(["--cores", "2", "--dry-run"])
"""


def test_a_dry_run_imports_nothing_heavy(sample_project: Project) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DRY_RUN.format(heavy=HEAVY)],
        cwd=sample_project.folder,
        env=sample_project.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Nothing to be done" in done.stdout
    assert "IMPORTED []" in done.stderr


def test_the_end_of_a_run_looks_for_no_garbage(sample_project: Project) -> None:
    told = "import atexit, gc; atexit.register(lambda: print('FROZEN', gc.get_freeze_count() > 100_000))"
    done = subprocess.run(
        [sys.executable, "-c", told + DRY_RUN.format(heavy=HEAVY)],
        cwd=sample_project.folder,
        env=sample_project.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "FROZEN True" in done.stdout


def test_no_library_writes_on_the_terminal_at_the_end_of_a_job(tmp_path: Path) -> None:
    """DuckDB, for one, tells what is left of it when a process ends."""
    project = Project(tmp_path)
    write_small_set(project)
    output = project.run("--config", "datasets=['small/set.yaml']").output
    assert "leaked" not in output


def test_a_dry_run_opens_no_table_and_no_audio(sample_project: Project) -> None:
    """Told by the system's own trace of Python's opens."""
    script = (
        "import sys\n"
        "told = lambda event, seen: event == 'open' and print('OPENED', seen[0], file=sys.stderr)\n"
        "sys.addaudithook(told)\n"
    ) + DRY_RUN.format(heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=sample_project.folder,
        env=sample_project.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    opened = [line.split(" ", 1)[1] for line in done.stderr.splitlines() if line.startswith("OPENED ")]
    assert any(path.endswith("config/config.yaml") for path in opened)
    assert [path for path in opened if path.endswith((".parquet", ".wav", ".flac", ".ogg", ".mp3", ".duckdb"))] == []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def set_config(project: Project, **changes: object) -> None:
    file = project.folder / "config" / "config.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | changes))


def test_an_unknown_key_names_itself_and_the_nearest_known(project: Project) -> None:
    set_config(project, file_per_shard=3)
    output = project.run("--dry-run", expect=1).output
    assert "file_per_shard: unknown key; did you mean `files_per_shard`?" in output
    assert "Traceback" not in output


def test_a_missing_source_is_named_with_dataset_and_key(project: Project) -> None:
    sources = {"segments": {"train": "gone.csv"}, "ontology": "gone.json", "classes": "none.csv"}
    (project.folder / "gone.yaml").write_text(
        yaml.safe_dump({"name": "gone", "adapter": "audioset", "sources": sources})
    )
    set_config(project, datasets=["gone.yaml"])
    output = project.run("--dry-run", expect=1).output
    assert "sources.classes: dataset gone: no such file" in output


def test_a_count_mismatch_ends_the_run_with_both_numbers(project: Project, shared: Path) -> None:
    """The cut list that goes around under its old header, in small: its first rows of 22,160."""
    official = shared / "data" / "audioset"
    lines = (official / "balanced_train_segments.csv").read_text().splitlines(keepends=True)
    (project.folder / "cut.csv").write_text("".join(lines[: 3 + 711]))
    settings = {
        "name": "cut",
        "adapter": "audioset",
        "sources": {
            "segments": {"train": "cut.csv"},
            "ontology": str(official / "ontology.json"),
            "classes": str(official / "class_labels_indices.csv"),
        },
    }
    (project.folder / "cut.yaml").write_text(yaml.safe_dump(settings))
    set_config(project, datasets=["cut.yaml"])
    told = "cut.csv: its header declares 22,160 rows, but 711 were read"
    assert told in project.run(expect=1).output.splitlines()[-1]
    assert project.ask("SELECT count(*) FROM clips") == [(0,)]
    assert told in project.run("promised", expect=1).output.splitlines()[-1]

    settings["sources"]["on_count_mismatch"] = "warn"
    (project.folder / "cut.yaml").write_text(yaml.safe_dump(settings))
    project.run()
    assert project.ask("SELECT count(*), any_value(status) FROM clips") == [(711, "missing")]
    assert project.ask("SELECT rows_declared, rows_read FROM sources WHERE source = 'cut.csv'") == [(22160, 711)]


@pytest.mark.parametrize("override", ["--set-threads=chekc=4", "--set-resources=chekc:mem_mb=4000"])
def test_a_rule_that_is_misspelt_in_a_profile_is_an_error(sample_project: Project, override: str) -> None:
    run = sample_project.run("--dry-run", override, expect=1)
    assert (
        "no rule is called chekc; there are acquire, all, assign_splits, build_catalogue, catalogue, check, "
        in run.output
    )
