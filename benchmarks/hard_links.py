"""Millions of audio files, cheaply: hard links to a few."""

import contextlib
import os
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDERS = 2_000
LINKS_A_FILE = 60_000
"""ext4 allows 65,000 names of one file."""


@contextlib.contextmanager
def audio_root(files: int, links_a_file: int = LINKS_A_FILE) -> Iterator[Path]:
    """A root with so many tiny WAV files, spread over 2,000 folders; taken away in the end.

    Args:
        files: how many names.
        links_a_file: how many of them are one file; with 1 each name is a file of its own.
    """
    with tempfile.TemporaryDirectory(prefix="soundledger-links-") as temporary:
        originals = Path(temporary) / "originals"
        root = Path(temporary) / "root"
        for folder in (originals, root, *(root / f"{number:04d}" for number in range(FOLDERS))):
            folder.mkdir()
        original = ""
        for number in range(files):
            if number % links_a_file == 0:
                original = _write_wav(originals / f"{number}.wav")
            os.link(original, f"{root}/{number % FOLDERS:04d}/Y{number:011d}.wav")
        yield root


def _write_wav(file: Path) -> str:
    """A hundredth of a second of silence: mono, 16 bits, 16 kHz."""
    data = bytes(320)
    form = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16,
                       b"data", len(data))  # fmt: skip
    file.write_bytes(form + data)
    return str(file)
