"""What it costs to compare the MD5 of a FLAC's samples: its share of the check of one clip, of 16 and of 24 bits."""

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np
import soundfile

from benchmarks.clips import SECONDS
from benchmarks.hand_made import SETTINGS
from benchmarks.report import Table
from workflow_scripts.media.content import Content
from workflow_scripts.sound import examine as examining
from workflow_scripts.sound.decoders import Block

RATE = 44_100
CLIPS, ROUNDS = 5, 40


class NoMd5:
    """In place of FlacMd5: nothing is compared."""

    differs = False

    @classmethod
    def of(cls, content: Content) -> "NoMd5":
        """Of any media."""
        return cls()

    def add(self, block: Block) -> None:
        """Nothing."""


def run(small: bool) -> Iterator[Table]:
    """One table."""
    clips, rounds = (1, 2) if small else (CLIPS, ROUNDS)
    rows: list[list[Any]] = []
    for bits in (16, 24):
        times = np.array([_times(_flac(bits, seed), bits, rounds) for seed in range(clips)]).mean(0)
        compared, plain, alone = (float(value) for value in times)
        rows.append([f"{bits} bits", compared, plain, (compared - plain) / compared, alone / compared])
    columns = ["44.1 kHz stereo FLAC", "check, ms", "without MD5, ms", "share of MD5", "share of MD5 by itself"]
    note = (
        f"Milliseconds of a core for a clip of {SECONDS} s, {clips} clips, of each the quickest of {rounds} rounds by "
        "turns. By itself: of bytes that are there already, by the hashlib of this Python."
    )
    yield Table("The MD5 of a FLAC", columns, rows, [note])


def _flac(bits: int, seed: int) -> bytes:
    random, at = np.random.default_rng(seed), np.arange(SECONDS * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * random.uniform(80, 2_000) * at)
    sound = tone[:, None] + 0.05 * random.standard_normal((len(at), 2))
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="FLAC", subtype=f"PCM_{bits}")
    return file.getvalue()


def _times(data: bytes, bits: int, rounds: int) -> list[float]:
    held = bytes(SECONDS * RATE * 2 * bits // 8)

    def check() -> object:
        return examining.examine(Content.of(data), None, SETTINGS)

    compared, plain, alone = [], [], []
    for _ in range(rounds):
        compared.append(_milliseconds(check))
        with mock.patch.object(examining, "FlacMd5", NoMd5):
            plain.append(_milliseconds(check))
        alone.append(_milliseconds(lambda: hashlib.md5(held, usedforsecurity=False)))
    return [min(compared), min(plain), min(alone)]


def _milliseconds(function: Callable[[], object]) -> float:
    started = time.thread_time()
    function()
    return 1000 * (time.thread_time() - started)
