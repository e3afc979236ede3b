"""Files appear under their final name whole or not at all."""

import contextlib
import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workflow_scripts.tables.files import aside, link_or_copy, publish, published, whole

REPOSITORY = Path(__file__).resolve().parents[2]


def tree(folder):
    """Every file below a folder, with what it holds."""
    return {name: (folder / name).read_text() for name in tree_names(folder)}


def tree_names(folder):
    """The path of every file below a folder."""
    return [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]


def run(code, *arguments, expect=0):
    """Run a writer in a process of its own."""
    command = [sys.executable, "-c", PREAMBLE + code, *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == expect, done.stderr


def run_until_killed(code, *arguments):
    """Run a writer that kills itself with SIGKILL."""
    run(code, *arguments, expect=-signal.SIGKILL)


PREAMBLE = """
import os, signal, sys
from pathlib import Path
from workflow_scripts.tables.files import aside, publish, whole

def die():
    os.kill(os.getpid(), signal.SIGKILL)

path = Path(sys.argv[1])
"""


# --- whole ---


def test_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "deep" / "down" / "file.txt"
    with whole(path) as part:
        part.write_text("half")
        assert part.parent == path.parent, "a rename is atomic within one filesystem only"
        assert not path.exists()
    assert tree(tmp_path) == {"deep/down/file.txt": "half"}


def test_file_that_is_replaced_is_the_old_one_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with whole(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert tree(tmp_path) == {"file.txt": "new"}


def test_reader_that_opened_the_old_file_keeps_it(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with path.open() as reader:
        with whole(path) as part:
            part.write_text("new")
        assert reader.read() == "old"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_writer_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path, error):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(error), whole(path) as part:  # noqa: PT012  the half file is the point
        part.write_text("half")
        raise error
    assert tree(tmp_path) == {"file.txt": "old"}


def test_writer_that_writes_nothing_is_an_error_and_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), whole(path):
        pass
    assert tree(tmp_path) == {"file.txt": "old"}


def test_killed_writer_leaves_the_old_file_and_the_next_sweeps_its_part(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    run_until_killed('with whole(path) as part:\n    part.write_text("half"); die()', path)
    left = tree(tmp_path)
    assert left.pop("file.txt") == "old"
    assert list(left.values()) == ["half"]
    assert all(name.startswith(".") for name in left), "what is left looks like no table"
    with whole(path) as part:
        part.write_text("new")
    assert tree(tmp_path) == {"file.txt": "new"}


@pytest.mark.parametrize("name", ["shard=00.parquet", "odd [0-9]*?.txt", "-rf.txt", "{a,b}.txt", "ü ñ.txt"])
def test_sweeping_takes_what_is_left_of_this_file_and_of_no_other(tmp_path, name):
    other = ".odd 0.txt.1.part"
    (tmp_path / other).write_text("another's")
    run_until_killed('with whole(path) as part:\n    part.write_text("half"); die()', tmp_path / name)
    with whole(tmp_path / name) as part:
        part.write_text("new")
    assert tree(tmp_path) == {name: "new", other: "another's"}


def test_a_killed_builder_of_a_database_leaves_a_log_of_it_that_the_next_sweeps_too(tmp_path):
    path = tmp_path / "catalog.duckdb"
    code = """
import duckdb
with whole(path) as part:
    database = duckdb.connect(str(part))
    database.execute("CREATE TABLE half (a INTEGER)")
    die()
"""
    run_until_killed(code, path)
    assert [name.endswith(".part.wal") for name in sorted(tree_names(tmp_path))] == [False, True]
    with whole(path) as part:
        part.write_text("new")
    assert tree(tmp_path) == {"catalog.duckdb": "new"}


def test_what_a_living_writer_is_at_work_on_is_left_alone(tmp_path):
    """Two runs on one folder: the lock refuses the second, and if it did not, nothing would be torn."""
    path = tmp_path / "file.txt"
    code = 'with whole(path) as part:\n    part.write_text("theirs"); print("at work", flush=True); sys.stdin.read()'
    command = [sys.executable, "-c", PREAMBLE + code, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=REPOSITORY, **pipes) as other:
        other.stdout.readline()
        with whole(path) as part:
            part.write_text("ours")
        assert sorted(tree(tmp_path).values()) == ["ours", "theirs"]
        other.stdin.close()
    assert (other.returncode, tree(tmp_path)) == (0, {"file.txt": "theirs"})


# --- folders ---


def test_folder_appears_whole_and_replaces_the_old_one_with_all_it_held(tmp_path):
    path = tmp_path / "export"
    for word in ("old", "new"):
        with whole(path) as part:
            part.mkdir()
            (part / f"{word}.txt").write_text(word)
    assert tree(tmp_path) == {"export/new.txt": "new"}


def test_folder_whose_writer_is_killed_is_the_old_one_and_the_next_sweeps(tmp_path):
    path = tmp_path / "export"
    path.mkdir()
    (path / "old.txt").write_text("old")
    run_until_killed('with whole(path) as part:\n    part.mkdir(); (part / "half.txt").write_text("half"); die()', path)
    assert tree(path) == {"old.txt": "old"}
    with whole(path) as part:
        part.mkdir()
        (part / "new.txt").write_text("new")
    assert tree(tmp_path) == {"export/new.txt": "new"}


def test_folder_whose_writer_is_killed_while_it_takes_the_old_one_away_is_not_torn(tmp_path):
    """Whole or not at all: a folder under its final name never holds a part of its files."""
    path = tmp_path / "export"
    path.mkdir()
    number = 4_000
    for name in range(number):
        (path / str(name)).touch()
    code = 'print("ready", flush=True)\nwith whole(path) as part:\n    part.mkdir(); (part / "new").touch()'
    command = [sys.executable, "-c", PREAMBLE + code, str(path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        while writer.poll() is None and _size(path) == number:
            pass
        writer.kill()
    left = set(os.listdir(path)) if path.exists() else set()
    assert left in (set(), {"new"}, {str(name) for name in range(number)}), (
        f"{len(left):,} of {number:,} files are left"
    )


def _size(folder):
    try:
        return len(os.listdir(folder))
    except FileNotFoundError:
        return 0


# --- aside ---


@pytest.mark.parametrize("ending", [None, ValueError, KeyboardInterrupt])
def test_what_a_writer_puts_aside_is_gone_when_it_is_done_or_has_failed(tmp_path, ending):
    path = tmp_path / "tables" / "clips.parquet"
    with contextlib.suppress(ValueError, KeyboardInterrupt), aside(path) as folder:
        (folder / "0.arrow").write_text("rows")
        assert [file.parent.parent for file in path.parent.rglob("*.arrow")] == [path.parent]
        if ending:
            raise ending
    assert list(path.parent.iterdir()) == []


def test_what_a_killed_writer_put_aside_is_swept_by_the_next(tmp_path):
    path = tmp_path / "clips.parquet"
    run_until_killed('with aside(path) as folder:\n    (folder / "0.arrow").write_text("rows"); die()', path)
    assert len(tree(tmp_path)) == 1
    with aside(path) as folder:
        assert tree(tmp_path) == {}
        assert folder.is_dir()
    assert list(tmp_path.iterdir()) == []


# --- published ---


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine" / "tables" / "clips.parquet"


def test_published_copy_survives_when_the_final_name_is_deleted(path):
    publish(path, lambda part: part.write_text("rows"))
    path.unlink()
    assert published(path).read_text() == "rows"


def test_published_copy_costs_no_room(path):
    publish(path, lambda part: part.write_text("rows"))
    assert path.samefile(published(path))


def test_published_copy_is_replaced_with_the_table(path, tmp_path):
    for word in ("old", "new"):
        publish(path, lambda part, word=word: part.write_text(word))
    assert tree(tmp_path / "mine") == {".published/tables/clips.parquet": "new", "tables/clips.parquet": "new"}


def test_table_is_published_again_after_its_final_name_was_deleted(path):
    publish(path, lambda part: part.write_text("old"))
    path.unlink()
    publish(path, lambda part: part.write_text("new"))
    assert path.read_text() == published(path).read_text() == "new"


def test_killed_writer_leaves_both_names_as_they_were_and_the_next_sweeps(path, tmp_path):
    publish(path, lambda part: part.write_text("old"))
    run_until_killed('publish(path, lambda part: (part.write_text("half"), die()))', path)
    assert path.read_text() == published(path).read_text() == "old"
    assert len(tree(tmp_path)) == 3
    run('publish(path, lambda part: part.write_text("new"))', path)
    assert tree(tmp_path / "mine") == {".published/tables/clips.parquet": "new", "tables/clips.parquet": "new"}


def test_writer_that_fails_leaves_both_names_as_they_were(path, tmp_path):
    publish(path, lambda part: part.write_text("old"))

    def fail(part):
        part.write_text("half")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  any error of the writer's will do
        publish(path, fail)
    assert tree(tmp_path / "mine") == {".published/tables/clips.parquet": "old", "tables/clips.parquet": "old"}


PUBLISH_FOR_EVER = """
print("ready", flush=True)
while True:
    for letter in "ab":
        publish(path, lambda part: part.write_text(letter * 300_000))
"""


def test_kill_at_any_moment_leaves_whole_files_under_both_names(path, tmp_path):
    chance = random.Random(1)
    for _ in range(15):
        command = [sys.executable, "-c", PREAMBLE + PUBLISH_FOR_EVER, str(path)]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.02))
            writer.kill()
        for name in (path, published(path)):
            assert not name.exists() or name.read_text() in ("a" * 300_000, "b" * 300_000)
    publish(path, lambda part: part.write_text("new"))
    assert tree(tmp_path / "mine") == {".published/tables/clips.parquet": "new", "tables/clips.parquet": "new"}


# --- second names ---

NO_LINKS = [errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV]


@pytest.mark.parametrize("number", NO_LINKS)
def test_a_file_that_can_have_no_second_name_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    (tmp_path / "one").write_text("text")
    monkeypatch.setattr(os, "link", refuse)
    link_or_copy(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "other").read_text() == "text"
    assert (tmp_path / "other").stat().st_nlink == 1


def test_a_file_that_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    """It may be a name of a file of somebody else."""
    for name in ("one", "other"):
        (tmp_path / name).write_text(name)
    os.link(tmp_path / "other", tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        link_or_copy(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "elsewhere").read_text() == "other"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ENOSPC, errno.EROFS, errno.ESTALE])
def test_another_fault_is_none_of_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    (tmp_path / "one").write_text("text")
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OSError, match=os.strerror(number)):
        link_or_copy(tmp_path / "one", tmp_path / "other")
    assert not (tmp_path / "other").exists()
