"""A pack of scenes: each made of its parts and written. See exports/packs.py."""

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.derive.acoustics import pyroomacoustics
from workflow_scripts.derive.augmenting import augmented
from workflow_scripts.derive.beside import jams_of, tsv_of
from workflow_scripts.derive.masks import MASKS, encoded_masks, masks_of
from workflow_scripts.derive.planned import TOLD
from workflow_scripts.derive.sound import PlacedPart, Scene, mixed
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.audio.cutting import Cut, Failed, Row, cut_rows
from workflow_scripts.exports.audio.encoding import encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.formats import Packed

AT_ONCE_BYTES = 400e6
"""So much is held of what was decoded for scenes that wait for other parts, and of one that is made; or one scene."""
STEM_BITS = 24
"""Of stems, so that they sum to their scene within one step of its 16 bits."""


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write <clip_id>.<codec> of each scene of a list to a folder.

    And where they are asked for its stems, <clip_id>.<ordinal>.stem.<codec>; <clip_id>.masks.npz; <clip_id>.jams, .tsv.

    Returns:
        TOLD of the scenes that were made; kind and words of those that could not be.
    """
    told: list[dict[str, Any]] = []
    failed: dict[str, list[str]] = {}
    for clip_id, made in scenes_of(rows.iter_rows(named=True)):
        if isinstance(made, Failed):
            failed[clip_id] = [made.kind, made.words]
            continue
        parts, scene = made
        _write(clip_id, parts, scene, folder)
        told += [
            {"clip_id": clip_id, "ordinal": part.row["ordinal"], "gain_db": gain, "scale_db": scene.scale_db}
            | ({"steps_db": scene.steps_db} if part is parts[0] else {})
            for part, gain in zip(parts, scene.gains_db, strict=True)
        ]
    return Packed(pl.DataFrame(told, schema=TOLD).sort("clip_id", "ordinal"), dict(sorted(failed.items())))


def scenes_of(rows: Iterable[Row]) -> Iterator[tuple[str, tuple[list[PlacedPart], Scene] | Failed]]:
    """Make the scenes of a list, whose rows are sorted by scene, some at a time.

    A part that cannot be had costs its scene, and no other.
    """
    waiting: list[Row] = []
    size = 0.0
    for _, of_scene in itertools.groupby(rows, lambda row: row["clip_id"]):
        scene = list(of_scene)
        own = _bytes_of(scene)
        if waiting and size + own > AT_ONCE_BYTES:
            yield from _scenes_at_once(waiting)
            waiting, size = [], 0.0
        waiting += scene
        size += own
    yield from _scenes_at_once(waiting)


def _bytes_of(scene: list[Row]) -> float:
    """About what a scene takes while it waits for its parts, and while it is made."""
    cut_out = sum(row["taken_s"] * row["own_rate"] for row in scene) * 4
    placed = sum(row["offset_s"] - row["onset_s"] for row in scene) + scene[0]["scene_s"]
    return float(scene[0]["render_channels"] * (cut_out + 8 * placed * scene[0]["render_sample_rate"]))


def _scenes_at_once(rows: list[Row]) -> Iterator[tuple[str, tuple[list[PlacedPart], Scene] | Failed]]:
    """Each scene as soon as all its parts are there; each media is decoded once."""
    wanted = Counter(row["clip_id"] for row in rows)
    waiting: dict[str, list[PlacedPart]] = {}
    lost: set[str] = set()
    for one in cut_rows(row | {"duration_s": row["taken_s"]} for row in rows):
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
    if any(part.row["distance_m"] is not None for part in parts):
        pyroomacoustics()  # that it is not installed is no fault of a scene
    try:
        if "recipe" in row:
            return parts, augmented(parts, row["scene_s"], row["render_sample_rate"], row["render_channels"])
        return parts, mixed(parts, row["scene_s"], row["render_sample_rate"], row["render_channels"])
    except SoundledgerError:  # of what is not installed here, which no scene is to blame for
        raise
    except Exception as error:  # noqa: BLE001  whatever a library does, it costs this scene alone
        return Failed.of(row, error)


def _write(clip_id: str, parts: list[PlacedPart], scene: Scene, folder: Path) -> None:
    row = parts[0].row
    codec = row["render_codec"]
    (folder / f"{clip_id}.{codec}").write_bytes(_encoded(scene.samples, row, row["render_bits"]))
    if row["render_stems"]:
        for number, part in enumerate(parts):
            content = _encoded(scene.stem(number), row, STEM_BITS)
            (folder / f"{clip_id}.{part.row['ordinal']}.stem.{codec}").write_bytes(content)
    if row["render_masks"]:
        (folder / f"{clip_id}{MASKS}").write_bytes(_masks(parts, scene, json.loads(row["render_masks"])))
    rows = [part.row for part in parts]
    beside = json.loads(row["render_beside"] or "[]")
    if "jams" in beside:
        text = jams_of(rows, scene.gains_db, scene.scale_db, scene.background_db(rows))
        (folder / f"{clip_id}.jams").write_text(text, encoding="utf-8")
    if "tsv" in beside:
        (folder / f"{clip_id}.tsv").write_text(tsv_of(rows), encoding="utf-8")


def _masks(parts: list[PlacedPart], scene: Scene, asked: dict[str, Any]) -> bytes:
    """Of all parts, from what each is before it is rounded to the steps of a file."""
    masks = masks_of([scene.stem(number) for number in range(len(parts))], **asked)
    ordinals = [part.row["ordinal"] for part in parts]
    return encoded_masks(masks, ordinals=ordinals, sample_rate=parts[0].row["render_sample_rate"], **asked)


def _encoded(samples: np.ndarray[Any, Any], row: dict[str, Any], bits: int) -> bytes:
    wave = samples[:, 0] if samples.shape[1] == 1 else samples
    return encode(Cut(row, wave, row["render_sample_rate"]), form_of(row, bits)).content


def form_of(row: dict[str, Any], bits: int) -> AudioForm:
    """How a scene, or a stem, is written."""
    return AudioForm(row["render_codec"], None, "all", bits, "clip")
