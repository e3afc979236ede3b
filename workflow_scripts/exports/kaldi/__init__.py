"""A data folder of Kaldi for each split: wav.scp, segments, text, utt2spk, spk2utt, utt2dur, reco2dur, utt2labels.

Source of the form: https://kaldi-asr.org/doc/data_prep.html and egs/wsj/s5/utils/validate_data_dir.sh of
https://github.com/kaldi-asr/kaldi. Every file is sorted by its first field as bytes are.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.files.clips import FileClips, Opens
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.exports.sums import SUMS
from workflow_scripts.exports.words import captions

CLIPS_A_PACK = 1000
SORTED_BY = IN_ORDER
READ = ["split", "clip_id", "class_ids", "class_names"]


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips that get a copy."""
    return _file_clips(tables, options).plan()


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take a minute or two."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Some of the copies."""
    from workflow_scripts.exports.files.packing import make_files

    return make_files(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/ and the copies, if any.

    Nobody knows who speaks, so each clip is its own speaker, as Kaldi's own guide says. `text` is a clip's first
    caption, or else the names of its classes; `utt2labels` the ids of these, whose blanks are underscores there.
    """
    splits = tables.splits()
    refuse_splits("kaldi", splits, ["{}"], ["audio", SUMS])
    clips, said = _file_clips(tables, options), captions(tables)
    rows = pl.concat(part.with_columns(said.of(part)["texts"]) for part in clips.rows(final_folder))
    for split in splits:
        (folder / split).mkdir()
        _write(rows.filter(pl.col("split") == split).sort("clip_id"), folder / split)
    link_copies(tables.packs, folder)
    return clips.written()


def _file_clips(tables: Tables, options: dict[str, Any]) -> FileClips:
    audio = {**options["audio"], "codec": "wav", "bits": 16, "channels": "mono"}
    rate = options["audio"]["sample_rate"]
    # blanks split a line; a | at an end is a command to Kaldi, and : with digits behind it a place in an archive
    opens = Opens(True, ("WAV",), ("PCM_16",), sample_rate=rate, channels=1, never_in_path=r"\s|\||:\d+$")
    return FileClips(tables, {**options, "audio": audio}, opens, READ)


def _write(clips: pl.DataFrame, folder: Path) -> None:
    """The files of a split, whose clips are sorted."""
    rate = pl.col("file_rate")
    first, end = pl.col("first_frame") / rate, (pl.col("first_frame") + pl.col("frames")) / rate
    recordings = clips.unique("file_id", keep="first").sort("file_id")
    is_whole = clips["file_id"] == clips["clip_id"]
    names = pl.col("class_names").cast(pl.List(pl.String)).list.join(" ")
    words = pl.coalesce(pl.col("texts").list.first(), names).str.replace_all(r"\s+", " ").str.strip_chars()
    _lines(folder / "wav.scp", recordings, "file_id", "file")
    _lines(folder / "reco2dur", recordings, "file_id", _seconds(pl.col("file_frames") / rate))
    if not is_whole.all():
        _lines(folder / "segments", clips, "clip_id", "file_id", _seconds(first), _seconds(end))
    _lines(folder / "utt2dur", clips, "clip_id", _seconds(end - first))
    for file in ("utt2spk", "spk2utt"):
        _lines(folder / file, clips, "clip_id", pl.col("clip_id").alias("speaker"))
    _lines(folder / "text", clips, "clip_id", words.alias("text"))
    ids = pl.col("class_ids").cast(pl.List(pl.String)).list.eval(pl.element().str.replace_all(r"\s", "_"))
    _lines(folder / "utt2labels", clips, "clip_id", ids.list.join(" "))


def _seconds(seconds: pl.Expr) -> pl.Expr:
    """To the microsecond: no two samples of a rate that is in use are nearer."""
    return seconds.round(6).cast(pl.String)


def _lines(file: Path, rows: pl.DataFrame, *fields: str | pl.Expr) -> None:
    """Write fields with a blank between them; nothing behind the first where there is nothing to say."""
    each = [pl.col(one) if isinstance(one, str) else one for one in fields]
    lines = rows.select(pl.concat_str(*each, separator=" ").str.strip_chars_end(" ")).to_series()
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
