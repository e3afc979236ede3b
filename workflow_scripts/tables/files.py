"""Files that appear under their final name whole or not at all."""

import contextlib
import errno
import functools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from workflow_scripts.processes import started

SYNCED_AT_ONCE = 16
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
"""What a filesystem says that has no hard links, or no more of a file, or none from here to there."""
_PART = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)(\.old)?\.part(\.wal)?", re.DOTALL)
"""What `whole` names its files; `.wal` is what DuckDB keeps beside a database that it writes."""


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path beside the final one to write to; on success it is synced to disk and renamed.

    What an earlier, killed writer left beside is swept away; what a writer of this machine is at work on is not.
    Nothing stays behind when the body raises.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in _left_in(path.parent).pop(path.name, []):
        _remove(left)
    part = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        yield part
        sync(part)
        old = part.with_suffix(".old.part")
        if part.is_dir() and path.is_dir():
            os.replace(path, old)
        os.replace(part, path)
        _sync_one(path.parent)
        _remove(old)
    except BaseException:
        _remove(part)
        raise


@contextlib.contextmanager
def aside(path: Path) -> Iterator[Path]:
    """Give a folder beside a file, for what its writer cannot hold meanwhile; gone in the end, or swept by the next."""
    name = f"{path.name}.aside"
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in _left_in(path.parent).pop(name, []):
        _remove(left)
    folder = path.parent / f".{name}.{os.getpid()}.part"
    folder.mkdir()
    try:
        yield folder
    finally:
        _remove(folder)


def publish(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file whole, under its published name and, as a hard link to that, under its own.

    Snakemake deletes a rule's outputs before it runs the rule again, and when it fails. The published name is not
    among them: it is only ever replaced by a rename. So a check that is done again finds its earlier rows, and a scan
    what the root held before.
    """
    with whole(published(path)) as part:
        write(part)
    with whole(path) as part:
        link_or_copy(published(path), part)


@contextlib.contextmanager
def publish_folder(path: Path) -> Iterator[Path]:
    """Give a folder to write files to, which are then published whole, as `publish` does it with one: those in `path`.

    Files that were there before and are not written again go.
    """
    with whole(published_folder(path)) as part:
        part.mkdir()
        yield part
    with whole(path) as part:
        part.mkdir()
        for name in os.listdir(folder := published_folder(path)):
            link_or_copy(folder / name, part / name)


def link_or_copy(path: Path | str, other: Path | str) -> None:
    """Give a file a second name: a hard link, and a copy where it can have no other.

    Raises:
        OSError: there is no such file, or already one under the other name, which may be a name of a third.
    """
    try:
        os.link(path, other)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(path, other)


def published(path: Path) -> Path:
    """Where a media list or a check can be read at all times: <folder>/.published/<its folder>/<its name>."""
    return published_folder(path.parent) / path.name


def published_folder(folder: Path) -> Path:
    """Where all that is published of a folder can be read."""
    return folder.parent / ".published" / folder.name


@functools.cache
def _left_in(folder: Path) -> dict[str, list[Path]]:
    """What killed writers left in a folder, by the name that it was to have.

    Looked at once a process: a look for each file would read a folder of 2,048 shards 2,048 times.
    """
    left: dict[str, list[Path]] = {}
    for name in os.listdir(folder):
        if (part := _PART.fullmatch(name)) and not _is_at_work(int(part["pid"])):
            left.setdefault(part["name"], []).append(folder / name)
    return left


def _is_at_work(pid: int) -> bool:
    """Whether another process of this machine has this number. On other machines of a run no two write one file."""
    return pid != os.getpid() and started(pid) is not None


def sync(path: Path) -> None:
    """Have a file, or a folder with all that it holds, on the disk for good."""
    if not path.is_dir():
        return _sync_one(path)
    with ThreadPoolExecutor(SYNCED_AT_ONCE) as pool:  # file systems put those that wait side by side into one step
        for folder, _, names in os.walk(path, topdown=False):
            list(pool.map(_sync_one, [Path(folder, name) for name in names if _is_new(folder, name)]))
            _sync_one(Path(folder))
    return None


def _is_new(folder: str, name: str) -> bool:
    """Whether a file has no other name, under which it was synced."""
    return os.lstat(f"{folder}/{name}").st_nlink == 1


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
