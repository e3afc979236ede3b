"""Nothing is read twice without need: bytes that the system counts while a media is checked, whoever reads them.

A short media is read once, into memory. A long one is read as it is asked for: for the digest by which it is known
again, and to be decoded; of MP3 and Ogg the frames and pages are walked in between, which tells what of them is gone.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from workflow_scripts.sample.encode import encode

COUNT = """
import json, os, sys
from workflow_scripts.check.task import Task
from workflow_scripts.check.worker import examine_batch
from workflow_scripts.media import content
from workflow_scripts.media.media import Media
from workflow_scripts.sound.decoders.ffmpeg import opening
from workflow_scripts.sound.settings import CheckSettings

content.IN_MEMORY_BYTES, opening.READ_BYTES = int(sys.argv[1]), 1 << 12  # as long videos are to what it reads at once

def read_so_far():
    with open("/proc/self/io") as counts:
        return int(counts.readline().removeprefix("rchar: "))

def check(path):
    seen = os.stat(path)
    task = Task(Media(path, None, seen.st_size, seen.st_mtime_ns), None)
    before = read_so_far()
    [row] = examine_batch([task], CheckSettings("first", 128))
    return {"read": read_so_far() - before, "held": seen.st_size, "told": row}

for path in sys.argv[2:]:
    check(path)  # libraries are read with the first of a kind
    print(json.dumps(check(path), default=str))
"""
SECONDS, RATE = 40, 44_100
LOOK = 1 << 16
"""What is read at once where something is looked for."""
PASSES = {
    "sound.wav": (2, 4 * LOOK), "sound.flac": (2, 4 * LOOK), "sound.m4a": (2, 2 * LOOK), "sound.webm": (2, 2 * LOOK),
    "sound.mp3": (3, 10 * LOOK), "sound.ogg": (3, 8 * LOOK),
}  # fmt: skip
"""How often a long one may be read, and how much besides: heads and ends, where a first frame or a last page may be."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound of each kind."""
    folder = tmp_path_factory.mktemp("sounds")
    noise = 0.1 * np.random.default_rng(1).standard_normal((SECONDS * RATE, 2))
    for name in PASSES:
        (folder / name).write_bytes(encode(noise, 48_000 if name.endswith("webm") else RATE, name))
    return folder


def _read(folder: Path, in_memory: int) -> dict[str, tuple[int, int]]:
    """Bytes that the check of each sound reads, and that its file has."""
    words = [str(in_memory), *(str(folder / name) for name in PASSES)]
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *words], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    counts = {}
    for name, line in zip(PASSES, done.stdout.splitlines(), strict=True):
        told = json.loads(line)
        assert told["told"]["feature_ok"], told
        counts[name] = told["read"], told["held"]
    return counts


def test_a_short_media_is_read_once(folder: Path) -> None:
    for name, (read, held) in _read(folder, 1 << 25).items():
        assert held <= read < held + 1000, name


def test_a_long_media_is_read_for_its_digest_and_to_be_decoded(folder: Path) -> None:
    for name, (read, held) in _read(folder, 0).items():
        passes, besides = PASSES[name]
        assert held < read < passes * held + besides, (name, held, read / held)
