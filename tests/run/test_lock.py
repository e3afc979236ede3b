"""Results have one owner at a time, and nobody has to clear up after one that died."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project import REPOSITORY
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.lock import GONE_AFTER_S, Lock

OWNER = """
import sys, time
from pathlib import Path
from workflow_scripts.run.lock import Lock
lock = Lock(Path(sys.argv[1]))
lock.take()
print("taken", flush=True)
time.sleep(60)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "results/run.lock"


def another_owner(file: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", OWNER, str(file)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "taken\n"
    return process


def on_another_machine(file: Path, silent_s: float) -> None:
    """As a run elsewhere would have left it, whose last sign of life is so long ago."""
    said = json.loads(file.read_text()) | {"host": "node7", "machine": "node7 boot", "pid": os.getpid()}
    file.unlink()  # the thread of the lock that was taken here touches the file that it opened, and not this one
    file.write_text(json.dumps(said))
    os.utime(file, (time.time() - silent_s,) * 2)


def test_a_second_run_is_refused_with_host_process_and_time(file: Path) -> None:
    with another_owner(file) as process:
        with pytest.raises(SoundledgerError) as refused:
            Lock(file).take()
        process.kill()
    told = str(refused.value)
    assert f"{file.parent}: another run has been writing here since " in told
    assert f"process {process.pid} on {os.uname().nodename}, started in {REPOSITORY}" in told
    assert "Wait for its end, or give this run a results folder of its own, --config results=" in told


def test_who_is_refused_leaves_nothing(file: Path) -> None:
    with another_owner(file) as process:
        before = {path: path.stat().st_mtime_ns for path in [file.parent, *file.parent.iterdir()]}
        with pytest.raises(SoundledgerError):
            Lock(file).take()
        assert {path: path.stat().st_mtime_ns for path in [file.parent, *file.parent.iterdir()]} == before
        process.kill()


def test_the_next_takes_it_when_it_was_given_back(file: Path) -> None:
    for _ in range(2):
        lock = Lock(file)
        lock.take()
        lock.give_back()
        assert list(file.parent.iterdir()) == []


def test_of_an_owner_that_was_killed_it_clears_itself(file: Path) -> None:
    with another_owner(file) as process:
        process.send_signal(signal.SIGKILL)
    assert file.exists()
    lock = Lock(file)
    assert lock.owner() is None
    lock.take()
    assert json.loads(file.read_text())["pid"] == os.getpid()
    assert os.listdir(file.parent) == [file.name]
    lock.give_back()


def test_a_later_process_of_the_same_number_is_not_the_owner(file: Path) -> None:
    Lock(file).take()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"process": "1"}))
    assert Lock(file).owner() is None


def test_an_owner_on_another_machine_is_gone_when_it_has_been_silent_for_minutes(file: Path) -> None:
    Lock(file).take()
    on_another_machine(file, GONE_AFTER_S - 60)
    with pytest.raises(SoundledgerError, match=r"on node7, .*after a crash there this clears itself within 5 minutes"):
        Lock(file).take()
    on_another_machine(file, GONE_AFTER_S + 60)
    Lock(file).take()
    assert json.loads(file.read_text())["host"] == os.uname().nodename


def test_a_living_owner_says_so_all_the_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow_scripts.run.lock.BEATS_EVERY_S", 0.05)
    lock = Lock(file)
    lock.take()
    os.utime(file, (0, 0))
    until = time.monotonic() + 10
    while file.stat().st_mtime == 0 and time.monotonic() < until:
        time.sleep(0.05)
    assert time.time() - file.stat().st_mtime < 60
    lock.give_back()


def test_an_owner_that_was_stopped_for_long_neither_touches_nor_clears_the_lock_of_the_next(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow_scripts.run.lock.BEATS_EVERY_S", 0.05)
    stopped = Lock(file)
    stopped.take()
    file.unlink()
    file.write_text("the next")
    os.utime(file, (0, 0))
    time.sleep(0.3)
    stopped.give_back()
    assert (file.read_text(), file.stat().st_mtime) == ("the next", 0)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_lock_that_says_nothing_holds_for_minutes(file: Path, text: str) -> None:
    """It may be half written, where there are no hard links."""
    file.parent.mkdir()
    file.write_text(text)
    assert Lock(file).owner()
    os.utime(file, (time.time() - GONE_AFTER_S - 60,) * 2)
    Lock(file).take()


def test_where_there_are_no_hard_links_it_is_held_too(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    lock = Lock(file)
    lock.take()
    with pytest.raises(SoundledgerError, match=f"process {os.getpid()} on "):
        Lock(file).take()
    lock.give_back()
    assert list(file.parent.iterdir()) == []


RACE = """
import sys, time
from pathlib import Path
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.lock import Lock
sys.stdin.readline()
try:
    Lock(Path(sys.argv[1])).take()
except SoundledgerError:
    print("refused", flush=True)
else:
    print("taken", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("left", [False, True], ids=["free", "of an owner that was killed"])
def test_of_many_that_try_at_once_one_gets_it(file: Path, left: bool) -> None:
    if left:
        with another_owner(file) as process:
            process.kill()
    command = [sys.executable, "-c", RACE, str(file)]
    pipe = subprocess.PIPE
    racing = [subprocess.Popen(command, cwd=REPOSITORY, stdin=pipe, stdout=pipe, text=True) for _ in range(6)]
    say: Callable[[], list[int]] = lambda: [one.stdin.write("go\n") + (one.stdin.flush() or 0) for one in racing]  # noqa: E731
    time.sleep(1)
    say()
    told = sorted(one.stdout.readline() for one in racing)
    for one in racing:
        one.communicate("go\n")
    assert told == ["refused\n"] * 5 + ["taken\n"]
