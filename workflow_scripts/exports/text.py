"""Files of text that exports write, plain or packed by Zstandard: the option `compress` of a format."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

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
