"""Many who look into folders see what one sees."""

import errno
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.media import lookers
from workflow_scripts.media.lookers import parts
from workflow_scripts.media.walk import FOLDERS_AT_ONCE, Below, Identity, Way
from workflow_scripts.processes import cores, started


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are asked from the first folder on."""
    monkeypatch.setattr(lookers, "ALONE_S", 0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Folders in folders, of files and of none, and links to some of them."""
    root = tmp_path / "root"
    for number in range(200):
        folder = root / f"{number % 7}" / f"{number % 31}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.wav").write_bytes(b"1" * number)
    (root / "none").mkdir()
    for name in ("b", "a"):
        (root / name).symlink_to(root / "3")
    (root / "3" / "circle").symlink_to(root)
    (tmp_path / "outside/in").mkdir(parents=True)
    (tmp_path / "outside/in/x.wav").write_bytes(b"12")
    for name in ("2/to_in", "5/to_out"):
        (root / name).symlink_to(tmp_path / ("outside/in" if name.endswith("in") else "outside"))
    return root


def lines(root: Path, images: bool = False) -> Counter[tuple[str, str]]:
    """Folder and name of each file, as often as it is told."""
    seen: Counter[tuple[str, str]] = Counter()
    for part in parts(str(root), images):
        _, folder, *rest = part.text.decode().removesuffix("\0").split("\0")
        names = rest[2::4]
        seen.update((folder, name) for name in names)
    return seen


def state(root: Path) -> int:
    return sum(part.state for part in parts(str(root)))


