"""Lists of files, labels and classes for EAT.

Source of the form: https://github.com/cwx-worst-one/EAT (data/raw_audio_dataset.py, data/mae_image_dataset.py,
tasks/finetuning.py), and fairseq's wav2vec, from which it has it.
"""

import contextlib
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty, shown
from workflow_scripts.exports.classes import (
    indexed_classes,
    is_unlabelled,
    joined_labels,
    refuse_commas,
    write_class_index,
)
from workflow_scripts.exports.files.clips import FileClips, Opens
from workflow_scripts.exports.files.copies import SORTED_BY, clips_a_pack, pack
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.manifest import WEIGHTS, sample_weights
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.exports.sums import SUMS
from workflow_scripts.exports.text import in_a_line

CLIPS_A_PACK = 5_000
"""Some 1.6 GB of clips of 10 s, and a minute or two of one core."""
__all__ = ["SORTED_BY", "clips_a_pack", "export", "pack", "plan"]
FILES, LABELS, CLASSES = "{}.tsv", "{}.lbl", "label_descriptors.csv"
OPENS = Opens(spans=False, sample_rate=16_000, never_in_path=r"[\s:]")
AUDIO = {"codec": "wav", "sample_rate": 16_000, "channels": "mono", "bits": 16, "overshoot": "clip"}
"""Of copies. EAT takes the mean of all channels itself."""
READ = ["split", "clip_id", "class_ids"]
TRAIN = "train"
"""The one split that EAT shuffles, draws by weights and augments."""
FEWEST_SAMPLES = 10_000
"""EAT leaves out shorter files without a word, but not their weights, and so draws others than are meant."""
SPAN_MAY_LACK_S = 0.01
"""So much less may a copy of a stretch have than the ledger says."""
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips that get a copy."""
    _called(tables, options)  # what is wrong with names is told before any copy is made
    return _file_clips(tables, options).plan()


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>.tsv, <split>.lbl, <split>_weights.csv, label_descriptors.csv and the copies, if any.

    A list of files begins with the folder of the export, which its paths start from. Splits of one name are one.
    """
    called, classes = _called(tables, options), _classes(tables, options)
    clips = _file_clips(tables, options)
    labels: dict[str, list[pl.Series]] = {split: [] for split in called.values()}
    with contextlib.ExitStack() as stack:
        lists = {split: _opened(stack, folder, split) for split in labels}
        for files, _ in lists.values():
            files.write(f"{final_folder.absolute()}\n".encode())
        for some in clips.rows(final_folder):
            split = pl.col("split").cast(pl.String).replace(called)
            rows = some.with_columns(split, labels=joined_labels(some["class_ids"], classes))
            for (name,), of_split in rows.partition_by("split", as_dict=True, maintain_order=True).items():
                _add(of_split, *lists[str(name)])
                labels[str(name)].append(of_split["labels"])
    for name, said in labels.items():
        _write_weights(said, folder / WEIGHTS.format(name))
    one_line = in_a_line(pl.col("name"))  # EAT reads line by line, whatever is quoted
    write_class_index(classes.with_columns(one_line), folder / CLASSES, header=False)
    link_copies(tables.packs, folder)
    written = clips.written()
    _log.info("eat: %s; left out: %s", written.clips, written.held_back)
    warnings = (*written.warnings, *_warnings(written.clips, called))
    return replace(written, warnings=warnings, lines=_lines(written.clips, called))


def _lines(clips_of: dict[str, int], called: dict[str, str]) -> dict[str, int]:
    """How many each file has."""
    clips = Counter[str]()
    for split, taken in clips_of.items():
        clips[called[split]] += taken
    lines = {name.format(split): taken for split, taken in clips.items() for name in (LABELS, WEIGHTS)}
    return lines | {FILES.format(split): 1 + taken for split, taken in clips.items()}


def _called(tables: Tables, options: dict[str, Any]) -> dict[str, str]:
    """What each split is called in the export.

    Raises:
        SoundledgerError: the option `splits` speaks of one that there is not, or files cannot be called so.
    """
    splits, others = tables.splits(), options["splits"]
    if unknown := sorted(set(others) - set(splits)):
        raise SoundledgerError(
            f"export eat: splits: there is no split {shown(unknown[0])}; there are {', '.join(splits) or 'none'}"
        )
    called = {split: others.get(split, split) for split in splits}
    refuse_splits("eat", dict.fromkeys(called.values()), [FILES, LABELS, WEIGHTS], [CLASSES, SUMS])
    return called


def _warnings(clips_of: dict[str, int], called: dict[str, str]) -> Iterator[str]:
    if any(clips_of.values()) and not any(clips_of[split] for split, name in called.items() if name == TRAIN):
        yield (
            f"no clip is of a split called `{TRAIN}`, the one that EAT shuffles, draws by weights and augments. Say "
            f"which is to be called so: {{splits: {{…: {TRAIN}}}}}, of {', '.join(called)}"
        )


def _file_clips(tables: Tables, options: dict[str, Any]) -> FileClips:
    surely_s = pl.col("duration_s") - pl.when("whole_media").then(0.0).otherwise(SPAN_MAY_LACK_S)
    samples = (surely_s * OPENS.sample_rate).round(6)  # of floats none is to be the least bit too short
    reasons = {
        "unlabelled": is_unlabelled(_classes(tables, options)),
        "below_10000_samples": samples < FEWEST_SAMPLES,
    }
    return FileClips(tables, {**options, "paths": "relative", "audio": AUDIO}, OPENS, READ, reasons)


def _classes(tables: Tables, options: dict[str, Any]) -> pl.DataFrame:
    """Those that are trained on.

    Raises:
        SoundledgerError: an id holds a comma or a blank, at which EAT would split it.
    """
    classes = indexed_classes(tables, options["restricted_classes"])
    refuse_commas("eat", classes)
    if split := classes.filter(pl.col("class_id").str.contains(r"\s"))["class_id"].to_list():
        raise SoundledgerError(
            f"export eat: {len(split):,} class ids hold a blank, at which EAT would split them: {first_twenty(split)}. "
            "Give these classes other ids, or leave this export out"
        )
    return classes


def _opened(stack: contextlib.ExitStack, folder: Path, split: str) -> tuple[IO[bytes], IO[bytes]]:
    """The two lists of a split."""
    files, labels = (stack.enter_context((folder / name.format(split)).open("wb")) for name in (FILES, LABELS))
    return files, labels


def _add(rows: pl.DataFrame, files: IO[bytes], labels: IO[bytes]) -> None:
    """A line of each list for each clip: its file and the samples of that; its id and its classes."""
    how: dict[str, Any] = {"include_header": False, "quote_style": "never"}
    rows.select("file", "file_frames").write_csv(files, separator="\t", **how)
    rows.select("clip_id", pl.col("labels").cast(pl.String)).write_csv(labels, separator=" ", **how)


def _write_weights(labels: list[pl.Series], file: Path) -> None:
    clips = pl.DataFrame({"labels": pl.concat(labels) if labels else pl.Series(dtype=pl.Categorical)})
    weights = sample_weights(clips.lazy())
    lines = clips.join(weights, on="labels", how="left", maintain_order="left")
    lines.select("text").write_csv(file, include_header=False, quote_style="never")
