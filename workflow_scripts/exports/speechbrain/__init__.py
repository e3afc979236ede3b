"""`<split>.csv` of SpeechBrain: a row for each clip, with its file, its stretch of that, its text and its labels.

Source of the form: https://github.com/speechbrain/speechbrain (dataio/dataio.py: load_data_csv, read_audio).
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
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.exports.words import captions, names_in_a_cell, text_of_each

__all__ = ["SORTED_BY", "clips_a_pack", "export", "pack", "plan"]
READ = ["split", "clip_id", "class_names"]
FILE = "{}.csv"
"""Of a split."""
ROOT = "$data_root"
"""What stands for the folder of the export in relative paths."""
VARIABLE = r"\$([\w.])"
"""Where SpeechBrain sees one, in any cell, and fails where nobody says what it stands for."""


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips that get a copy."""
    return _file_clips(tables, options).plan()


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>.csv and the copies, if any.

    Columns: ID; duration, seconds; wav, the file; start and stop, samples of it, the last not among them; text, the
    first caption or else the sentence made of the labels; labels, the names of the classes with `;` between them.
    """
    splits, parted = tables.splits(), 0
    clips, said = _file_clips(tables, options), captions(tables)
    with contextlib.ExitStack() as stack:
        files = {split: stack.enter_context((folder / FILE.format(split)).open("wb")) for split in splits}
        for number, part in enumerate(clips.rows(final_folder)):
            _refuse_variables(part["file"])
            told = part.with_columns(said.of(part)).select("split", *_columns(options["paths"]))
            parted += told.select(pl.any_horizontal(pl.col("text", "labels").str.contains(VARIABLE)).sum()).item()
            rows = told.with_columns(pl.col("text", "labels").str.replace_all(VARIABLE, "$$ ${1}"))
            for split, file in files.items():
                of_split = rows.filter(pl.col("split") == split).drop("split")
                of_split.write_csv(file, include_header=number == 0)
    link_copies(tables.packs, folder)
    written = clips.written()
    lines = {FILE.format(split): 1 + taken for split, taken in written.clips.items()}
    return replace(written, warnings=(*written.warnings, *_warnings(parted)), lines=lines)


def _refuse_variables(files: pl.Series) -> None:
    """See that no path has what SpeechBrain takes for a variable: that of the results has, where any has."""
    if len(wrong := files.filter(files.str.contains(VARIABLE))):
        raise SoundledgerError(
            f"export speechbrain: {shown(wrong[0])}: SpeechBrain takes a $ in a path for a variable. Say "
            "paths: relative"
        )


def _warnings(parted: int) -> Iterator[str]:
    if parted:
        told = (
            "hold a $ before a letter or digit, which SpeechBrain takes for a variable: a blank stands between them now"
        )
        yield f"the words of {parted:,} clips {told}"


def _file_clips(tables: Tables, options: dict[str, Any]) -> FileClips:
    refuse_splits("speechbrain", tables.splits(), [FILE])
    opens = Opens(spans=True, sample_rate=options["audio"]["sample_rate"], channels=1, never_in_path=r"\$")
    return FileClips(tables, {**options, "audio": {**options["audio"], "channels": "mono"}}, opens, READ)


def _columns(paths: str) -> list[pl.Expr]:
    """Those of the file."""
    wav = pl.col("file") if paths == "absolute" else pl.concat_str(pl.lit(f"{ROOT}/"), "file")
    return [
        pl.col("clip_id").alias("ID"),
        (pl.col("frames") / pl.col("file_rate")).alias("duration"),
        wav.alias("wav"),
        pl.col("first_frame").alias("start"),
        (pl.col("first_frame") + pl.col("frames")).alias("stop"),
        text_of_each().fill_null("").alias("text"),
        names_in_a_cell().alias("labels"),
    ]
