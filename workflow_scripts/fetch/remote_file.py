"""What servers tell of files, and why a file could not be had: the same for every kind of address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflow_scripts.errors import SoundledgerError


@dataclass(frozen=True)
class Digest:
    """A digest that was published, or that is known from before.

    Attributes:
        algorithm: as hashlib calls it.
        hex: in small letters.
    """

    algorithm: Literal["sha256", "md5"]
    hex: str


@dataclass(frozen=True)
class RemoteFile:
    """One file, as its server tells of it.

    Attributes:
        address: as a dataset file has it; this alone is shown.
        url: an http, https or file address that gives its bytes. It may hold a signature.
        headers: for the host of `url` alone: they may hold a token.
        bytes: its size; None if the server does not tell.
        digest: that the server publishes; None if none.
        etag: another one means other bytes; None if the server has none.
        ranges: parts of it can be asked for.
        state: as a listing has it, where that is not the ETag.
        pinned: the address of the version that `url` gives, where a scheme has such; None if others may come there.
    """

    address: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    bytes: int | None = None
    digest: Digest | None = None
    etag: str | None = None
    ranges: bool = False
    state: str | None = None
    pinned: str | None = None


@dataclass(frozen=True)
class ListedFile:
    """One file below a place.

    Attributes:
        path: below the place, with `/`.
        address: of the file, and of the version that was listed where the scheme has addresses of such.
        bytes: its size.
        state: changes when its bytes do: an ETag (then in its quotes), a digest, or a blob's id.
        digest: that the server publishes; None if none.
    """

    path: str
    address: str
    bytes: int
    state: str
    digest: Digest | None = None


class FetchError(SoundledgerError):
    """A file that could not be had.

    Attributes:
        reason: a word for tables, such as `not_found`, `refused`, `wrong_digest`, `dropped`, `no_space`.
        passing: another try may have it.
    """

    def __init__(self, reason: str, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.reason, self.passing = reason, passing
