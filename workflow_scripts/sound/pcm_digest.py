"""A digest of decoded samples, by which the same sound is found under other names, containers and bit depths."""

import numpy as np
import xxhash

from workflow_scripts.sound.decoders import Block

PROBE = 1 << 14
"""Samples that are tried first: most sound that does not fit 16 bits shows it at once."""


class PcmDigest:
    """XXH3-128 over rate, channels and samples.

    Samples count as int16 where each of them is a whole 16-bit step, whatever they are stored as: a WAV of 24 bits
    or of floats that was made from 16 bits has the digest of its original. All others count as float32.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        shape = f"{sample_rate}/{channels}".encode()
        self._int16 = xxhash.xxh3_128(shape + b"/int16")
        self._float32 = xxhash.xxh3_128(shape + b"/float32")
        self._fits = True

    def add(self, block: Block) -> None:
        """Take the next block: contiguous, all blocks of one dtype."""
        if block.dtype == np.int16:
            self._int16.update(block.data)
            return
        self._float32.update(block.data)
        if self._fits:
            whole = _as_int16(block)
            self._fits = whole is not None
            if whole is not None:
                self._int16.update(whole.data)

    def hexdigest(self) -> str:
        """32 hex digits."""
        return (self._int16 if self._fits else self._float32).hexdigest()


def _as_int16(block: Block) -> Block | None:
    """The block as 16-bit integers; None where that would change it. NaN never fits."""
    flat = block.reshape(-1)
    for part in (flat[:PROBE], flat):
        steps = part * np.float32(32768)
        with np.errstate(invalid="ignore"):
            whole = steps.astype(np.int32).astype(np.int16)
        if not np.array_equal(whole, steps):
            return None
    return whole
