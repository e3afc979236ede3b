"""Exports that are made up: files in a folder, SHA256SUMS beside them."""

import hashlib
from pathlib import Path

from workflow_scripts.exports.sums import SUMS, complete_sums

FILES = {
    "README.md": b"---\nlicense: cc0-1.0\n---\nTars.\n",
    "train/0.tar": b"a" * 3000,
    "train/1.tar": b"b" * 4000,
    "test/0.tar": b"c" * 2000,
    "sizes.json": b'{"0.tar": 1}\n',
    "empty.txt": b"",
}


def write_export(folder: Path, files: dict[str, bytes]) -> Path:
    """An export with these files and no others."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    complete_sums(folder)
    return folder


def whole(files: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """What a place holds of an export, but its manifest."""
    return files | {SUMS: (folder / SUMS).read_bytes()}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
