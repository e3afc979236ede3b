"""Source files: their bytes, plain or compressed, and their lines."""

import gzip
import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from workflow_scripts.errors import SoundledgerError


class SourceError(SoundledgerError):
    """A source file that cannot be read as what it should be."""


@dataclass(frozen=True)
class Source:
    """One source file, read once.

    Attributes:
        path: as the run knows it; also its name in the tables.
        stored: its bytes on disk, compressed or not.
    """

    path: str
    stored: bytes

    @classmethod
    def read(cls, path: str) -> "Source":
        """Raises SourceError where the file cannot be read."""
        try:
            return cls(path, Path(path).read_bytes())
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror}") from None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes on disk, in hex."""
        return hashlib.sha256(self.stored).hexdigest()

    @property
    def content(self) -> bytes:
        """The bytes that the file holds, decompressed where its name ends in .gz or .zst.

        Raises:
            SourceError: the compressed file is damaged.
        """
        suffix = Path(self.path).suffix
        try:
            if suffix == ".gz":
                if not self.stored:
                    raise EOFError("it is empty")
                return gzip.decompress(self.stored)
            if suffix == ".zst":
                return _decompress_zstd(self.stored)
        except Exception as error:  # noqa: BLE001  gzip and zstandard raise many kinds, all mean this
            raise SourceError(f"{self.path}: not a whole {suffix} file: {error}; fetch it again") from None
        return self.stored

    def lines(self) -> pl.DataFrame:
        """Its lines: `line` (from 1) and `raw` (the text without the line's end).

        Bytes that are no UTF-8 are shown as U+FFFD; a byte order mark is dropped.
        """
        content = self.content.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in content and b"\n" not in content:  # an old Mac's ends of lines
            content = content.replace(b"\r", b"\n")
        try:
            raw = pl.read_lines(io.BytesIO(content), name="raw")
        except pl.exceptions.ComputeError:
            raw = pl.read_lines(io.BytesIO(content.decode("utf-8", "replace").encode()), name="raw")
        return raw.with_row_index("line", offset=1).with_columns(pl.col("raw").str.strip_chars_end("\r"))

    def text(self) -> str:
        """The whole as text.

        Raises:
            SourceError: it is not UTF-8; names the byte.
        """
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SourceError(f"{self.path}: not UTF-8 at byte {error.start:,}") from None


def _decompress_zstd(stored: bytes) -> bytes:
    """Frame by frame: zstandard's readers give what a cut file has without a word."""
    import zstandard

    parts = []
    if not stored:
        raise EOFError("it is empty")
    while stored:
        frame = zstandard.ZstdDecompressor().decompressobj()
        parts.append(frame.decompress(stored))
        if not frame.eof:
            raise EOFError("it ends in the middle of a frame")
        stored = frame.unused_data
    return b"".join(parts)
