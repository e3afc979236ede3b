"""One media: what a scan lists, and what a check is asked to read."""

from dataclasses import dataclass


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
        mtime_ns: time of the last change of the file or archive, nanoseconds since 1970.
        offset: where the archive holds it: byte of its data (tar), byte of its local header (zip), row (Parquet).
        packed_bytes: bytes that it takes in a zip.
        crc32: of its bytes, as a zip says.
    """

    path: str
    member: str | None
    bytes: int | None
    mtime_ns: int
    offset: int | None = None
    packed_bytes: int | None = None
    crc32: int | None = None
