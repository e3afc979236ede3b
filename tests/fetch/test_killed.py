"""A fetch that is killed goes on where it was, and nobody ever sees half a file."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.faulty import FaultyServer, Served, faulty_server, some_bytes

REPOSITORY = Path(__file__).resolve().parents[2]
MOST_FETCHED_AGAIN = 16 << 20
FETCH = """
import sys
from pathlib import Path
from workflow_scripts.fetch.fetcher import Wanted, fetch
found = fetch(Wanted(sys.argv[1]), Path(sys.argv[2]))
print(found.how, found.sha256)
"""


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


def start(address: str, to: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, address, str(to)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )


def kill_once_sent(process: subprocess.Popen[str], server: FaultyServer, path: str, at: int) -> None:
    while server.sent(path) < at and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


def settled(server: FaultyServer, path: str) -> int:
    """Bytes sent, once nothing is sent any more to a client that is gone."""
    before, sent = -1, server.sent(path)
    while sent != before:
        time.sleep(0.1)
        before, sent = sent, server.sent(path)
    return sent


def test_ten_kills_cost_little_and_tear_nothing(server: FaultyServer, tmp_path: Path) -> None:
    body = some_bytes(220 << 20)
    address, to = server.put("/big.zip", Served(body)), tmp_path / "big.zip"
    sent = [0]
    for kill in range(10):
        kill_once_sent(start(address, to), server, "/big.zip", sent[-1] + (18 << 20))
        assert not to.exists(), f"kill {kill}: the final name is there too early"
        sent.append(settled(server, "/big.zip"))
    process = start(address, to)
    assert process.communicate(timeout=120)[0] == f"fetched {hashlib.sha256(body).hexdigest()}\n"
    again = server.sent("/big.zip") - len(body)
    assert to.read_bytes() == body
    assert again <= 10 * MOST_FETCHED_AGAIN
    assert [path.name for path in tmp_path.iterdir()] == ["big.zip"]


def test_no_kill_costs_more_than_sixteen_mebibytes(server: FaultyServer, tmp_path: Path) -> None:
    """Of each kill by itself: what the next process does not ask for is what was kept."""
    body = some_bytes(160 << 20)
    address = server.put("/big.zip", Served(body))
    for number, at in enumerate((1 << 20, 33 << 20, 64 << 20, 100 << 20)):
        to = tmp_path / f"{number}.zip"
        before = server.sent("/big.zip")
        kill_once_sent(start(address, to), server, "/big.zip", before + at)
        settled(server, "/big.zip")
        assert start(address, to).wait(timeout=120) == 0
        assert server.sent("/big.zip") - before - len(body) <= MOST_FETCHED_AGAIN
        assert to.read_bytes() == body


def test_what_a_killed_process_left_of_another_version_starts_over(server: FaultyServer, tmp_path: Path) -> None:
    other = some_bytes(70 << 20, seed=1)
    address, to = server.put("/big.zip", Served(some_bytes(70 << 20))), tmp_path / "big.zip"
    kill_once_sent(start(address, to), server, "/big.zip", 40 << 20)
    server.files["/big.zip"].body = other
    assert start(address, to).wait(timeout=120) == 0
    assert to.read_bytes() == other


def test_two_processes_that_fetch_one_file_do_not_tear_it(server: FaultyServer, tmp_path: Path) -> None:
    body = some_bytes(40 << 20)
    address, to = server.put("/big.zip", Served(body)), tmp_path / "big.zip"
    processes = [start(address, to) for _ in range(3)]
    said = sorted(process.communicate(timeout=120)[0].split()[0] for process in processes)
    assert said == ["fetched", "present", "present"]
    assert to.read_bytes() == body
    assert server.sent("/big.zip") == len(body)


def test_who_waits_for_a_process_that_is_killed_goes_on_with_its_part(server: FaultyServer, tmp_path: Path) -> None:
    body = some_bytes(120 << 20)
    address, to = server.put("/big.zip", Served(body)), tmp_path / "big.zip"
    first = start(address, to)
    while not any(os.scandir(tmp_path)):
        time.sleep(0.001)
    second = start(address, to)
    kill_once_sent(first, server, "/big.zip", 60 << 20)
    assert second.communicate(timeout=120)[0].startswith("fetched")
    assert to.read_bytes() == body
    assert server.sent("/big.zip") - len(body) <= MOST_FETCHED_AGAIN
