"""A folder of sound a split, with metadata.jsonl beside it, and a card that says which folders are which split.

Source of the form: https://huggingface.co/docs/datasets/audio_dataset. JSON lines, not CSV, which is read so that a
caption "NA" is none.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import (
    IN_ORDER,
    OF_LEDGER,
    STORED,
    checked,
    is_heard_as_it_lies,
    is_so_already,
    sound_of,
    sound_stored,
)
from workflow_scripts.exports.cards import card, names_of_splits
from workflow_scripts.exports.counting import held_back, not_made, taken
from workflow_scripts.exports.files.names import below_export, link_copies, told
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.numbered import warnings_of_sound
from workflow_scripts.exports.reading import Tables, in_ranges, refuse_splits
from workflow_scripts.exports.sums import SUMS
from workflow_scripts.exports.words import captions

CLIPS_A_PACK = 1000
SORTED_BY = IN_ORDER
CARD, METADATA = "README.md", "metadata.jsonl"
SUFFIX = {"WAV": "wav", "WAVEX": "wav", "FLAC": "flac", "OGG": "ogg", "MP3": "mp3", "MPEG": "mp3"}
"""Of containers that stay as they are, as the checks call them: a media may be called anything."""
READ = ["split", "clip_id", "class_names", "duration_s", "licence", "source_url"]
"""Columns of the ledger, of clips that are taken alone."""


TEXT = {"dtype": "string", "_type": "Value"}
FEATURES = {
    "audio": {"_type": "Audio"},
    "clip_id": TEXT,
    "labels": {"feature": TEXT, "_type": "List"},
    "captions": {"feature": TEXT, "_type": "List"},
    "duration_s": {"dtype": "float64", "_type": "Value"},
    "licence": TEXT,
    "source_url": TEXT,
}
"""Columns as `datasets` knows them."""


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips of each split."""
    called = _called(tables)
    checks, stored = checked(tables), options["sound"] == "stored"
    form = STORED if stored else AudioForm.of(options["audio"])
    keeps = pl.col("whole_media") & pl.col("format").is_in(SUFFIX) & is_heard_as_it_lies()
    as_is = (keeps if stored else is_so_already(form)).fill_null(value=False)
    own = pl.col("format").replace_strict(SUFFIX, default=form.codec, return_dtype=pl.String)
    for part in in_ranges(taken(tables.lazy("clips")).select("split", "clip_id", *OF_LEDGER)):
        clips = part.hstack(checks.of(part))
        sound = sound_stored(clips, 0, as_is) if stored else sound_of(clips, form, 0, as_is)
        yield sound.hstack(
            clips.select(
                pl.col("split").cast(pl.String).replace(called).alias("group"),
                "clip_id",
                pl.when(as_is).then(own).otherwise(pl.lit(form.codec)).alias("suffix"),
            )
        )


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take a minute or two."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Some of the files of a split."""
    from workflow_scripts.exports.files.packing import make_files

    return make_files(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/metadata.jsonl, <split>/<two digits>/<clip>.<suffix>, the card README.md and SHA256SUMS."""
    called = _called(tables)
    copies = pl.concat(told(tables.packs))
    clips = _write_metadata(tables, called, copies, folder)
    link_copies(tables.packs, folder)
    sizes = dict(copies.group_by("group").agg(pl.col("bytes").sum()).iter_rows())
    text = card(tables, FEATURES, "{}/**", clips, {split: sizes.get(split, 0) for split in clips})
    (folder / CARD).write_text(text, encoding="utf-8")
    overshoot, unlevelled = copies.filter(pl.col("overshoot") > 0).height, int(copies["unlevelled"].sum())
    warnings = warnings_of_sound(overshoot, unlevelled, options["audio"]["overshoot"])
    left_out = held_back(tables.lazy("clips")) | not_made(tables.packs)
    lasting = float((copies["frames"] / copies["sample_rate"]).sum())
    lines = {f"{split}/{METADATA}": count for split, count in clips.items()}
    return Written(clips, lasting, left_out, warnings=tuple(warnings), lines=lines)


def _called(tables: Tables) -> dict[str, str]:
    """What each split is called, if its folder can be."""
    called = names_of_splits("audiofolder", tables.splits())
    refuse_splits("audiofolder", called.values(), ["{}"], [CARD, SUMS])
    return called


def _write_metadata(tables: Tables, called: dict[str, str], copies: pl.DataFrame, folder: Path) -> dict[str, int]:
    """Write the rows of each split, in the order of the ledger; how many there are."""
    files, said = Keyed(lambda: [copies.select("clip_id", "file")], ["clip_id"]), captions(tables)
    clips = dict.fromkeys(called.values(), 0)
    with contextlib.ExitStack() as stack:
        for split in clips:
            (folder / split).mkdir()
        lines = {split: stack.enter_context((folder / split / METADATA).open("wb")) for split in clips}
        for part in in_ranges(taken(tables.lazy("clips")).select(READ)):
            named = part.with_columns(files.of(part)["file"], said.of(part)["texts"])
            there = named.filter(pl.col("file").is_not_null())
            for (split,), rows in there.partition_by("split", as_dict=True).items():
                name = called[str(split)]
                clips[name] += len(rows)
                rows.select(_columns(name)).write_ndjson(lines[name])
    return clips


def _columns(split: str) -> list[pl.Expr]:
    """Of a line, which names its file as seen from its own folder.

    `datasets` takes types from the lines that it reads first, for each split by itself, and refuses splits that differ:
    so what nobody knows is an empty text, and where there are no labels or captions the list holds one.
    """
    below = pl.col("file").map_elements(lambda file: below_export(file, split), return_dtype=pl.String)
    labels, nothing = pl.col("class_names").cast(pl.List(pl.String)), pl.lit([""], pl.List(pl.String))
    return [
        below.str.slice(len(split) + 1).alias("file_name"),
        pl.col("clip_id"),
        pl.when(labels.list.len() > 0).then(labels).otherwise(nothing).alias("labels"),
        pl.col("texts").fill_null(nothing).alias("captions"),
        pl.col("duration_s"),
        *(pl.col(name).cast(pl.String).fill_null("") for name in ("licence", "source_url")),
    ]
