"""SHA256SUMS: the digest of every file of an export, as `sha256sum --check SHA256SUMS` reads them."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

SUMS = "SHA256SUMS"


def add_sums(folder: Path, sums: Iterable[tuple[str, str]]) -> None:
    """Add digests of files that are known, and what these are called below an export's folder."""
    with (folder / SUMS).open("a", encoding="utf-8") as lines:
        lines.writelines(f"{digest}  {name}\n" for digest, name in sums)


def complete_sums(folder: Path) -> int:
    """Add those of all other files in an export's folder; what packs told is not read again.

    Returns:
        The bytes that all files take.
    """
    known, taken = _known(folder / SUMS), 0
    for names, size in _by_folder(folder, ""):
        there = pl.Series("name", names, dtype=pl.String)
        others = there.filter(~there.is_in(known.implode()))
        add_sums(folder, ((sha256(folder / name), name) for name in others))
        taken += size
    return taken + (folder / SUMS).stat().st_size


def sha256(file: Path) -> str:
    """Of a file's bytes, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _known(sums: Path) -> pl.Series:
    """The names that are listed."""
    if not sums.exists():
        return pl.Series(dtype=pl.String)
    return pl.read_lines(sums).to_series().str.slice(66)


def _by_folder(folder: Path, below: str) -> Iterator[tuple[list[str], int]]:
    """Paths of the files right in each folder, and what they take, but SHA256SUMS."""
    with os.scandir(folder / below) as entries:
        each = sorted(entries, key=lambda entry: entry.name)
    files = [entry for entry in each if not entry.is_dir() and (below or entry.name != SUMS)]
    yield [f"{below}{file.name}" for file in files], sum(file.stat().st_size for file in files)
    for entry in each:
        if entry.is_dir():
            yield from _by_folder(folder, f"{below}{entry.name}/")
