"""The README of the export: what is there, and the commands that take it.

Options of the commands: src/run.py of AST (31088be), which SSAST shares, and main_finetune_as.py of AudioMAE.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from workflow_scripts.exports.account import HeldBack
from workflow_scripts.exports.ast.choice import Choice

AST = """\
AST: cp {train}_weights.csv {train}_weight.csv && python src/run.py --model ast --dataset audioset \
--data-train {train}.json --data-val {eval}.json --label-csv class_labels_indices.csv --n_class {classes} \
--dataset_mean {mean:.7f} --dataset_std {std:.7f} --audio_length 1024 --noise False --metrics mAP --loss BCE \
--warmup True --bal bal --save_model True --exp-dir exp
"""
AUDIOMAE = """\
AudioMAE: python main_finetune_as.py --audio_exp --model vit_base_patch16 --dataset audioset \
--data_train {train}.json --data_eval {eval}.json --label_csv class_labels_indices.csv \
--weight_csv {train}_weights.csv --weight_sampler True --nb_classes {classes}
"""
STATISTICS = """\
Normalise with this dataset's own statistics, those of {splits} (stats.json). AST takes them as options; in \
main_finetune_as.py of AudioMAE write norm_stats = {{'audioset':[{mean:.7f}, {std:.7f}], …
The names of files below are those of this folder; rates, epochs and masks are those of egs/audioset/run.sh of AST and \
of ft_as.sh of AudioMAE.
"""


def readme(
    choice: Choice,
    for_licence: Sequence[HeldBack],
    clips_of: dict[str, int],
    train: list[str],
    evaluated: list[str],
    classes: pl.DataFrame,
    stats: dict[str, Any],
) -> str:
    """The text.

    Args:
        choice: the clips.
        for_licence: those that were not to choose from.
        clips_of: how many there are of each split.
        train: splits to train on.
        evaluated: splits to evaluate on.
        classes: the class list.
        stats: as stats.json has them.
    """
    return "".join(
        [
            _contents(choice, for_licence, sum(clips_of.values()), classes),
            _note(stats),
            *_commands(clips_of, train, evaluated, classes, stats),
        ]
    )


def _contents(choice: Choice, for_licence: Sequence[HeldBack], clips: int, classes: pl.DataFrame) -> str:
    left_out = ", ".join(f"{clips:,} {reason}" for reason, clips in choice.held_back.items())
    copied = choice.trainable.select(pl.col("taken") & pl.col("copied")).to_series().sum()
    lines = [f"{clips:,} clips. Left out: {left_out or 'none'}."]
    if for_licence:
        lines.append(f"Held back for their licence: {', '.join(one.told for one in for_licence)}.")
    if "needs_copy" in choice.held_back:
        lines.append(
            "needs_copy: a trainer would load something else, as their media are of another rate than 16 kHz, of "
            "several channels, in an archive, a longer recording or a video. `copies: auto` copies them: "
            f"{choice.copies_bytes:,} bytes."
        )
    if copied:
        lines.append(f"audio/ holds copies of {copied:,} of them: WAV, 16 kHz, 16 bits, one channel.")
    if (classes["index"] != classes["class_index"]).any():
        lines.append(
            f"class_labels_indices.csv numbers its {len(classes):,} classes from 0 without a gap, "
            "which the dataset's own indices have: a model of theirs has other outputs."
        )
    return "\n".join(lines) + "\n"


def _note(stats: dict[str, Any]) -> str:
    return f"Mind: {stats['note']}\n" if "note" in stats else ""


def _commands(
    clips_of: dict[str, int], train: list[str], evaluated: list[str], classes: pl.DataFrame, stats: dict[str, Any]
) -> list[str]:
    """One of each trainer for each split that can be trained on; a sentence where there is none."""
    trained = [split for split in train if clips_of.get(split)]
    judged = [split for split in evaluated if clips_of.get(split)]
    if not trained or not judged or stats["mean"] is None:
        there = ", ".join(f"{split} ({clips:,})" for split, clips in clips_of.items()) or "none"
        role = "train on" if not trained else "evaluate on"
        return [
            f"There is nothing to {role}. Splits and their clips: {there}. Which are to be trained on is said by "
            "options of the dataset file: {ast: {train: [a_split], eval: [another]}}; without them, those whose name "
            "holds `train`.\n"
        ]
    known = {"classes": len(classes), "mean": stats["mean"], "std": stats["std"], "eval": judged[0]}
    commands = [text.format(train=split, **known) for split in trained for text in (AST, AUDIOMAE)]
    return [STATISTICS.format(splits=" and ".join(train), **known), *commands]
