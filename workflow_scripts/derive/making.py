"""A pack of scenes: each made of its parts and written. See exports/packs.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.derive.planned import TOLD
from workflow_scripts.derive.sound import PlacedPart, Scene, mixed
from workflow_scripts.exports.audio.cutting import Cut, Failed, cut_clips
from workflow_scripts.exports.audio.encoding import encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.formats import Packed

SCENES_AT_ONCE = 50
"""What is decoded for them is held until each has all its parts."""
STEM_BITS = 24
"""Of stems, so that they sum to their scene within one step of its 16 bits."""


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write <clip_id>.<codec> of each scene of a list to a folder.

    And where they are asked for its stems, <clip_id>.<ordinal>.stem.<codec>.

    Returns:
        TOLD of the scenes that were made; kind and words of those that could not be.
    """
    told: list[dict[str, Any]] = []
    failed: dict[str, list[str]] = {}
    for clip_id, made in scenes_of(rows):
        if isinstance(made, Failed):
            failed[clip_id] = [made.kind, made.words]
            continue
        parts, scene = made
        _write(clip_id, parts, scene, folder)
        told += [
            {"clip_id": clip_id, "ordinal": part.row["ordinal"], "gain_db": gain, "scale_db": scene.scale_db}
            for part, gain in zip(parts, scene.gains_db, strict=True)
        ]
    return Packed(pl.DataFrame(told, schema=TOLD).sort("clip_id", "ordinal"), dict(sorted(failed.items())))


def scenes_of(rows: pl.DataFrame) -> Iterator[tuple[str, tuple[list[PlacedPart], Scene] | Failed]]:
    """Make the scenes of a list. A part that cannot be had costs its scene, and no other."""
    ids = rows["clip_id"].unique(maintain_order=True)
    for first in range(0, len(ids), SCENES_AT_ONCE):
        some = ids.slice(first, SCENES_AT_ONCE)
        yield from _scenes_at_once(rows.filter(pl.col("clip_id").is_in(some.implode())))


def _scenes_at_once(rows: pl.DataFrame) -> Iterator[tuple[str, tuple[list[PlacedPart], Scene] | Failed]]:
    """Each scene as soon as all its parts are there; each media is decoded once."""
    wanted = dict(rows.group_by("clip_id").len().iter_rows())
    waiting: dict[str, list[PlacedPart]] = {}
    lost: set[str] = set()
    for one in cut_clips(rows.with_columns(duration_s="taken_s")):
        clip_id = one.row["clip_id"]
        if clip_id in lost:
            continue
        if isinstance(one, Failed):
            lost.add(clip_id)
            waiting.pop(clip_id, None)
            yield clip_id, one
            continue
        parts = waiting.setdefault(clip_id, [])
        parts.append(PlacedPart(one.row, one.samples, one.sample_rate))
        if len(parts) == wanted[clip_id]:
            yield clip_id, _made(sorted(waiting.pop(clip_id), key=lambda part: int(part.row["ordinal"])))


def _made(parts: list[PlacedPart]) -> tuple[list[PlacedPart], Scene] | Failed:
    row = parts[0].row
    try:
        return parts, mixed(parts, row["scene_s"], row["render_sample_rate"], row["render_channels"])
    except Exception as error:  # noqa: BLE001  whatever a library does, it costs this scene alone
        return Failed.of(row, error)


def _write(clip_id: str, parts: list[PlacedPart], scene: Scene, folder: Path) -> None:
    row = parts[0].row
    codec = row["render_codec"]
    (folder / f"{clip_id}.{codec}").write_bytes(_encoded(scene.samples, row, row["render_bits"]))
    if row["render_stems"]:
        for part, stem in zip(parts, scene.stems, strict=True):
            content = _encoded(stem, row, STEM_BITS)
            (folder / f"{clip_id}.{part.row['ordinal']}.stem.{codec}").write_bytes(content)


def _encoded(samples: np.ndarray[Any, Any], row: dict[str, Any], bits: int) -> bytes:
    wave = samples[:, 0] if samples.shape[1] == 1 else samples
    return encode(Cut(row, wave, row["render_sample_rate"]), form_of(row, bits)).content


def form_of(row: dict[str, Any], bits: int) -> AudioForm:
    """How a scene, or a stem, is written."""
    return AudioForm(row["render_codec"], None, "all", bits, "clip")
