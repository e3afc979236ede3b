"""What a check says of itself while it runs: a bar on a terminal, lines in a log, a note beside the log."""

import json
import logging
import os
import pty
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.project import REPOSITORY
from workflow_scripts.check import progress
from workflow_scripts.check.progress import Note, Progress
from workflow_scripts.progress.note import NoteFile, read_note

JOB = """
import sys, time
from pathlib import Path
from workflow_scripts.check.progress import Progress

name, folder, files, ends_by = sys.argv[1:]
with Progress(name, int(files), Path(folder, name)) as progress:
    for done in range(int(files)):
        time.sleep(0.01)
        progress.add("truncated" if done % 100 == 0 else None)
    if ends_by == "error":
        raise RuntimeError("ends by an error")
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "shard=11.progress.json"


def wait_until(holds) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


# --- the note ---


def test_a_note_is_there_from_the_beginning(note: Path) -> None:
    before = time.time()
    with Progress("shard=11", 4000, note):
        said = json.loads(note.read_text())
    assert before <= said.pop("started") <= said.pop("updated") <= time.time()
    assert said == {"name": "shard=11", "total": 4000, "done": 0, "faults": {}, "state": "running"}


def test_a_note_of_a_finished_job_counts_files_and_faults_by_kind(note: Path) -> None:
    with Progress("shard=11", 4, note) as counting:
        for kind in (None, "truncated", "empty", "truncated"):
            counting.add(kind)
    said = read_note(note, Note)
    assert (said.done, said.faults, said.state) == (4, {"truncated": 2, "empty": 1}, "finished")


def interrupted(note: Path) -> None:
    with Progress("shard=11", 4, note) as counting:
        counting.add(None)
        raise KeyboardInterrupt


def test_a_job_that_an_error_ends_says_so(note: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(note)
    assert read_note(note, Note).state == "stopped"
    assert read_note(note, Note).done == 1


def test_a_job_that_waits_for_one_long_file_says_that_it_lives(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DRAW_EVERY_S", 0.01)
    monkeypatch.setattr(progress, "NOTE_EVERY_S", 0.01)
    with Progress("shard=11", 4, note) as counting:
        counting.add("empty")
        wait_until(lambda: read_note(note, Note).done == 1)
        then = read_note(note, Note).updated
        wait_until(lambda: read_note(note, Note).updated > then)
        assert read_note(note, Note).state == "running"


def test_a_reader_never_sees_half_a_note(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DRAW_EVERY_S", 0.0001)
    monkeypatch.setattr(progress, "NOTE_EVERY_S", 0.0)
    seen = set()
    with Progress("shard=11", 4, note) as counting:
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            counting.add("kind_" + "x" * 500)
            seen.add(json.loads(note.read_text())["done"])
    assert len(seen) > 20
    assert os.listdir(note.parent) == [note.name]


def assert_it_goes_on_without_a_note(note: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Progress("shard=11", 4, note) as counting:
        counting.add(None)
        time.sleep(0.1)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "progress cannot be noted, the job goes on" in caplog.text
    assert read_note(note, Note) is None


def test_a_note_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "DRAW_EVERY_S", 0.01)
    monkeypatch.setattr(progress, "NOTE_EVERY_S", 0.01)
    (tmp_path / "file").touch()
    assert_it_goes_on_without_a_note(tmp_path / "file" / "note.json", caplog)


def test_a_full_disk_stops_nothing(
    note: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full takes no byte."""
    monkeypatch.setattr(progress, "DRAW_EVERY_S", 0.01)
    monkeypatch.setattr(progress, "NOTE_EVERY_S", 0.01)
    monkeypatch.setattr(NoteFile, "_sweep", lambda self: None)
    note.with_name(f".{note.name}.{os.getpid()}.part").symlink_to("/dev/full")
    assert_it_goes_on_without_a_note(note, caplog)
    assert "No space left on device" in caplog.text


def test_what_a_killed_job_left_is_swept_away(note: Path) -> None:
    left = note.with_name(f".{note.name}.123.part")
    left.write_text('{"name": "sha')
    with Progress("shard=11", 4, note):
        pass
    assert not left.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "shard', '{"something": "else"}'])
def test_a_note_of_another_version_is_none(note: Path, text: str) -> None:
    note.write_text(text)
    assert read_note(note, Note) is None


# --- the log ---


def test_a_log_gets_a_line_every_so_often(
    note: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "DRAW_EVERY_S", 0.01)
    monkeypatch.setattr(progress, "LOG_EVERY_S", 0.1)
    caplog.set_level(logging.INFO)
    with Progress("shard=11", 4000, note) as counting:
        for done in range(1200):
            counting.add("truncated" if done < 3 else None)
        wait_until(lambda: caplog.records)
        time.sleep(0.25)
    assert 1 <= len(caplog.records) <= 4
    assert re.fullmatch(
        r"shard=11: 1,200 of 4,000 files, [\d,]+\.\d files/s, 3 faults, \d+ s left", caplog.records[0].message
    )


