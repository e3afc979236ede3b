"""The bytes of a media: in memory or read as they are asked for, and of the file that was listed."""

import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import noise16, wav
from workflow_scripts.media import content, limits
from workflow_scripts.media.content import Content, Window, file_content
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.opened import OnDisk

DATA = bytes(range(256)) * 40


def listed(file: Path) -> Media:
    """The media as a scan lists it."""
    seen = file.stat()
    return Media(str(file), None, seen.st_size, seen.st_mtime_ns)


def _read(media: Media) -> bytes:
    with file_content(media) as opened:
        return opened.file.read()


def _fault(read: Callable[[], object]) -> MediaError:
    with pytest.raises(MediaError) as caught:
        read()
    return caught.value


def _unlisted(file: Path) -> Media:
    """A media of any size and time: what it is does not matter, as it cannot be opened."""
    return Media(str(file), None, 0, 0)


@contextlib.contextmanager
def _window(folder: Path, start: int, size: int) -> Iterator[Content]:
    (folder / "data").write_bytes(DATA)
    with (folder / "data").open("rb") as file:
        yield Content(Window(OnDisk(file.fileno()), start, size), size)


def test_a_small_file_is_in_memory_and_a_large_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "IN_MEMORY_BYTES", 100)
    for size, is_in_memory in ((100, True), (101, False)):
        (tmp_path / "x.wav").write_bytes(DATA[:size])
        with file_content(listed(tmp_path / "x.wav")) as opened:
            assert isinstance(opened.file, io.BytesIO) == is_in_memory
            assert (opened.size, opened.file.read()) == (size, DATA[:size])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 300),
    st.integers(0, 5000),
    st.lists(st.tuples(st.integers(-400, 6000), st.sampled_from([0, 1, 2]), st.integers(0, 3000)), max_size=8),
    st.none() | st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=40)),
)
def test_a_window_reads_like_the_bytes_themselves(
    tmp_path_factory: pytest.TempPathFactory,
    start: int,
    size: int,
    reads: list[tuple[int, int, int]],
    overlay: tuple[int, bytes] | None,
) -> None:
    held = bytearray(DATA[start : start + size])
    with _window(tmp_path_factory.getbasetemp(), start, size) as window:
        assert window.file.read(10) == held[:10]  # so that a buffer is filled before bytes are laid over it
        if overlay is not None:
            place, data = overlay
            window.overlay(place, data)
            shown = data[: max(0, size - place)]
            held[place : place + len(shown)] = shown
        memory = io.BytesIO(bytes(held))
        window.file.seek(0)
        for offset, whence, count in reads:
            if (offset if whence == 0 else memory.tell() + offset if whence == 1 else size + offset) < 0:
                continue
            window.file.seek(offset, whence)
            memory.seek(max(0, (0, memory.tell(), size)[whence] + offset))
            assert window.file.read(count) == memory.read(count)
            assert window.file.tell() == memory.tell()
        assert window.digest() == xxhash.xxh3_128_hexdigest(bytes(held))


def test_bytes_laid_over_show_in_memory_too() -> None:
    opened = Content.of(b"0123456789")
    opened.overlay(3, b"abc")
    opened.file.seek(0)
    assert opened.file.read() == b"012abc6789"


def test_a_disk_that_refuses_is_an_end_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _window(tmp_path, 0, 5000) as window:
        assert window.failure is None
        monkeypatch.setattr(os, "preadv", _refusing)
        assert window.file.read() == b""
        assert window.failure is not None
        assert (window.failure.kind, str(window.failure)) == ("io_error", "cannot be read: Input/output error")


def test_a_small_file_that_the_disk_refuses_is_an_io_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.wav").write_bytes(DATA)
    monkeypatch.setattr(os, "pread", _refusing)
    assert _fault(lambda: _read(listed(tmp_path / "x.wav"))).kind == "io_error"


def _refusing(*_: object) -> int:
    raise OSError(5, "Input/output error")


def test_a_file_above_the_size_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "x.wav").open("wb") as file:
        file.truncate(limits.MAX_FILE_BYTES + 1)  # takes no room on disk
    assert _fault(lambda: _read(listed(tmp_path / "x.wav"))).kind == "too_large"


def test_a_file_of_another_size_or_time_than_listed_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "x.wav"
    file.write_bytes(DATA)
    before = listed(file)
    os.utime(file, ns=(5, 5))
    assert _fault(lambda: _read(before)).kind == "changed"
    file.write_bytes(DATA[:-1])
    os.utime(file, ns=(before.mtime_ns, before.mtime_ns))
    assert str(_fault(lambda: _read(before))) == (
        "10,239 bytes instead of 10,240, or another time of change, since it was listed; the next run looks again"
    )


def _grow(file: Path) -> None:
    with file.open("ab") as end:
        end.write(b"more")


def _replace(file: Path) -> None:
    seen = file.stat()
    file.with_name("other").write_bytes(DATA[::-1])
    os.utime(file.with_name("other"), ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    file.with_name("other").replace(file)


@pytest.mark.parametrize("change", [_grow, _replace, Path.unlink])
def test_a_file_that_changes_while_it_is_read_is_changed(tmp_path: Path, change: Callable[[Path], None]) -> None:
    file = tmp_path / "x.wav"
    file.write_bytes(DATA)

    def read() -> None:
        with file_content(listed(file)) as opened:
            change(file)
            opened.file.read()

    fault = _fault(read)
    assert fault.kind == "changed"
    assert "while it was read; the next run looks again" in str(fault)


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.wav")
    before = time.monotonic()
    assert _fault(lambda: _read(_unlisted(tmp_path / "x.wav"))).kind == "not_a_file"
    assert time.monotonic() - before < 5


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "x.wav").mkdir()
    assert _fault(lambda: _read(_unlisted(tmp_path / "x.wav"))).kind == "not_a_file"


def test_a_file_that_is_gone_has_vanished(tmp_path: Path) -> None:
    assert _fault(lambda: _read(_unlisted(tmp_path / "x.wav"))).kind == "vanished"


def test_a_link_to_nowhere_has_vanished(tmp_path: Path) -> None:
    (tmp_path / "x.wav").symlink_to("nowhere.wav")
    assert _fault(lambda: _read(_unlisted(tmp_path / "x.wav"))).kind == "vanished"


def test_a_link_to_itself_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "x.wav").symlink_to("x.wav")
    assert _fault(lambda: _read(_unlisted(tmp_path / "x.wav"))).kind == "not_openable"


def test_a_file_without_permission_cannot_be_opened(
    open_folder: Path, as_ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    file = open_folder / "x.wav"
    file.write_bytes(wav(noise16(100)))
    file.chmod(0)
    with as_ordinary_user():
        assert _fault(lambda: _read(_unlisted(file))).kind == "not_openable"
