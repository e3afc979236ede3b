"""A data folder of Kaldi for each split: wav.scp, segments, text, utt2spk, spk2utt, utt2dur, reco2dur, utt2labels.

Source of the form: https://kaldi-asr.org/doc/data_prep.html and egs/wsj/s5/utils/validate_data_dir.sh of
https://github.com/kaldi-asr/kaldi. Every file is sorted by its first field as bytes are.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.files.clips import FileClips, Opens
from workflow_scripts.exports.files.copies import SORTED_BY, clips_a_pack, pack
from workflow_scripts.exports.files.names import AUDIO, link_copies
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.kaldi.folders import OF_CLIPS, write_folders
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.exports.sums import SUMS
from workflow_scripts.exports.text import CONTROL
from workflow_scripts.exports.words import captions

__all__ = ["SORTED_BY", "clips_a_pack", "export", "pack", "plan"]
READ = ["split", "clip_id", "class_ids", "class_names"]


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips that get a copy."""
    return _file_clips(tables, options).plan()


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/ and the copies, if any.

    Nobody knows who speaks, so each clip is its own speaker, as Kaldi's own guide says. `text` is a clip's first
    caption, or else the names of its classes; `utt2labels` the ids of these, whose blanks are underscores there.
    """
    splits = tables.splits()
    clips, said = _file_clips(tables, options), captions(tables)
    parts = (part.with_columns(said.of(part)["texts"]) for part in clips.rows(final_folder))
    lines = write_folders(parts, splits, folder)
    link_copies(tables.packs, folder)
    written = clips.written()
    of_clips = {f"{split}/{name}": count for split, count in written.clips.items() for name in OF_CLIPS}
    return replace(written, lines=lines | of_clips)


def _file_clips(tables: Tables, options: dict[str, Any]) -> FileClips:
    refuse_splits("kaldi", tables.splits(), ["{}"], [AUDIO, SUMS])
    audio = {**options["audio"], "codec": "wav", "bits": 16, "channels": "mono"}
    rate = options["audio"]["sample_rate"]
    # blanks split a line; a | at an end is a command to Kaldi, and : with digits behind it a place in an archive
    opens = Opens(True, ("WAV",), ("PCM_16",), sample_rate=rate, channels=1, never_in_path=rf"{CONTROL}|\s|\||:\d+$")
    return FileClips(tables, {**options, "audio": audio}, opens, READ)
