"""Chromaprint: the raw fingerprints of Debian's fpcalc, compared bit by bit at the best offset."""

import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

ITEM_S = 4096 / 3 / 11_025
"""Seconds between two numbers of 32 bits of a fingerprint, as chromaprint's second algorithm makes them."""
LEAST = 3
"""Numbers that have to overlap: 3 s of sound have no more, since each is of 2.4 s."""
LEAST_SHARE = 0.8
"""Of the shorter of two fingerprints that has to overlap: a few numbers alone are often alike, as those of silence."""
PARTS = 20
"""Copies of some length are compared together."""


def fingerprints(files: Sequence[Path], workers: int) -> list[Array]:
    """Of each file its numbers; none of one that is too short."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(_fingerprint, files))


def _fingerprint(file: Path) -> Array:
    # It ends with 3 where the last packet of a file is cut short, and tells the fingerprint all the same.
    done = subprocess.run(["fpcalc", "-raw", "-json", "-length", "0", str(file)], check=False, capture_output=True)
    told = json.loads(done.stdout)["fingerprint"] if done.stdout else []
    return np.asarray(told, dtype=np.uint32)


def error_rates(originals: Sequence[Array], copies: Sequence[Array]) -> Array:
    """(originals, copies): the share of bits that differ at the offset where fewest do; 1 where too little overlaps."""
    lengths = np.asarray([len(copy) for copy in copies])
    rates = np.ones((len(originals), len(copies)), np.float32)
    for some in np.array_split(np.argsort(lengths, kind="stable"), min(PARTS, len(copies))):
        padded = np.zeros((len(some), max(lengths[some])), np.uint32)
        for row, copy in zip(padded, some, strict=True):
            row[: lengths[copy]] = copies[copy]
        for row, original in zip(rates, originals, strict=True):
            row[some] = _lowest(original, padded, lengths[some])
    return rates


def _lowest(original: Array, padded: Array, lengths: Array) -> Array:
    lowest = np.ones(len(padded), np.float32)
    places = np.arange(padded.shape[1])
    least = np.maximum(LEAST, LEAST_SHARE * np.minimum(lengths, len(original)))
    for shift in range(LEAST - padded.shape[1], len(original) - LEAST + 1):
        low, high = max(0, -shift), min(padded.shape[1], len(original) - shift)
        wrong = np.bitwise_count(padded[:, low:high] ^ original[low + shift : high + shift])
        wrong[places[low:high] >= lengths[:, None]] = 0
        overlap = np.clip(np.minimum(lengths, high) - low, 0, None)
        rates = wrong.sum(axis=1, dtype=np.float32) / (32 * np.maximum(overlap, 1))
        np.minimum(lowest, rates, out=lowest, where=overlap >= least)
    return lowest
