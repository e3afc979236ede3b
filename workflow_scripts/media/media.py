"""One media: what a scan lists, and what a check is asked to read."""

import os
from dataclasses import dataclass

_LATEST_NS = (1 << 63) - 1
"""In the year 2262, as tables have no later time. File systems keep times up to 2446, and a clock may be wrong."""


class MediaError(Exception):
    """A media that cannot be read; becomes its row's error_kind and error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind, self._message = kind, message

    def __str__(self) -> str:
        return self._message


@dataclass(frozen=True, slots=True)
class Media:
    """One audio file, or one member of an archive (tar, zip, Parquet).

    Attributes:
        path: of the file, or of the archive, as the system spells it.
        member: its name in the archive; None for a file.
        bytes: its size; None where an archive does not tell (Parquet).
        mtime_ns: time of the last change of the file or archive, as `changed_at` tells it.
        offset: where the archive holds it: byte of its data (tar), byte of its local header (zip), row (Parquet).
        packed_bytes: bytes that it takes in a zip, or in a tar that leaves its holes out.
        crc32: of its bytes, as a zip says.
    """

    path: str
    member: str | None
    bytes: int | None
    mtime_ns: int
    offset: int | None = None
    packed_bytes: int | None = None
    crc32: int | None = None


def changed_at(status: os.stat_result) -> int:
    """The time of the last change in nanoseconds since 1970, or the nearest to it that tables can hold."""
    return max(-_LATEST_NS, min(status.st_mtime_ns, _LATEST_NS))
