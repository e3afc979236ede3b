"""`<split>.json` of NeMo: a line of JSON for each clip, with its file, its stretch of that, its text and its labels.

Source of the form: https://github.com/NVIDIA-NeMo/Speech (nemo/collections/common/parts/preprocessing: manifest.py,
collections.py; nemo/collections/asr/parts/preprocessing/segment.py, which cuts `offset` and `duration` times the rate
of the file to whole samples).
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError, shown
from workflow_scripts.exports.files.clips import FileClips, Opens
from workflow_scripts.exports.files.copies import SORTED_BY, clips_a_pack, pack
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.files.seconds import to_the_sample
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.exports.words import captions, names_in_a_cell, text_of_each

__all__ = ["SORTED_BY", "clips_a_pack", "export", "pack", "plan"]
READ = ["split", "clip_id", "class_names"]
FILE = "{}.json"
"""Of a split."""
LONGEST_RELATIVE = 254
"""Characters of a relative path that NeMo looks for beside the manifest."""


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips that get a copy."""
    return _file_clips(tables, options).plan()


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>.json and the copies, if any.

    Keys: audio_filepath; offset and duration, seconds; text, the first caption or else the sentence made of the labels,
    which may be empty; label, the names of the classes with `;` between them, where there are any; clip_id.
    """
    splits, unlabelled = tables.splits(), 0
    clips, said = _file_clips(tables, options), captions(tables)
    with contextlib.ExitStack() as stack:
        files = {
            split: stack.enter_context((folder / FILE.format(split)).open("w", encoding="utf-8")) for split in splits
        }
        for part in clips.rows(final_folder):
            _refuse_long(part["file"])
            unlabelled += part.select((~_is_labelled()).sum()).item()
            rows = part.with_columns(said.of(part)).with_columns(
                to_the_sample(part["first_frame"], part["file_rate"]), to_the_sample(part["frames"], part["file_rate"])
            )
            for (split,), lines in rows.select("split", line=_line()).partition_by("split", as_dict=True).items():
                files[str(split)].writelines(f"{line}\n" for line in lines["line"])
    link_copies(tables.packs, folder)
    written = clips.written()
    of_files = {FILE.format(split): count for split, count in written.clips.items()}
    return replace(written, warnings=(*written.warnings, *_warnings(unlabelled)), lines=of_files)


def _warnings(unlabelled: int) -> Iterator[str]:
    if unlabelled:
        yield (
            f"{unlabelled:,} of the clips have no class and no `label`: NeMo's datasets of labels refuse a manifest "
            "with such lines, those of texts take it"
        )


def _file_clips(tables: Tables, options: dict[str, Any]) -> FileClips:
    refuse_splits("nemo", tables.splits(), [FILE])
    # of more channels its batches are made of what it does not expect, unless each recipe selects one
    opens = Opens(spans=True, channels=1)
    return FileClips(tables, {**options, "audio": {**options["audio"], "channels": "mono"}}, opens, READ)


def _refuse_long(files: pl.Series) -> None:
    """See that NeMo will look for files beside the manifest, where they are named so."""
    long = files.filter(~files.str.starts_with("/") & (files.str.len_chars() > LONGEST_RELATIVE))
    if len(long):
        raise SoundledgerError(
            f"export nemo: NeMo looks for no file beside its manifest whose path has more than {LONGEST_RELATIVE} "
            f"characters; {shown(long[0])} and {len(long) - 1:,} more of those at hand have. Say paths: absolute"
        )


def _line() -> pl.Expr:
    """Each clip's JSON; a clip of no class has no label, rather than one that is called like nothing."""
    keys: dict[str, pl.Expr] = {
        "audio_filepath": pl.col("file"),
        "offset": pl.col("first_frame"),
        "duration": pl.col("frames"),
        "text": text_of_each().fill_null(""),
        "label": names_in_a_cell(),
        "clip_id": pl.col("clip_id"),
    }
    named = [value.alias(key) for key, value in keys.items()]
    labelled = pl.struct(named).struct.json_encode()
    plain = pl.struct(one for one in named if one.meta.output_name() != "label").struct.json_encode()
    return pl.when(_is_labelled()).then(labelled).otherwise(plain)


def _is_labelled() -> pl.Expr:
    return (pl.col("class_names").list.len() > 0).fill_null(value=False)
