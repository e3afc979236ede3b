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
    names, taken = [], 0
    for name, size in _files(folder):
        names.append(name)
        taken += size
    there = pl.Series("name", sorted(names), dtype=pl.String)
    others = there.filter(~there.is_in(_known(folder / SUMS).implode()))
    add_sums(folder, ((sha256(folder / name), name) for name in others))
    return taken + (folder / SUMS).stat().st_size


def sha256(file: Path) -> str:
    """Of a file's bytes, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _known(sums: Path) -> pl.Series:
    """The names that are listed."""
    if not sums.exists():
        return pl.Series(dtype=pl.String)
    return pl.Series((line.rstrip("\n")[66:] for line in sums.open(encoding="utf-8")), dtype=pl.String)


def _files(folder: Path, below: str = "") -> Iterator[tuple[str, int]]:
    """Path and bytes of each file in a folder and in those in it, but SHA256SUMS."""
    with os.scandir(folder / below) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(folder, f"{below}{entry.name}/")
            elif below or entry.name != SUMS:
                yield f"{below}{entry.name}", entry.stat().st_size
