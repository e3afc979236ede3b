"""Excerpts: zips that hold some members of another one, under its name. What they are stands in their comment.

So no excerpt is taken for the archive, whoever looks at it, and however it came to be where it lies.
"""

import json
import os
from dataclasses import asdict, dataclass

import xxhash

_SIGN = b"Soundledger: an excerpt of an archive, not all of it. "
_END, _END_BYTES = b"PK\5\6", 22
"""The record that a zip ends with, before its comment."""
_LONGEST = 4_000


@dataclass(frozen=True)
class ExcerptOf:
    """The archive that an excerpt is of, as its server told of it.

    Attributes:
        address: without its query.
        bytes: of all of it.
        etag: that its server gave; None if none.
        modified: likewise.
    """

    address: str
    bytes: int
    etag: str | None = None
    modified: str | None = None

    @property
    def version(self) -> int:
        """A number that stands for this version of it."""
        return xxhash.xxh3_64_intdigest(json.dumps([self.bytes, self.etag, self.modified]).encode())


def comment_of(archive: ExcerptOf) -> bytes:
    """What stands in the comment of an excerpt of an archive."""
    told = _SIGN + json.dumps(asdict(archive)).encode()
    return told if len(told) <= _LONGEST else _SIGN + json.dumps(asdict(ExcerptOf("", archive.bytes))).encode()


def is_excerpt(path: str) -> bool:
    """Whether a file is an excerpt."""
    return excerpt_of(path) is not None


def excerpt_of(path: str) -> ExcerptOf | None:
    """What a file is an excerpt of; None if it is none, or there is no such file."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LONGEST - _END_BYTES))
            tail = file.read()
    except OSError:
        return None
    at = tail.rfind(_SIGN)
    if at < _END_BYTES or tail[at - _END_BYTES :][: len(_END)] != _END:
        return None
    try:
        return ExcerptOf(**json.loads(tail[at + len(_SIGN) :]))
    except (ValueError, TypeError):
        return None
