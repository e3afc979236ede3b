"""Clips are cut out of their media without more being held of them than they are."""

import tracemalloc
from pathlib import Path

import polars as pl

from tests.exports.test_exports_packs import row
from tests.made_files import noise16, wav
from workflow_scripts.exports.audio.cutting import Cut, cut_clips

SECONDS = 600
A_BLOCK = 10_000_000
"""And more than that: so many bytes are held whatever the length."""


def test_a_long_clip_is_held_once_when_it_is_handed_over(tmp_path: Path) -> None:
    """What is made of it, resampled and rounded, comes on top."""
    media = tmp_path / "long.wav"
    media.write_bytes(wav(noise16(SECONDS * 16_000)))
    rows = pl.DataFrame([row(media, "long", duration_s=float(SECONDS))], infer_schema_length=None)
    tracemalloc.start()
    try:
        [one] = [(clip, tracemalloc.get_traced_memory()[0]) for clip in cut_clips(rows)]
    finally:
        tracemalloc.stop()
    clip, held = one
    assert isinstance(clip, Cut)
    assert clip.samples.nbytes == 4 * SECONDS * 16_000
    assert held < clip.samples.nbytes + media.stat().st_size + A_BLOCK
