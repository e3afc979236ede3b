"""Which Python `make` takes, and when it looks for one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("bash", "cat", "cmp", "touch", "rm", "du", "cut", "make")
SHIM_OF_NOTHING = "echo 'pyenv: command not found' >&2; exit 127"
WITHOUT_ENSUREPIP = (
    f"""exec {sys.executable} -c 'import sys; sys.modules["ensurepip"] = None; exec(sys.argv[2])' "$@" """
)
REAL = f'exec {sys.executable} "$@"'
OF_VERSION = "exec {} -c 'import sys; sys.version_info = {}; exec(sys.argv[2])' \"$@\""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The Makefile, a lock of nothing, and a PATH that has no Python yet."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or pytest.fail(f"needs {tool}"))
    return tmp_path


def put(folder: Path, name: str, what_it_does: str) -> None:
    program = folder / "bin" / name
    program.write_text(f"#!/bin/sh\n{what_it_does}\n")
    program.chmod(0o755)


def make(folder: Path, *arguments: str, expect: int = 0) -> str:
    """What make prints."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    done = subprocess.run(
        ["make", "--silent", *arguments],
        cwd=folder,
        env=ours | {"PATH": str(folder / "bin")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout
    return done.stdout


def test_the_first_of_3_11_3_12_and_3_13_is_taken(folder: Path) -> None:
    for name in ("python3", "python3.13", "python3.12"):
        put(folder, name, REAL)
    assert make(folder, "python") == "python3.12\n"
    put(folder, "python3.11", REAL)
    assert make(folder, "python") == "python3.11\n"


@pytest.mark.parametrize("broken", [SHIM_OF_NOTHING, WITHOUT_ENSUREPIP], ids=["a shim of nothing", "no ensurepip"])
def test_a_python_that_cannot_make_a_venv_is_passed_over(folder: Path, broken: str) -> None:
    put(folder, "python3.11", broken)
    put(folder, "python3.13", REAL)
    assert make(folder, "python") == "python3.13\n"


def test_python_that_is_named_is_taken_and_no_other(folder: Path) -> None:
    put(folder, "python3.11", REAL)
    put(folder, "my python", REAL)
    assert make(folder, "python", f"PYTHON={folder}/bin/my python") == f"{folder}/bin/my python\n"
    assert f"tried {folder}/bin/none." in make(folder, "python", f"PYTHON={folder}/bin/none", expect=2)


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 14, 0)])
def test_a_python_of_another_version_is_none(folder: Path, version: tuple[int, ...]) -> None:
    put(folder, "other", OF_VERSION.format(sys.executable, version))
    assert "No Python from 3.11 to 3.13" in make(folder, "python", f"PYTHON={folder}/bin/other", expect=2)


def test_without_any_python_make_says_what_to_do(folder: Path) -> None:
    said = make(folder, "setup", expect=2)
    assert "tried python3.11 python3.12 python3.13" in said
    assert "apt install python3-venv" in said
    assert "make PYTHON=/path/to/python3.12" in said
    assert not (folder / ".venv").exists()


@pytest.mark.slow
def test_a_venv_is_made_once_and_then_asks_for_no_python(folder: Path) -> None:
    put(folder, "python3.12", f'exec {Path(sys.executable).resolve()} "$@"')
    assert ".venv is" in make(folder, "setup")
    assert (folder / ".venv" / "bin" / "python").exists()
    (folder / "bin" / "python3.12").unlink()
    assert make(folder, "setup") == ""
    (folder / "requirements.lock").touch()
    assert make(folder, "setup") == ""


def venv(folder: Path, name: str) -> None:
    """A venv of which the stamp says that it is whole."""
    (folder / name / "bin").mkdir(parents=True)
    program = folder / name / "bin" / "python"
    program.write_text(f'#!/bin/sh\necho {name} "$@"\n')
    program.chmod(0o755)
    (folder / name / "installed").touch()


@pytest.mark.parametrize("group", ["clap", "judging", "remote", "windows"])
def test_a_group_is_set_up_in_each_venv_that_is_there(folder: Path, group: str) -> None:
    groups = ("clap", "judging", "remote", "windows")
    for named in ("profiles/slurm/requirements.txt", *(f"envs/{name}.txt" for name in groups)):
        (folder / named).parent.mkdir(parents=True, exist_ok=True)
        (folder / named).write_text("# nothing\n")
    (folder / "bin" / "cp").symlink_to(shutil.which("cp") or pytest.fail("needs cp"))
    (folder / "bin" / "ln").symlink_to(shutil.which("ln") or pytest.fail("needs ln"))
    venv(folder, ".venv")
    told = make(folder, group)
    assert told.startswith(".venv ")
    assert told.endswith(f"--requirement envs/{group}.txt\n")
    assert make(folder, group) == ""
    venv(folder, ".venv-slurm")
    assert make(folder, "slurm").startswith(".venv-slurm ")
    assert [stamp.name for stamp in (folder / ".venv-slurm").glob("[cjrw]*")] == [group]
    assert make(folder, group) == ""
    (folder / ".venv-slurm" / group).unlink()
    assert make(folder, group).startswith(".venv-slurm ")
