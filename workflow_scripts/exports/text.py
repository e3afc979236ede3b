"""Text that exports write: what a line holds, and files, plain or packed by Zstandard by the option `compress`."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import polars as pl

CONTROL = r"[\x00-\x1f\x7f\x{85}\x{2028}\x{2029}]"
"""What ends a line or a cell for one reader or another, and is no letter for any."""
SUFFIX = {"none": "", "zstd": ".zst"}
"""Behind the name of a file, by the option."""
LEVEL = 3
"""What the tool `zstd` takes by itself."""


def stored_as(name: str, compress: str) -> str:
    """What a file of text is called.

    >>> stored_as("eval.csv", "none"), stored_as("eval.csv", "zstd")
    ('eval.csv', 'eval.csv.zst')
    """
    return f"{name}{SUFFIX[compress]}"


def in_a_line(text: pl.Expr, without: str = CONTROL) -> pl.Expr:
    """A text as words with a blank between them.

    Args:
        text: that may be of several lines.
        without: a pattern of what parts words besides blanks.
    """
    return text.str.replace_all(without, " ").str.replace_all(r"\s+", " ").str.strip_chars()


@contextlib.contextmanager
def text_file(folder: Path, name: str, compress: str) -> Iterator[BinaryIO]:
    """Give a file to write UTF-8 to, some at a time; it is called as `stored_as` says.

    Packed it is one frame with a checksum, as `zstd` makes it of what it is piped: the bytes follow from those of the
    text alone, not from the parts that it came in. Source of the form: RFC 8878.
    """
    with (folder / stored_as(name, compress)).open("wb") as file:
        if compress == "none":
            yield file
            return
        with io.BufferedWriter(packed := _Packed(file)) as buffered:
            yield cast(BinaryIO, buffered)
            buffered.flush()
            packed.end()


class _Packed(io.RawIOBase):
    """What is written to it is packed into a file. A flush, as polars ends each table with, would end a block."""

    def __init__(self, file: BinaryIO) -> None:
        import zstandard

        self._file = file
        self._packer = zstandard.ZstdCompressor(LEVEL, write_checksum=True).compressobj()

    def writable(self) -> bool:
        return True

    def write(self, text: Any) -> int:
        self._file.write(self._packer.compress(text))
        return len(text)

    def end(self) -> None:
        """Write what is left of the frame."""
        self._file.write(self._packer.flush())
