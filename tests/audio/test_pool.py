"""Workers that may crash or hang without harm to any media but the culprit."""

import os
import time
from pathlib import Path

import pytest

from tests.audio.made_files import encoded, noise16, wav
from tests.audio.workers import SETTINGS, examine_with_culprits, scan_and_check
from workflow_scripts.audio import pool
from workflow_scripts.audio.examine import examine
from workflow_scripts.audio.pool import Task, examine_all
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate


@pytest.fixture
def _culprits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers import the function that they are to call, and so may be given one that has a culprit."""
    monkeypatch.setattr(pool, "_examine_batch", examine_with_culprits)


def _files(folder: Path, names: list[str]) -> list[Task]:
    tasks = []
    for number, name in enumerate(names):
        data = wav(noise16(1600 + number))
        (folder / name).write_bytes(data)
        tasks.append(Task(str(folder / name), len(data), None))
    return tasks


def test_rows_come_in_the_order_of_the_tasks(tmp_path: Path) -> None:
    tasks = _files(tmp_path, [f"{number}.wav" for number in range(40)])
    rows = list(examine_all(tasks, SETTINGS, 2))
    assert [row["frames"] for row in rows] == list(range(1600, 1640))


def test_rows_are_those_of_one_process(tmp_path: Path) -> None:
    tasks = _files(tmp_path, ["a.wav", "b.wav"])
    assert list(examine_all(tasks, SETTINGS, 2)) == [examine(task.path, None, SETTINGS) for task in tasks]


def test_nothing_to_examine_gives_no_rows() -> None:
    assert list(examine_all([], SETTINGS, 2)) == []


@pytest.mark.usefixtures("_culprits")
def test_a_crash_costs_one_row_and_its_neighbours_are_fine(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    names = ["a.wav", "aborts.wav", "b.wav", "is_killed.wav", "z.wav"]
    tasks = _files(root, names)
    table = scan_and_check(root, tmp_path, workers=2)
    validate(table, schemas.CHECKS)
    assert table["path"].to_list() == names
    assert table["error_kind"].to_list() == [None, "crashed", None, "crashed", None]
    assert table["error"].to_list()[1::2] == [
        "the decoder died with exit code -6",
        "the decoder died with exit code -9",
    ]
    assert table["load_ok"].to_list() == [True, False, True, False, True]
    for name, task in zip(names, tasks, strict=True):
        if name in ("a.wav", "b.wav", "z.wav"):
            row = table.row(names.index(name), named=True)
            assert row == row | examine(task.path, None, SETTINGS)


@pytest.mark.usefixtures("_culprits")
def test_a_media_that_takes_more_memory_than_a_worker_may_have_costs_one_row(tmp_path: Path) -> None:
    """The machine itself might give it: what stops it is the worker's own limit."""
    tasks = _files(tmp_path, ["a.wav", "takes_memory.wav", "z.wav"])
    rows = list(examine_all(tasks, SETTINGS, 1))
    assert [row.get("error_kind") for row in rows] == [None, "too_large", None]
    assert [row["load_ok"] for row in rows] == [True, False, True]


@pytest.mark.usefixtures("_culprits")
def test_a_hang_costs_one_row_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SECONDS_A_FILE", 1.5)
    before = time.monotonic()
    rows = list(examine_all(_files(tmp_path, ["a.wav", "hangs.wav"]), SETTINGS, 1))
    assert time.monotonic() - before < 30
    assert [row.get("error_kind") for row in rows] == [None, "timed_out"]
    assert rows[1] == {"load_ok": False, "error_kind": "timed_out", "error": "not done after 2 s"}


@pytest.mark.usefixtures("_culprits")
def test_an_error_that_nobody_foresaw_costs_one_row(tmp_path: Path) -> None:
    rows = list(examine_all(_files(tmp_path, ["a.wav", "raises.wav", "z.wav"]), SETTINGS, 1))
    assert [row["load_ok"] for row in rows] == [True, False, True]
    assert "nobody foresaw this" in str(rows[1]["error"])


def test_a_file_that_became_a_folder_since_the_scan_costs_one_row(tmp_path: Path) -> None:
    tasks = _files(tmp_path, ["a.wav", "b.wav"])
    os.unlink(tmp_path / "a.wav")
    (tmp_path / "a.wav").mkdir()
    rows = list(examine_all(tasks, SETTINGS, 1))
    assert [row["load_ok"] for row in rows] == [False, True]


def test_large_files_have_more_time() -> None:
    small, large = Task("x", 10_000, None), Task("y", 500_000_000, None)
    assert pool._timeout([small]) < pool._timeout([large])
    assert pool._timeout([small, large]) == pytest.approx(pool._timeout([small]) + pool._timeout([large]))


def test_hostile_files_among_good_ones_are_rows(tmp_path: Path) -> None:
    tasks = _files(tmp_path, ["a.wav", "b.wav", "c.wav", "d.wav"])
    (tmp_path / "b.wav").write_bytes(b"<html>")
    (tmp_path / "c.wav").write_bytes(encoded(noise16(9000), 16_000, "FLAC", "PCM_16")[:8000])
    (tmp_path / "d.wav").unlink()
    kinds = [row.get("error_kind") for row in examine_all(tasks, SETTINGS, 2)]
    assert kinds == [None, "not_audio", "corrupt", "vanished"]
