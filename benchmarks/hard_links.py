"""Millions of audio files, cheaply: hard links to a few."""

import contextlib
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDERS = 2_000
LINKS_A_FILE = 60_000
"""ext4 allows 65,000 names of one file."""


def numbered(files: int) -> Iterator[str]:
    """So many made-up clip ids."""
    return (f"{number:011d}" for number in range(files))


@contextlib.contextmanager
def audio_root(clip_ids: Iterable[str], links_a_file: int = LINKS_A_FILE) -> Iterator[Path]:
    """A root with one tiny WAV file for each clip, spread over 2,000 folders; taken away in the end.

    Args:
        clip_ids: each clip's file is called Y<id>.wav.
        links_a_file: how many names are one file; with 1 each name is a file of its own.
    """
    with tempfile.TemporaryDirectory(prefix="soundledger-links-") as temporary:
        originals = Path(temporary) / "originals"
        root = Path(temporary) / "root"
        for folder in (originals, root, *(root / f"{number:04d}" for number in range(FOLDERS))):
            folder.mkdir()
        original = ""
        for number, clip_id in enumerate(clip_ids):
            if number % links_a_file == 0:
                original = write_wav(originals / f"{number}.wav")
            os.link(original, f"{root}/{number % FOLDERS:04d}/Y{clip_id}.wav")
        yield root


def write_wav(file: Path) -> str:
    """A tenth of a second of silence: mono, 16 bits, 16 kHz."""
    data = bytes(3_200)
    form = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16,
                       b"data", len(data))  # fmt: skip
    file.write_bytes(form + data)
    return str(file)
