"""Source files: their bytes, plain or compressed, and their lines."""

import codecs
import hashlib
import io
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.sources import faults
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.json_text import DECODER
from workflow_scripts.sources.unpacking import BEGINS, UNPACK, TooMuchError, packing

__all__ = ["Source", "SourceError"]

PACKED = (*BEGINS, b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
"""What begins a text that polars unpacks: gzip, Zstandard, zlib."""
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What begins a text that a spreadsheet calls Unicode."""


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
        """Raises SourceError where the file cannot be read, is no regular file, or is too large for any source."""
        try:
            found = Path(path).stat()
            if not stat.S_ISREG(found.st_mode):
                raise SourceError(f"{path}: cannot be read: it is no regular file")
            if found.st_size > faults.MOST_BYTES:
                raise SourceError(_too_much(path, "holds"))
            return cls(path, Path(path).read_bytes())
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror}") from None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes on disk, in hex."""
        return hashlib.sha256(self.stored).hexdigest()

    @property
    def content(self) -> bytes:
        """The bytes that the file holds, decompressed where it is gzip's or Zstandard's.

        Raises:
            SourceError: the compressed file is damaged, or holds more than any source.
        """
        kind = packing(self.path, self.stored)
        if kind is None:
            return self.stored
        with as_source_error(self.path, f"a whole {kind} file (fetch it again)"):
            if not self.stored:
                raise EOFError("it is empty")
            try:
                return UNPACK[kind](self.stored, faults.MOST_BYTES)
            except TooMuchError:
                raise SourceError(_too_much(self.path, "unpacks to")) from None

    def lines(self) -> pl.DataFrame:
        """Its lines: `line` (from 1) and `raw` (the text without the line's end).

        Bytes that are no UTF-8 are shown as U+FFFD; a byte order mark is dropped. UTF-16 is read where it has one.
        """
        content = self._utf8("replace")
        try:
            raw = _lines_of(content)
        except pl.exceptions.ComputeError:
            raw = _lines_of(content.decode("utf-8", "replace").encode())
        lines = raw.with_row_index("line", offset=1)
        if b"\r" in content:
            lines = lines.with_columns(pl.col("raw").str.strip_chars_end("\r"))
        return lines

    def _utf8(self, errors: str) -> bytes:
        """The content without its byte order mark; in UTF-8 where that tells of UTF-16; an old Mac's lines ended."""
        content = self.content
        if content.startswith(UTF_16):
            content = content.decode("utf-16", errors).encode()
        content = content.removeprefix(codecs.BOM_UTF8)
        return content.replace(b"\r", b"\n") if b"\r" in content and b"\n" not in content else content

    def text(self, encoding: str = "utf-8") -> str:
        """The whole as text.

        Raises:
            SourceError: it is not of that encoding, nor UTF-16 with its mark; names the byte and the line.
        """
        try:
            return self._utf8("strict").decode() if encoding == "utf-8" else self.content.decode(encoding)
        except UnicodeDecodeError as error:
            line = 1 + error.object.count(b"\n", 0, error.start)
            raise SourceError(
                f"{self.path}, line {line:,}: not {error.encoding.upper()} at byte {error.start:,}"
            ) from None

    def json(self) -> Any:
        """The whole as JSON, as DECODER reads it; texts may hold half a character, which no table does.

        Raises:
            SourceError: it is none; names the line.
        """
        text = self.text()
        with as_source_error(self.path, "valid JSON"):
            return DECODER.decode(text)


def _lines_of(content: bytes) -> pl.DataFrame:
    """Behind an empty line, where polars would unpack what it takes for compressed, however much it is."""
    if content.startswith(PACKED):
        return pl.read_lines(io.BytesIO(b"\n" + content), name="raw")[1:]
    return pl.read_lines(io.BytesIO(content), name="raw")


def _too_much(path: str, what: str) -> str:
    return f"{path}: {what} more than {faults.MOST_BYTES:,} bytes, which no list of labels or classes does"