def test_a_short_check_logs_nothing(note: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Progress("shard=11", 1, note) as counting:
        counting.add(None)
    assert caplog.records == []


def test_counting_a_file_takes_next_to_nothing(note: Path) -> None:
    with Progress("shard=11", 100_000, note) as counting:
        started = time.perf_counter()
        for _ in range(100_000):
            counting.add("truncated")
        assert time.perf_counter() - started < 1
    assert read_note(note, Note).faults == {"truncated": 100_000}


# --- the bar ---


class Screen:
    """What a terminal shows of what was written to it, as far as the bars need one."""

    def __init__(self) -> None:
        self.rows: dict[int, str] = {}
        self.row = self.column = 0

    def take(self, written: str) -> None:
        for sign in re.findall(r"\x1b\[\d*[A-Z]|[\s\S]", written):
            if sign == "\r":
                self.column = 0
            elif sign == "\n":
                self.row += 1
            elif sign == "\x1b[K":
                self.rows[self.row] = self.rows.get(self.row, "")[: self.column]
            elif sign.startswith("\x1b["):
                assert sign[-1] == "A", sign
                self.row -= int(sign[2:-1])
            else:
                row = self.rows.get(self.row, "").ljust(self.column)
                self.rows[self.row] = row[: self.column] + sign + row[self.column + 1 :]
                self.column += 1

    @property
    def shown(self) -> list[str]:
        return [self.rows[row] for row in sorted(self.rows) if self.rows[row].strip()]


def start_job(name: str, folder: Path, stderr: int, files: int = 130, ends_by: str = "itself") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", JOB, name, str(folder), str(files), ends_by],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONUTF8": "1"},
        stderr=stderr,
    )


def watch(terminal: int) -> list[str]:
    """All that is written to a terminal until nobody has it open, write by write."""
    written = []
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # what Linux says when the other end is closed
            return written
        written.append(chunk.decode())


def on_a_terminal(jobs: list[dict], folder: Path) -> tuple[list[str], list[int]]:
    """What jobs that run at once write to one terminal, and their exit codes."""
    terminal, stderr = pty.openpty()
    started = [start_job(**job, folder=folder, stderr=stderr) for job in jobs]
    os.close(stderr)
    written: list[str] = []
    watcher = threading.Thread(target=lambda: written.extend(watch(terminal)))
    watcher.start()
    codes = [job.wait(timeout=60) for job in started]
    watcher.join()
    os.close(terminal)
    return written, codes


def test_a_terminal_shows_one_bar_with_rate_faults_and_time_left(tmp_path: Path) -> None:
    written, codes = on_a_terminal([{"name": "shard=11", "files": 130}], tmp_path)
    assert codes == [0]
    screen = Screen()
    screen.take(written[0])
    (bar,) = screen.shown
    assert re.fullmatch(r"shard=11: +\d+%\|.*\| \d+ of 130 files, [\d.]+ files/s, 1 fault, \d+ s left", bar)
    assert len(bar) < 80
    for chunk in written[1:]:
        screen.take(chunk)
        assert len(screen.shown) <= 1
    assert screen.shown == []
    assert (screen.row, screen.column) == (0, 0)


def test_bars_of_jobs_at_once_keep_to_a_line_each_and_leave_none(tmp_path: Path) -> None:
    names = [f"shard={number:04d}" for number in range(3)]
    written, codes = on_a_terminal(
        [{"name": name, "files": 250 + 40 * ordinal} for ordinal, name in enumerate(names)], tmp_path
    )
    assert codes == [0, 0, 0]
    screen, most = Screen(), []
    for chunk in written:
        screen.take(chunk)
        most = max(most, screen.shown, key=len)
    assert sorted(bar.split(":")[0] for bar in most) == names
    assert screen.shown == []
    assert (screen.row, screen.column) == (0, 0)


def test_a_bar_of_a_failed_job_does_not_stand_before_its_error(tmp_path: Path) -> None:
    written, codes = on_a_terminal([{"name": "shard=11", "ends_by": "error"}], tmp_path)
    assert codes == [1]
    screen = Screen()
    screen.take("".join(written))
    assert screen.shown[0] == "Traceback (most recent call last):"
    assert screen.shown[-1] == "RuntimeError: ends by an error"


def test_where_stderr_is_a_file_there_is_no_bar(tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("wb") as stderr:
        assert start_job("shard=11", tmp_path, stderr.fileno(), files=80).wait(timeout=60) == 0
    assert (tmp_path / "stderr").read_bytes() == b""


def test_a_terminal_that_is_closed_stops_nothing(tmp_path: Path) -> None:
    terminal, stderr = pty.openpty()
    job = start_job("shard=11", tmp_path, stderr, files=200)
    os.close(stderr)
    os.read(terminal, 10)
    os.close(terminal)
    assert job.wait(timeout=60) in (0, 120)  # 120: Python's own word for a stderr that is gone
    assert read_note(tmp_path / "shard=11", Note).state == "finished"
