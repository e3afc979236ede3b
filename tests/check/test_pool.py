"""Many media at once: all of them come back, each with its own row, in whatever order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made_files import encoded, noise16, wav
from tests.workers import SETTINGS, comparable, examine_with_culprits, examined, task_of, tell_of_threads
from workflow_scripts.check import pool
from workflow_scripts.check.pool import Row, examine_all
from workflow_scripts.check.task import Task

REPOSITORY = Path(__file__).resolve().parents[2]


def _files(folder: Path, names: list[str]) -> list[Task]:
    for number, name in enumerate(names):
        (folder / name).write_bytes(wav(noise16(1600 + number)))
    return [task_of(folder / name) for name in names]


def _rows(tasks: list[Task], workers: int) -> dict[str, Row]:
    return {Path(task.media.path).name: comparable(row) for task, row in examine_all(tasks, SETTINGS, workers)}


def test_every_task_comes_back_with_its_own_row(tmp_path: Path) -> None:
    tasks = _files(tmp_path, [f"{number:03d}.wav" for number in range(300)])
    told = [(task, row["frames"]) for task, row in examine_all(tasks, SETTINGS, 2)]
    assert sorted(told, key=lambda one: one[0].media.path) == [(task, 1600 + at) for at, task in enumerate(tasks)]


def test_rows_are_those_of_one_process(tmp_path: Path) -> None:
    tasks = _files(tmp_path, ["a.wav", "b.wav"])
    assert _rows(tasks, 2) == {name: comparable(examined(tmp_path / name)) for name in ("a.wav", "b.wav")}


def test_nothing_to_examine_gives_no_rows() -> None:
    assert list(examine_all([], SETTINGS, 2)) == []


def test_a_worker_has_one_thread_and_nobody_else_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_examine_batch", tell_of_threads)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    [(_, row)] = examine_all(_files(tmp_path, ["a.wav"]), SETTINGS, 1)
    assert row["threads"] == row["threads_before"]
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_a_worker_imports_neither_torch_nor_what_only_tables_need() -> None:
    tell = "import sys, workflow_scripts.check.worker as _; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True, timeout=100)
    modules = set(done.stdout.split())
    assert "workflow_scripts.sound.examine" in modules
    assert not {"torch", "torchaudio", "scipy", "polars", "pandera", "pyarrow", "av"} & modules


@pytest.mark.parametrize("path", [None, "/elsewhere"])
def test_other_processes_do_not_look_where_workers_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str | None
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    if path is not None:
        monkeypatch.setenv("PYTHONPATH", path)
    list(examine_all(_files(tmp_path, ["a.wav"]), SETTINGS, 1))
    assert os.environ.get("PYTHONPATH") == path


def test_whoever_stops_asking_is_not_held_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "BATCH", 1)
    told = examine_all(_files(tmp_path, [f"{number}.wav" for number in range(50)]), SETTINGS, 2)
    next(told)
    told.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_crash_costs_one_row_and_its_neighbours_are_fine(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_examine_batch", examine_with_culprits)
    names = ["a.wav", "aborts.wav", "b.wav", "is_killed.wav", "z.wav"]
    rows = _rows(_files(tmp_path, names), workers)
    assert {name: rows[name].get("error") for name in names} == {
        "a.wav": None,
        "aborts.wav": "the decoder died with exit code -6",
        "b.wav": None,
        "is_killed.wav": "the decoder died with exit code -9",
        "z.wav": None,
    }
    for name in ("a.wav", "b.wav", "z.wav"):
        assert rows[name] == comparable(examined(tmp_path / name))


def test_a_file_that_became_a_folder_since_the_scan_costs_one_row(tmp_path: Path) -> None:
    tasks = _files(tmp_path, ["a.wav", "b.wav"])
    os.unlink(tmp_path / "a.wav")
    (tmp_path / "a.wav").mkdir()
    rows = _rows(tasks, 1)
    assert (rows["a.wav"]["error_kind"], rows["b.wav"]["load_ok"]) == ("not_a_file", True)


def test_hostile_files_among_good_ones_are_rows(tmp_path: Path) -> None:
    names = ["a.wav", "b.wav", "c.wav", "d.wav"]
    _files(tmp_path, names)
    (tmp_path / "b.wav").write_bytes(b"<html>")
    flac = bytearray(encoded(noise16(9000), 16_000, "FLAC", "PCM_16"))
    flac[8000] ^= 1
    (tmp_path / "c.wav").write_bytes(flac)
    tasks = [task_of(tmp_path / name) for name in names]
    (tmp_path / "d.wav").unlink()
    rows = _rows(tasks, 2)
    assert [rows[name].get("error_kind") for name in names] == [None, "not_audio", "corrupt", "vanished"]


WITHOUT_LIBRARY = """
import sys
from pathlib import Path
from tests.workers import SETTINGS, task_of
from workflow_scripts.check.pool import examine_all
from workflow_scripts.check.task import WorkerError
if __name__ == "__main__":
    try:
        print(list(examine_all([task_of(Path(file)) for file in sys.argv[2:]], SETTINGS, int(sys.argv[1]))))
    except WorkerError as error:
        print("told:", error)
"""


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("fault", ["OSError('sndfile library not found')", "ImportError('libFLAC.so.8: cannot open')"])
def test_a_library_that_is_not_whole_is_named_and_no_file_is_blamed(tmp_path: Path, fault: str, workers: int) -> None:
    files = [str(tmp_path / f"{number}.wav") for number in range(3)]
    _files(tmp_path, files)
    broken, script = tmp_path / "broken", tmp_path / "without_library.py"
    broken.mkdir()
    (broken / "soundfile.py").write_text(f"\nraise {fault}")
    script.write_text(WITHOUT_LIBRARY)
    done = subprocess.run(
        [sys.executable, script, str(workers), *files],
        env=os.environ | {"PYTHONPATH": f"{broken}:{REPOSITORY}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    kind, words = fault.removesuffix("')").split("('")
    assert f"workers cannot import what they need: {broken}/soundfile.py, line 2: {kind}: {words}. " in done.stdout
    assert done.stdout.startswith("told: no audio can be decoded")
    assert done.stderr == ""
