"""What lies below an address, as a look puts it down."""

import itertools
from collections.abc import Iterator

from workflow_scripts.fetch import resolve
from workflow_scripts.fetch.remote_file import FetchError, ListedFile
from workflow_scripts.media.archives import is_archive
from workflow_scripts.media.remote.allowed import refuse_offline
from workflow_scripts.media.remote.times import time_of
from workflow_scripts.media.walk import ARCHIVE, Found, kind_called


def below(root: str, images: bool = False) -> Iterator[tuple[str, Iterator[Found]]]:
    """The audio and the archives below an address, by folder, in the order in which they are told.

    Args:
        root: of a folder, or of one archive.
        images: pictures are looked for, and no audio.

    Raises:
        FetchError: it cannot be listed.
    """
    refuse_offline(root)
    if is_archive(root):
        told = resolve.resolve(root)
        if told.bytes is None:
            raise FetchError("no_size", f"{root}: the server does not tell its size")
        name = root.rpartition("/")[2]
        yield "", iter([(name, ARCHIVE, told.bytes, time_of(told.state or told.etag))])
        return
    found = (file for file in resolve.below(root) if _is_path(file.path))
    for folder, files in itertools.groupby(found, lambda file: file.path.rpartition("/")[0]):
        yield folder, _found(files, images)


def _found(files: Iterator[ListedFile], images: bool) -> Iterator[Found]:
    for file in files:
        name = file.path.rpartition("/")[2]
        if kind := kind_called(file.path, file.bytes, images):
            yield name, kind, file.bytes, time_of(file.state)


def _is_path(path: str) -> bool:
    """Whether it can be a path below a root: others are no file's that anybody could have unpacked."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))
