"""Manifests, class list, sample weights and statistics for AST and AudioMAE.

Source of the formats: https://github.com/YuanGongND/ast (egs/audioset, src/dataloader.py, gen_weight_file.py) and
https://github.com/facebookresearch/AudioMAE.
"""

import json
import logging
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports import Tables, file_paths, splits_of

README = """\
{clips:,} trainable clips. Left out: {inside:,} that lie inside a longer recording or an archive, {unlabelled:,} \
without a class to train on.
Normalise with this dataset's own statistics (stats.json): norm_stats['audioset'] = [{mean:.7f}, {std:.7f}]
in src/run.py of AST and in main_finetune_as.py of AudioMAE.
AST: cp {train}_weights.csv {train}_weight.csv && python src/run.py --dataset audioset --data-train {train}.json \
--data-val {eval}.json --label-csv class_labels_indices.csv --n_class {classes} --bal bal --exp-dir exp
AudioMAE: python main_finetune_as.py --dataset audioset --data_train {train}.json --data_eval {eval}.json --label_csv \
class_labels_indices.csv --weight_csv {train}_weights.csv --weight_sampler True --nb_classes {classes}
"""

_log = logging.getLogger(__name__)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> None:
    """Write <split>.json, <split>_weights.csv, class_labels_indices.csv, stats.json and README.

    Only trainable clips with a file of their own are taken, in the order of the ledger; AST cannot read a span of a
    longer file, or a member of an archive. Of their annotated classes those are taken that have an index and that the
    ontology neither marks abstract nor blacklisted, unless the option restricted_classes asks for these too.
    """
    trainable = tables.lazy("clips").filter("trainable").collect()
    whole = trainable.filter(pl.col("whole_media") & pl.col("member").is_null())
    labelled = _with_labels(whole, tables.read("classes"), options["restricted_classes"])
    splits = splits_of(tables.lazy("clips"))
    for split in splits:
        clips = labelled.filter(pl.col("split") == split)
        _write_manifest(clips, file_paths(clips, options["paths"], final_folder), folder / f"{split}.json")
        weights = _weights(clips)
        (folder / f"{split}_weights.csv").write_text("".join(f"{weight!r}\n" for weight in weights))
    classes = _write_class_index(tables.read("classes"), folder / "class_labels_indices.csv")
    train = [split for split in splits if "train" in split] or splits
    stats = _statistics(labelled.filter(pl.col("split").is_in(train)), tables) | {"splits": train}
    (folder / "stats.json").write_text(json.dumps(stats, indent=2) + "\n")
    left_out = {"inside": len(trainable) - len(whole), "unlabelled": len(whole) - len(labelled)}
    _log.info("ast: %d clips; left out: %s", len(labelled), left_out)
    heldout = [split for split in splits if split not in train] or splits
    (folder / "README").write_text(
        README.format(
            clips=len(labelled),
            train=train[0] if train else "train",
            eval=heldout[0] if heldout else "eval",
            classes=classes,
            mean=stats["mean"] or 0.0,
            std=stats["std"] or 1.0,
            **left_out,
        )
    )


def _with_labels(clips: pl.DataFrame, classes: pl.DataFrame, restricted: bool) -> pl.DataFrame:
    """Clips with `labels`, the classes that they are trained on; those that have none are left out."""
    trained = classes.filter(
        pl.col("class_index").is_not_null() & (pl.lit(restricted) | ~(pl.col("is_abstract") | pl.col("is_blacklisted")))
    )["class_id"]
    is_trained = pl.element().is_in(trained.implode())
    labels = pl.col("class_ids").cast(pl.List(pl.String)).list.eval(pl.element().filter(is_trained))
    return clips.with_columns(labels=labels).filter(pl.col("labels").list.len() > 0)


def _write_manifest(clips: pl.DataFrame, wav: pl.Series, file: Path) -> None:
    """{"data": [{"wav": path, "labels": "a,b"}, …]}, one clip a line."""
    rows = clips.select(pl.struct(wav.alias("wav"), pl.col("labels").list.join(",")).struct.json_encode()).to_series()
    file.write_text('{"data": [\n' + ",\n".join(rows.to_list()) + "\n]}\n", encoding="utf-8")


def _weights(clips: pl.DataFrame) -> list[float]:
    """The sum over each clip's labels of 1000 / (count + 0.01), counts over the same clips."""
    weight = 1000 / (pl.len().over("labels") + 0.01)
    labels = clips.select("clip_id", "labels").explode("labels").with_columns(weight=weight)
    return labels.group_by("clip_id", maintain_order=True).agg(pl.col("weight").sum())["weight"].to_list()


def _write_class_index(classes: pl.DataFrame, file: Path) -> int:
    """index,mid,display_name with quoted names, as AudioSet's own; the number of classes that a model needs."""
    indexed = classes.filter(pl.col("class_index").is_not_null()).sort("class_index")
    lines = [
        f'{index},{mid},"{name.replace(chr(34), chr(34) * 2)}"\n'
        for index, mid, name in indexed.select("class_index", "class_id", "name").iter_rows()
    ]
    file.write_text("index,mid,display_name\n" + "".join(lines), encoding="utf-8")
    return 1 + (indexed["class_index"].max() or 0)  # type: ignore[operator,return-value]


def _statistics(clips: pl.DataFrame, tables: Tables) -> dict[str, Any]:
    """Mean and standard deviation over every value of every frame of the clips' fbanks, unpadded."""
    key = ["root", "path", "member"]
    checks = tables.checks([*key, "fbank_frames", "fbank_mean", "fbank_std"])
    frames, mean, std = pl.col("fbank_frames"), pl.col("fbank_mean"), pl.col("fbank_std")
    total, weighted, squares = (
        clips.select(pl.col("root").cast(pl.String), "path", "member")
        .join(checks, on=key, how="left", nulls_equal=True, maintain_order="left")
        .select(
            frames.sum().alias("total"),
            (frames * mean).sum().alias("weighted"),
            (frames * (std.pow(2) + mean.pow(2))).sum().alias("squares"),
        )
        .row(0)
    )
    if not total:
        return {"mean": None, "std": None, "frames": 0, "clips": 0}
    average = weighted / total
    return {
        "mean": average,
        "std": max(squares / total - average**2, 0.0) ** 0.5,
        "frames": total,
        "clips": len(clips),
    }
