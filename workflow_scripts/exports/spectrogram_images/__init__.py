"""Mel spectrograms as images of one size, with words beside them, in the layout of `datasets`' imagefolder.

Sources of the form: https://github.com/teticio/audio-diffusion (audiodiffusion/mel.py);
https://huggingface.co/docs/datasets/image_dataset; and of the text in images, https://github.com/riffusion/riffusion,
which keeps its parameters in them too.
"""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.audio.plan import IN_ORDER, OF_LEDGER, checked, sound_of
from workflow_scripts.exports.cards import card, names_of_splits
from workflow_scripts.exports.counting import held_back, not_made, taken
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.packs import group_of
from workflow_scripts.exports.reading import Tables, in_ranges, refuse_splits
from workflow_scripts.exports.spectrogram_images.form import ImageForm
from workflow_scripts.exports.spectrogram_images.metadata import FEATURES, write_metadata
from workflow_scripts.exports.sums import SUMS
from workflow_scripts.tables.store import read_table

CLIPS_A_PACK = 1_000
SORTED_BY = IN_ORDER
CARD, PARAMETERS = "README.md", "parameters.json"
SAYS = """\
Mel spectrograms of sounds, with captions and labels; made by Soundledger. How they were made, and how sound is made of
them, is in parameters.json.
"""
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips of each split. Words stand in metadata.jsonl alone, so other words make no pack anew."""
    from workflow_scripts.exports.spectrogram_images.images import empty_bins

    called, checks, form = _called(tables), checked(tables), ImageForm.of(options)
    if empty := empty_bins(form):
        raise SoundledgerError(
            f"export spectrogram_images: {empty:,} of {form.height:,} mel bins are narrower than the lines of the "
            f"spectrum are apart, {form.sample_rate / form.n_fft:g} Hz, so rows would be black. Make n_fft larger, or "
            "height smaller"
        )
    for clips in in_ranges(taken(tables.lazy("clips")).select("clip_id", "split", *OF_LEDGER)):
        sound = sound_of(clips.hstack(checks.of(clips)), form, 0, pl.lit(value=False))
        yield sound.hstack(clips.select("clip_id", group=pl.col("split").cast(pl.String).replace(called)))


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take half a minute."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Some of the images of a split."""
    from workflow_scripts.exports.spectrogram_images.images import write_images

    return write_images(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/<two digits>/<clip>.<number>.png, <split>/metadata.jsonl, parameters.json and a card, README.md."""
    called, form = _called(tables), ImageForm.of(options)
    counts = write_metadata(tables, called, folder)
    link_copies(tables.packs, folder)
    (folder / PARAMETERS).write_text(json.dumps(form.parameters, indent=2) + "\n")
    sizes = dict.fromkeys(called.values(), 0)
    for one in tables.packs:
        sizes[group_of(one.folder.name)] += int(read_table(one.told)["bytes"].sum())
    images = {called[split]: one.images for split, one in counts.items()}
    (folder / CARD).write_text(card(tables, FEATURES, "{}/**", images, sizes, SAYS), encoding="utf-8")
    left_out = held_back(tables.lazy("clips")) | not_made(tables.packs)
    clips = {split: one.clips for split, one in counts.items()}
    _log.info("spectrogram_images: %s, images %s; left out: %s", clips, images, left_out)
    return Written(clips, sum(one.seconds for one in counts.values()), left_out)


def _called(tables: Tables) -> dict[str, str]:
    """What the splits are called."""
    called = names_of_splits("spectrogram_images", tables.splits())
    refuse_splits("spectrogram_images", called.values(), ["{}"], [CARD, PARAMETERS, SUMS])
    return called
