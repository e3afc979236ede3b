"""What every entry script begins and ends with: no job pays for what it has no use for."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_house import SCRIPTS, is_entry

ENTRIES = sorted({file.stem for file in SCRIPTS.glob("*.py") if is_entry(file.stem, file)} - {"__init__"})
JOB = """
import gc
from workflow_scripts.entry import logged
import polars
assert not gc.isenabled()
with logged("job.log"):
    assert gc.isenabled() and gc.get_freeze_count() > 10_000
    made = [[] for _ in range(100_000)]
    before = gc.get_freeze_count()
{end}
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(SCRIPTS.parent)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_what_is_imported_is_not_looked_through_for_garbage_and_what_a_job_makes_is(tmp_path: Path) -> None:
    done = run(JOB.format(end="assert gc.get_freeze_count() > before + 100_000"), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("library", ["duckdb", "ducc0", "soxr", "av", "soundfile", "pyarrow.parquet", "pandera.polars"])
def test_no_library_complains_of_what_is_left_of_it(tmp_path: Path, library: str) -> None:
    done = run(JOB.format(end="").replace("import polars", f"import polars, {library}"), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_error_ends_in_the_log_and_on_the_terminal(tmp_path: Path) -> None:
    done = run(JOB.format(end="    1 / 0"), tmp_path)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "ZeroDivisionError" in (tmp_path / "job.log").read_text()


def test_a_panic_within_a_library_ends_in_the_log_too(tmp_path: Path) -> None:
    panic = "    import polars.exceptions\n    raise polars.exceptions.PanicException('in Rust')"
    done = run(JOB.format(end=panic), tmp_path)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "error: Traceback (most recent call last):")
    assert "in Rust" in (tmp_path / "job.log").read_text()


@pytest.mark.parametrize("script", ENTRIES)
def test_an_entry_script_imports_nothing_of_the_project_before_it_begins(script: str) -> None:
    nodes = ast.parse((SCRIPTS / f"{script}.py").read_text()).body
    modules = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    assert next(name for name in modules if name.startswith("workflow_scripts.")) == "workflow_scripts.entry"


def test_a_table_is_validated_without_what_makes_up_data_and_without_pandas(tmp_path: Path) -> None:
    """Both can be imported later; and what breaks a table is told without them too."""
    code = (
        "import sys; from workflow_scripts.tables import schemas, validation; faults = validation.faults;"
        "classes = schemas.CLASSES.empty();"
        "print(repr(faults(classes, schemas.CLASSES)), {'hypothesis', 'pandas'} & set(sys.modules));"
        "print(faults(classes.drop('name'), schemas.CLASSES).splitlines()[0]);"
        "import hypothesis.strategies, pandas; print(pandas.DataFrame({'a': [1]}).a.sum())"
    )
    done = run(code, tmp_path)
    told = "  the whole table: rule column_in_dataframe: broken by 1 rows, the first 1: name"
    assert (done.stdout, done.stderr) == (f"'' set()\n{told}\n1\n", "")


def test_jobs_import_neither_the_configuration_nor_a_bar_that_nobody_sees(tmp_path: Path) -> None:
    code = (
        "import sys, workflow_scripts.settings.places, workflow_scripts.run.shards, workflow_scripts.check.shard as _;"
        "print({'yaml', 'jsonschema', 'tqdm'} & set(sys.modules))"
    )
    done = run(code, tmp_path)
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_an_export_for_ast_needs_no_arrays(tmp_path: Path) -> None:
    code = "import sys, workflow_scripts.exports.ast; print({'numpy', 'pandera', 'pyarrow'} & set(sys.modules))"
    done = run(code, tmp_path)
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_a_job_that_a_killed_run_left_is_waited_for_and_no_other(tmp_path: Path) -> None:
    """The first holds its turn until it is told to end; the same job begins after it, another at once."""
    first, same, other = (START.format(log=log) for log in ("job.log", "job.log", "other.log"))
    with begun(first, tmp_path) as left:
        assert left.stdout is not None
        assert left.stdin is not None
        assert left.stdout.readline() == "begins\n"
        with begun(same, tmp_path) as waiting, begun(other, tmp_path) as free:
            assert free.communicate("\n")[0] == "begins\nends\n"
            assert waiting.stderr is not None
            assert waiting.stderr.readline().startswith("job.log: an earlier run")
            left.stdin.write("\n")
            left.stdin.flush()
            assert left.stdout.readline() == "ends\n"
            assert waiting.communicate("\n")[0] == "begins\nends\n"


START = """
import sys
from workflow_scripts.entry import logged
with logged("{log}"):
    print("begins", flush=True)
    sys.stdin.readline()
    print("ends", flush=True)
"""


def begun(code: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(SCRIPTS.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
