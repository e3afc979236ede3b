"""Same in, same out: the order of files, cores and threads do not show in any table or export (promise 4)."""

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.project import Project
from workflow_scripts.sample import make_sample

pytestmark = pytest.mark.slow


def test_order_of_files_and_number_of_cores_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path)
    sample = tmp_path / "data" / "sample"
    project.run()
    digests = project.digests()
    assert len(digests) > 20

    shutil.rmtree(tmp_path / "results")
    rewrite_in_another_order(sample / "audio")
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")
    project.run("--cores", "1")
    assert project.digests() == digests


def rewrite_in_another_order(folder: Path) -> None:
    """Put the same files, with their times, into new folders, so that the system lists them in another order."""
    before = folder.rename(folder.with_name("before"))
    files = [file for file in before.rglob("*") if file.is_file()]
    random.Random(1).shuffle(files)
    for file in files:
        target = folder / file.relative_to(before)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    shutil.rmtree(before)


def test_the_sample_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_sample(tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) > 60
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), os.fspath(file)
