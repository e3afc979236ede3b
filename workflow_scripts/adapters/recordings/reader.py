"""Reads the headers of recordings: a process of its own, which a hostile file may crash."""

import os
import pickle
import resource
import signal
import stat
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

MOST_S = 30
"""So long one header may take; then the process is ended, and another goes on behind that file."""
MOST_MEMORY = 2 << 30
MOST_CHUNKS = 1_000
MOST_BYTES = 1 << 16
"""Of one chunk that are read."""
KEPT = (b"guan", b"wamd")
KEPT_INFO = (b"ICMT", b"IART")
LARGEST_LENGTH = 1 << 60
"""libsndfile gives its largest number for a length that it does not know."""
_HEAD = struct.Struct("<4sI")

Header = dict[str, Any]
"""`duration_s` (0 where there is no sound) and `sample_rate`, None where they cannot be told; `chunks`, by name, those
of KEPT and KEPT_INFO."""


def main() -> None:
    """Answer with a Header for each path, until nobody asks any more."""
    import soundfile  # noqa: F401  before memory is bounded: what it loads takes much, and is no file's fault

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    while True:
        try:
            path = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        signal.alarm(MOST_S)
        header = read_header(path)
        signal.alarm(0)
        pickle.dump(header, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def read_header(path: bytes) -> Header:
    """What the header of a file says; of what cannot be read, nothing."""
    nothing: Header = {"duration_s": None, "sample_rate": None, "chunks": {}}
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return nothing
            chunks = dict(_chunks(file, found.st_size))
    except OSError:
        return nothing
    if found.st_size == 0:
        return nothing | {"duration_s": 0.0}
    return nothing | {"chunks": chunks} | _length(path, found.st_size)


def _length(path: bytes, size: int) -> Header:
    """A length is believed where there is a byte for each second: no sound is packed smaller, but headers lie."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            frames, rate = int(file.frames), int(file.samplerate)
    except (soundfile.SoundFileError, OSError, MemoryError):
        return {}
    known = rate > 0 and 0 <= frames < LARGEST_LENGTH and frames / rate <= size
    return {"duration_s": frames / rate if known else None, "sample_rate": rate if rate > 0 else None}


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    """The chunks of a WAV that are asked for; those of one name but once. What is no WAV has none."""
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return
    place, large = 12, {}
    for _ in range(MOST_CHUNKS):
        file.seek(place)
        if len(head := file.read(_HEAD.size)) < _HEAD.size:
            return
        name, length = _HEAD.unpack(head)
        if name == b"ds64" and len(sizes := file.read(16)) == 16:
            large = {b"data": struct.unpack("<8xQ", sizes)[0]}
        elif name in KEPT:
            yield name.decode(), file.read(min(length, MOST_BYTES))
        elif name == b"LIST":
            yield from _info(file.read(min(length, MOST_BYTES)))
        if length == 0xFFFFFFFF:
            length = large.get(name, size)
        place += _HEAD.size + length + length % 2
        if place >= size:
            return


def _info(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content[:4] != b"INFO":
        return
    place = 4
    while place + _HEAD.size <= len(content):
        name, length = _HEAD.unpack_from(content, place)
        place += _HEAD.size
        if name in KEPT_INFO:
            yield name.decode(), content[place : place + length]
        place += length + length % 2
