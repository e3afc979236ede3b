"""file://: files that this machine sees. They are linked or copied, and held to the same digests."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from workflow_scripts.fetch.remote_file import FetchError, ListedFile, RemoteFile


def resolve(address: str) -> RemoteFile:
    """What the disk tells of it.

    Raises:
        FetchError: it is no file, or of another machine.
    """
    path = path_of(address)
    try:
        found = path.stat()
    except OSError as error:
        raise FetchError("not_found", f"{address}: {error.strerror}") from None
    if not path.is_file():
        raise FetchError("not_found", f"{address}: is no file")
    return RemoteFile(address, address, bytes=found.st_size, etag=_state(found.st_size, found.st_mtime_ns), ranges=True)


def below(address: str) -> Iterator[ListedFile]:
    """Every file below a folder, by name."""
    folder = path_of(address)
    if not folder.is_dir():
        raise FetchError("not_found", f"{address}: is no folder")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found = path.stat()
            yield ListedFile(
                path.relative_to(folder).as_posix(),
                f"file://{quote(str(path.absolute()))}",
                found.st_size,
                _state(found.st_size, found.st_mtime_ns),
            )


def path_of(address: str) -> Path:
    """The path that an address names.

    >>> str(path_of("file:///data/a%20b.wav"))
    '/data/a b.wav'
    """
    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise FetchError("bad_address", f"{address}: is no path of this machine; write file:///folder/name")
    return Path(unquote(address.split("://", 1)[-1].removeprefix(parts.netloc)))


def _state(size: int, mtime_ns: int) -> str:
    return f"{size}-{mtime_ns}"
