"""Killed at any moment, the same delivery goes on: the same files in the end, and none of them sent twice."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deliver.between import KILL_AFTER, KILL_BEFORE, PASS
from tests.deliver.made_export import whole, write_export
from tests.deliver.places import Place, environment_of
from tests.project import REPOSITORY
from workflow_scripts.deliver.manifest import MANIFEST

pytestmark = pytest.mark.slow

FILES = {f"train/{number}.tar": f"{number:02} ".encode() * (400 + number) for number in range(30)}
FILES |= {"README": b"Tars.\n"}
KILLS = [(ordinal, when) for ordinal in range(1, 7) for when in (KILL_BEFORE, KILL_AFTER)]
"""At which of the requests of a process that send something, and whether the server has it by then."""


def deliver_once(export: Path, place: Place, aside: Path, kill: tuple[int, str] | None) -> int:
    """A delivery by a process of its own, killed at one of its requests; its exit code."""
    command = [sys.executable, "-m", "tests.deliver.once", str(export), place.address, str(aside)]
    assert place.between
    place.between.killed, place.between.seen = False, 0
    others = set(place.between.connections)
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environment_of(place), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        place.between.client = process.pid
        place.between.fate = lambda ordinal, _: kill[1] if kill and ordinal == kill[0] else PASS
        told, _ = process.communicate(timeout=120)
    place.between.settle(others)
    assert process.returncode in (0, -9), told.decode()
    return process.returncode


def test_a_delivery_that_is_killed_twelve_times_ends_in_the_same_files_and_sends_none_twice(
    served_place: Place, tmp_path: Path
) -> None:
    export, place = write_export(tmp_path / "export", FILES), served_place
    assert place.between
    killed = 0
    for kill in KILLS:
        code = deliver_once(export, place, tmp_path, kill)
        killed += code == -9
        there = place.content()
        assert all(
            whole(FILES, export).get(path) == content for path, content in there.items() if "MANIFEST" not in path
        )
        if MANIFEST in there:
            assert there.keys() >= whole(FILES, export).keys()
    assert deliver_once(export, place, tmp_path, None) == 0
    there = place.content()
    assert there.pop(MANIFEST)
    assert there == whole(FILES, export)
    files = {
        path: content for path, content in whole(FILES, export).items() if place.kind != "hf" or len(content) >= 1000
    }
    counts = {path: place.between.sent[place.key(path, content)] for path, content in files.items()}
    assert counts == dict.fromkeys(files, 1)
    assert killed >= (10 if place.kind != "hf" else 3), killed


def test_a_folder_that_was_killed_at_any_file_is_made_whole(tmp_path: Path) -> None:
    """Where there is no server that tells, a file that is not there yet says where a kill came."""
    export, there = write_export(tmp_path / "export", FILES), tmp_path / "there"
    command = [sys.executable, "-m", "tests.deliver.killed_at", str(export), str(there), str(tmp_path)]
    copied: list[str] = []
    for file in range(1, 13):
        done = subprocess.run([*command, str(file)], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert done.returncode in (0, -9), done.stderr
        copied += done.stdout.split()
        assert not (there / MANIFEST).exists() or all((there / path).exists() for path in FILES)
        if done.returncode == 0:
            break
    else:
        pytest.fail("no delivery came to its end")
    assert file > 3
    assert {path: (there / path).read_bytes() for path in FILES} == FILES
    assert not list(there.rglob("*.part"))
    assert sorted(copied.count(path) for path in FILES) == [1] * len(FILES)