def test_many_see_what_one_sees(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone, its_state = lines(root), state(root)
    assert len(alone) == 201
    assert set(alone.values()) == {1}
    monkeypatch.setattr(lookers, "ALONE_S", 0)
    for _ in range(3):
        assert lines(root) == alone
        assert state(root) == its_state


@pytest.mark.parametrize("alone_s", [lookers.ALONE_S, 0])
def test_pictures_are_seen_where_they_are_looked_for_and_nothing_else(
    root: Path, monkeypatch: pytest.MonkeyPatch, alone_s: float
) -> None:
    monkeypatch.setattr(lookers, "ALONE_S", alone_s)
    before = lines(root)
    for name in ("x.JPG", "y.webp", "._z.jpg", "notes.txt", "3/w.png"):
        (root / name).write_bytes(b"1")
    assert lines(root) == before
    assert set(lines(root, images=True)) == {("", "x.JPG"), ("", "y.webp"), ("3", "w.png")}


def test_a_link_that_leads_into_what_another_leads_to_is_followed_in_one_order(root: Path, at_once: None) -> None:
    assert [folder for folder, name in lines(root) if name == "x.wav"] == ["2/to_in"]


def test_names_that_are_no_utf_8_come_through(tmp_path: Path, at_once: None) -> None:
    os.makedirs(os.fsencode(tmp_path) + b"/\xff\n\xe9")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n\xe9/\xfe.wav")).write_bytes(b"1")
    assert list(lines(tmp_path)) == [("\\xff\n\\xe9", "\\xfe.wav")]


def test_a_folder_that_cannot_be_read_ends_the_look_with_its_name(
    root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is for one who looks alone: root may read every folder, so this one has a name that none may have."""
    take = Way.take

    def and_lose(way: Way) -> list[str]:
        return [folder if folder != "4" else f"4/{'n' * 300}" for folder in take(way)]

    monkeypatch.setattr(Way, "take", and_lose)
    with pytest.raises(OSError, match=r"name too long: .*root/4/nnn"):
        list(parts(str(root)))
    assert not children()


def test_a_looker_that_is_killed_ends_the_look(root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = lookers._Looker.ask

    def killed(looker: lookers._Looker, folders: list[str]) -> Iterator[object]:
        os.kill(looker._process.pid, signal.SIGKILL)
        looker._process.wait()
        return ask(looker, folders)

    monkeypatch.setattr(lookers._Looker, "ask", killed)
    with pytest.raises(ChildProcessError, match="was ended; run again"):
        list(parts(str(root)))
    assert not children()


@pytest.mark.parametrize("can_start", [1, 3])
def test_lookers_that_cannot_be_started_are_done_without(
    root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch, can_start: int
) -> None:
    """As where a user may have no more processes."""
    alone = state(root)
    start_only(monkeypatch, can_start)
    assert state(root) == alone
    assert not children()


def test_where_no_looker_can_be_started_the_look_ends(
    root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_only(monkeypatch, 0)
    with pytest.raises(BlockingIOError):
        state(root)


def test_where_a_looker_finds_no_thread_to_speak_to_it_is_ended(
    root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        state(root)
    assert not children()


def start_only(monkeypatch: pytest.MonkeyPatch, can_start: int) -> None:
    """So many processes, and then no more."""
    popen, started_by_now = subprocess.Popen, itertools.count()

    def start(*args: Any, **kwargs: Any) -> Any:
        if next(started_by_now) >= can_start:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return popen(*args, **kwargs)

    monkeypatch.setattr(lookers, "cores", lambda: 8)
    monkeypatch.setattr(subprocess, "Popen", start)


def test_a_looker_that_cannot_begin_says_why(
    root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lookers, "IMPORTS", tmp_path)
    (tmp_path / "workflow_scripts").mkdir()
    (tmp_path / "workflow_scripts/__init__.py").write_text("import something_that_is_not_there")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChildProcessError, match="failed: ModuleNotFoundError: No module named 'something_that"):
        state(root)
    assert not children()


def test_cores_are_counted_where_nobody_says_which_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """As outside of Linux."""
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == os.cpu_count()


def test_who_wants_no_more_leaves_nobody_at_work(root: Path, at_once: None) -> None:
    before = threading.active_count()
    found = parts(str(root))
    assert len(list(itertools.islice(found, 2))) == 2
    assert len(children()) >= 1
    found.close()
    assert not children()
    assert threading.active_count() == before


def test_lookers_end_with_the_one_that_asks(root: Path, tmp_path: Path) -> None:
    script = (
        "import itertools, os, signal, sys\n"
        "from workflow_scripts.media import lookers\n"
        "lookers.ALONE_S = 0\n"
        "found = lookers.parts(sys.argv[1]); next(found)\n"
        "print(open(f'/proc/self/task/{os.getpid()}/children').read(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, root], capture_output=True, text=True, check=False)
    pids = [int(pid) for pid in run.stdout.split()]
    assert len(pids) >= 1
    while any(started(pid) for pid in pids):
        time.sleep(0.1)


def children() -> list[str]:
    """Lookers of this process that have not come to their end; other tests may have left it processes of theirs."""
    there = [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return [pid for pid in there if b"media.lookers" in Path(f"/proc/{pid}/cmdline").read_bytes()]


# --- the way ---

TREES = st.recursive(
    st.none(), lambda tree: st.dictionaries(st.text("ab", min_size=1), tree, max_size=4), max_leaves=40
)


@settings(max_examples=50)
@given(TREES, st.integers(1, 5), st.randoms(use_true_random=False))
def test_any_number_go_through_each_folder_once(tree: dict | None, number: int, chance: random.Random) -> None:
    """Each takes some, and they come back in any order."""
    way, gone_through, under_way = Way(""), list[str](), list[str]()
    identities = {path: Identity(0, place) for place, path in enumerate(_folders(tree or {}, ""))}
    while True:
        if len(under_way) < number and (way._folders or not under_way):
            taken = way.take()
            assert len(taken) <= FOLDERS_AT_ONCE
            under_way += taken
            if not under_way:
                break
            continue
        folder = under_way.pop(chance.randrange(len(under_way)))
        assert way.enter(identities[folder])
        gone_through.append(folder)
        way.go_on(Below(list(_below(tree or {}, folder)), []))
    assert sorted(gone_through) == sorted(identities)


def _folders(tree: dict, path: str) -> Iterator[str]:
    yield path
    for name, below in tree.items():
        yield from _folders(below or {}, f"{path}/{name}" if path else name)


def _below(tree: dict, folder: str) -> Iterator[str]:
    for name in folder.split("/") if folder else ():
        tree = tree[name] or {}
    for name in tree:
        yield f"{folder}/{name}" if folder else name
