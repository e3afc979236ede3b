"""Recordings, supervisions and cuts of lhotse, for k2 and icefall; or sound and cuts in a Shar.

Source of the forms: https://github.com/lhotse-speech/lhotse; of what supervisions hold, egs/audioset/AT of
https://github.com/k2-fsa/icefall.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.counting import held_back, not_made
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.lhotse.manifests import FILE, KINDS, file_clips, write_manifests
from workflow_scripts.exports.lhotse.seen import Seen
from workflow_scripts.exports.numbered import by_group, link_packs, total, warnings_of_sound
from workflow_scripts.exports.reading import Tables

CLIPS_A_PACK = 1000
SORTED_BY = IN_ORDER
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips that get a copy, or all of them for a Shar."""
    if options["shar"]:
        from workflow_scripts.exports.lhotse.shar import chosen

        return chosen(tables, options)
    return file_clips(tables, options).plan()


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as a shard may hold."""
    return int(options["cuts_a_shard"]) if options["shar"] else CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """A shard, or some of the copies."""
    if "suffix" in rows.columns:
        from workflow_scripts.exports.files.packing import make_files

        return make_files(rows, folder)
    from workflow_scripts.exports.lhotse.shar import write_shard

    return write_shard(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write {recordings,supervisions,cuts}_<split>.jsonl.gz and the copies, if any; or <split>/ with the shards."""
    if options["shar"]:
        return _shar(tables, options, folder)
    clips = file_clips(tables, options)
    seen = write_manifests(clips, folder, final_folder)
    link_copies(tables.packs, folder)
    written = clips.written()
    return replace(written, warnings=(*written.warnings, *seen.warnings()), lines=_lines(written.clips, seen))


def _lines(clips: dict[str, int], seen: Seen) -> dict[str, int]:
    """How many each file has."""
    recordings, *of_clips = KINDS
    lines = {FILE.format(kind, split): count for split, count in clips.items() for kind in of_clips}
    return lines | {FILE.format(recordings, split): seen.recordings[split] for split in clips}


def _shar(tables: Tables, options: dict[str, Any], folder: Path) -> Written:
    from workflow_scripts.exports.lhotse.shar import CUTS, SOUND, seen_in

    shards = by_group(tables.packs, tables.splits())
    named = (
        (shard, {SOUND: f"{split}/recording.{number:06}.tar", CUTS: f"{split}/cuts.{number:06}.jsonl.gz"})
        for split, of_split in shards.items()
        for number, shard in enumerate(of_split)
    )
    link_packs(named, folder)
    clips = {split: total(of_split, "clips") for split, of_split in shards.items()}
    left_out = held_back(tables.lazy("clips")) | not_made(tables.packs)
    overshoot, unlevelled = (
        sum(total(of_split, what) for of_split in shards.values()) for what in ("overshoot", "unlevelled")
    )
    warnings = warnings_of_sound(overshoot, unlevelled, options["audio"]["overshoot"])
    lasting = sum(total(of_split, "seconds") for of_split in shards.values())
    seen = seen_in(tables, options)
    return Written(clips, lasting, left_out, warnings=(*warnings, *seen.warnings()))
