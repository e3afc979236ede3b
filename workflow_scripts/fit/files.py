"""The folder of a model: which of its files count, and their digest. Imports nothing heavy."""

from collections.abc import Iterable
from pathlib import Path

import xxhash

from workflow_scripts.errors import SoundledgerError

PIECE = 1 << 24


def digest_of(files: Iterable[Path]) -> str:
    """A digest of files and their names, whichever folder they lie in.

    Raises:
        SoundledgerError: one cannot be read.
    """
    digest = xxhash.xxh3_128()
    for path in sorted(files, key=lambda path: path.name):
        try:
            with path.open("rb") as file:
                size = path.stat().st_size
                digest.update(f"{path.name}\0{size}\0".encode())
                while piece := file.read(PIECE):
                    digest.update(piece)
        except OSError as error:
            raise SoundledgerError(f"caption_fit: model: {path} cannot be read: {error.strerror}") from None
    return digest.hexdigest()
