"""Archives as the rest sees them: one listing and one reading, whatever the kind."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.media.archives.made_archives import SOME, listed, of, write_parquet, write_tar, write_zip
from workflow_scripts.media.archives import contents, list_members, split, stretch
from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError

WRITTEN = {
    "x.tar": write_tar,
    "x.ZIP": write_zip,
    "x.parquet": lambda path, contents: write_parquet(path, list(contents.items())),
}


@pytest.fixture(params=WRITTEN)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return WRITTEN[request.param](tmp_path / request.param, SOME)


def _kinds(path: Path, change: Callable[[], object]) -> list[str]:
    medias, _ = listed(path)
    change()
    return [content.kind if isinstance(content, MediaError) else "read" for _, content in contents(medias)]


def test_an_archive_that_was_changed_or_is_gone_is_not_read(archive: Path) -> None:
    assert _kinds(archive, lambda: None) == ["read"] * 3
    assert _kinds(archive, lambda: os.utime(archive, ns=(1, 1))) == ["changed"] * 3
    assert _kinds(archive, archive.unlink) == ["vanished"] * 3


def test_an_archive_that_changes_while_it_is_read_is_read_no_further(archive: Path) -> None:
    medias, _ = listed(archive)
    reading = contents(medias)
    _, first = next(reading)
    os.utime(archive, ns=(1, 1))
    assert of(first) == SOME["a.wav"]
    assert [of(content) for _, content in reading] == ["changed"] * 2


def test_a_long_member_tells_when_its_archive_changes_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretch, "IN_MEMORY_BYTES", 0)
    path = write_tar(tmp_path / "x.tar", {"a.wav": b"1" * 1000})
    for _, content in contents(listed(path)[0]):
        assert isinstance(content, Content)
        os.utime(path, ns=(1, 1))
        assert content.file.read() == b""
        assert content.failure is not None
        assert content.failure.kind == "changed"


def test_nothing_is_read_of_nothing() -> None:
    assert list(contents([])) == split([], 9) == []


def test_members_are_split_in_their_order(tmp_path: Path) -> None:
    medias = listed(write_tar(tmp_path / "x.tar", {f"{n}.wav": b"1" for n in range(10)}))[0]
    assert [len(batch) for batch in split(medias, 4)] == [4, 4, 2]
    assert [media for batch in split(medias, 4) for media in batch] == medias


@pytest.mark.parametrize("suffix", ["tar", "zip", "parquet"])
def test_what_is_no_file_is_damage(tmp_path: Path, suffix: str) -> None:
    link = tmp_path / f"link.{suffix}"
    link.symlink_to("nowhere")
    pipe = tmp_path / f"pipe.{suffix}"
    os.mkfifo(pipe)
    assert [list_members(str(path), 0)[1][0].reason for path in (link, pipe)] == ["vanished", "not_a_file"]


def test_an_archive_that_may_not_be_read_is_an_error(
    open_folder: Path, as_ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    path = write_tar(open_folder / "x.tar", SOME)
    path.chmod(0)
    with as_ordinary_user(), pytest.raises(PermissionError):
        list_members(str(path), 0)


def test_nothing_is_unpacked_to_disk_and_no_descriptor_stays_open(archive: Path) -> None:
    before = os.listdir("/proc/self/fd")
    for _, content in contents(listed(archive)[0]):
        of(content)
    assert os.listdir(archive.parent) == [archive.name]
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_who_walks_needs_the_standard_library_only() -> None:
    heavy = "{'pyarrow', 'polars', 'xxhash', 'numpy'}"
    code = f"import sys; import workflow_scripts.media.walk; print({heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
