"""The files that croissant.json speaks of: its own tables, and those of the dataset's other exports where they lie."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from workflow_scripts.exports.account import Account, read_account
from workflow_scripts.exports.croissant.tables import ROWS
from workflow_scripts.exports.sums import SUMS, sha256

FORMATS = {
    "": "text/plain",
    "csv": "text/csv",
    "flac": "audio/flac",
    "gz": "application/gzip",
    "h5": "application/x-hdf5",
    "hdf": "application/x-hdf5",
    "jams": "application/json",
    "json": "application/json",
    "jsonl": "application/jsonlines",
    "lbl": "text/plain",
    "md": "text/markdown",
    "mp3": "audio/mpeg",
    "npz": "application/zip",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "parquet": "application/x-parquet",
    "png": "image/png",
    "scp": "text/plain",
    "tar": "application/x-tar",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "wav": "audio/wav",
    "zst": "application/zstd",
}
"""Of files by the end of their names, in small letters, as mlcroissant spells them."""
OTHER = "application/octet-stream"
MOST_FILES = 100
"""So many of a kind right in the folder of an export are told one by one; more, as a set."""


def own_files(folder: Path, written: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """The files of the tables, each with its digest, and a set of them for each table that is in files of splits.

    Args:
        folder: of this export.
        written: rows of each table by split.
    """
    sets = [
        _set(f"{name}-files", f"{name}/*/{ROWS}", len(of), "parquet") for name, of in written.items() if "" not in of
    ]
    names = [str(PurePath(table, split, ROWS)) for table, of_table in written.items() for split in of_table]
    return sets + [_file(name, name, folder / name, sha256(folder / name)) for name in names]


def files_of(name: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The files of another export: those right in its folder each by itself, those below in sets by folder and kind.

    Args:
        name: of the export.
        folder: its own, which the link of that name leads to.
    """
    here: dict[str, str] = {}
    kinds: Counter[tuple[str, str]] = Counter()
    with (folder / SUMS).open(encoding="utf-8") as sums:
        for line in sums:
            digest, _, file = line.rstrip("\n").partition("  ")
            below = file.partition("/")[0] if "/" in file else ""
            kinds[below, _kind(file)] += 1
            if not below:
                here[file] = digest
    single = {file: digest for file, digest in here.items() if kinds["", _kind(file)] <= MOST_FILES}
    for file, digest in single.items():
        yield _file(f"exports/{name}/{file}", f"../{name}/{file}", folder / file, digest)
    yield _file(f"exports/{name}/{SUMS}", f"../{name}/{SUMS}", folder / SUMS, sha256(folder / SUMS))
    for (below, kind), count in sorted(kinds.items()):
        if below or count > MOST_FILES:
            place = str(PurePath(name, below))
            pattern = f"*.{kind}" if kind else "*"
            others = {} if kind else {"excludes": f"../{place}/*.*"}
            yield _set(f"exports/{place}/{kind or 'other'}-files", f"../{place}/{pattern}", count, kind) | others


def accounts_of(others: Mapping[str, Path]) -> dict[str, Account]:
    """The accounts of other exports, in the order of their names."""
    return {name: read_account(file) for name, file in sorted(others.items())}


def _set(identifier: str, pattern: str, count: int, kind: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": quote(identifier),
        "name": identifier,
        "description": f"{count:,} files",
        "encodingFormat": FORMATS.get(kind.lower(), OTHER),
        "includes": pattern,
    }


def _file(identifier: str, place: str, file: Path, digest: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": quote(identifier),
        "name": file.name,
        "contentUrl": quote(place),
        "contentSize": f"{file.stat().st_size} B",
        "encodingFormat": FORMATS.get(_kind(file.name).lower(), OTHER),
        "sha256": digest,
    }


def _kind(file: str) -> str:
    """What the name of a file ends with."""
    return PurePath(file).suffix.removeprefix(".")
