"""A disk that is full is named, and what came is gone on with once there is room."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.faulty import FaultyServer, Served, faulty_server, some_bytes
from workflow_scripts.fetch.answers import Version
from workflow_scripts.fetch.fetcher import Wanted, fetch
from workflow_scripts.fetch.notes import PartNote, PartNotes
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.session import Client

DISK = 24 << 20


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def note(bytes_there: int) -> PartNote:
    return PartNote("https://example.org/a.zip", "", None, Version(100, '"1"'), True, ((0, bytes_there),))


def test_after_the_power_failed_only_what_was_synced_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = PartNotes(tmp_path / "part")
    notes.write(note(10), is_synced=True)
    notes.write(note(50), is_synced=False)
    assert notes.read() == note(50)
    monkeypatch.setattr("workflow_scripts.fetch.notes._boot", lambda: "another start of the machine")
    assert notes.read() == note(10)
    monkeypatch.setattr("workflow_scripts.fetch.notes._boot", lambda: "")  # where the system does not tell
    assert notes.read() == note(10)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"there": 1}', "null"])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "part.json").write_text(text)
    assert PartNotes(tmp_path / "part").read() is None


def test_room_is_asked_for_first(server: FaultyServer, small_disk: Path) -> None:
    address = server.put("/a.zip", Served(some_bytes(DISK + 1)))
    with Client() as client, pytest.raises(FetchError) as caught:
        fetch(Wanted(address), small_disk / "a.zip", client=client)
    assert caught.value.reason == "no_space"
    assert "needs 25.2 MB more for a.zip, has 25.2 MB free" in str(caught.value)
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_fills_up_midway_ends_with_a_clear_word_and_goes_on(server: FaultyServer, small_disk: Path) -> None:
    """The server does not tell the size before, so that nobody can ask for room."""
    body = some_bytes(20 << 20)
    other = small_disk / "other"
    address = server.put("/a.zip", Served(body))

    def fill(_: object) -> None:
        if not other.exists():
            other.write_bytes(bytes(10 << 20))

    with Client() as client, pytest.raises(FetchError) as caught:
        fetch(Wanted(address), small_disk / "a.zip", fill, client=client)
    assert caught.value.reason == "no_space"
    assert not caught.value.passing
    assert "No space left on device while a.zip was written. Make room and run it again" in str(caught.value)
    assert not (small_disk / "a.zip").exists()

    other.unlink()
    with Client() as client:
        found = fetch(Wanted(address), small_disk / "a.zip", client=client)
    assert (small_disk / "a.zip").read_bytes() == body
    assert found.transferred < len(body)
    assert [path.name for path in small_disk.iterdir()] == ["a.zip"]
