"""Files of text looked at once more: whether each has the lines of the clips that were taken."""

import contextlib
import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from workflow_scripts.errors import SoundledgerError

READ_AT_ONCE = 1 << 20


def check_lines(folder: Path, lines: Mapping[str, int]) -> None:
    """See that no file was cut short.

    Args:
        folder: that they lie below.
        lines: how many each has, by its path below that; what is called .csv may have more in its cells.

    Raises:
        SoundledgerError: one has others, or is packed and ends too early.
    """
    for name, meant in lines.items():
        try:
            there = f"{_count(folder / name):,} lines"
        except (EOFError, zlib.error):
            there = "no end"
        if there != f"{meant:,} lines":
            raise SoundledgerError(
                f"{folder / name}: {there} read back of {meant:,} lines that were written: the disk is not to be "
                "trusted. Write results elsewhere, and run again"
            )


def _count(file: Path) -> int:
    """How many lines end in a file, outside of quotes where it is a CSV."""
    is_csv, lines, is_quoted = ".csv" in file.suffixes, 0, False
    with _opened(file) as content:
        while some := content.read(READ_AT_ONCE):
            parts = some.split(b'"') if is_csv else [some]
            lines += sum(part.count(b"\n") for part in parts[is_quoted::2])
            is_quoted ^= len(parts) % 2 == 0
    return lines


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    with file.open("rb") as raw:
        if file.suffix == ".gz":
            yield cast(BinaryIO, gzip.GzipFile(fileobj=raw))
        elif file.suffix == ".zst":
            import zstandard

            yield cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(raw))
        else:
            yield raw
