"""Pairs of a sound and an image: JSON lines, tars for webdataset, or Parquet files for Hugging Face's `datasets`.

Source of the forms: https://github.com/webdataset/webdataset; https://github.com/huggingface/datasets (features Audio
and Image), version 5.2; https://huggingface.co/docs/hub/datasets-cards.
"""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.cards import card, names_of_splits
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.numbered import ToldPack, by_group, link_packs, total, warnings_of_sound
from workflow_scripts.exports.pairs.choice import SAID, image_columns, left_out, pairs_of, planned
from workflow_scripts.exports.reading import Tables, file_paths, refuse_splits

SORTED_BY = IN_ORDER
LINES, CARD = "{}.jsonl", "README.md"
SAYS = """\
Pairs of a sound and an image; made by Soundledger. Both were decoded whole, and are of one split. The licences of both
stand in their row, and who made them.
"""
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The pairs of each split."""
    return planned(tables, options)


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as a file may hold."""
    return int(options["pairs_a_pack"])


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """One tar, or one Parquet file."""
    from workflow_scripts.exports.pairs.making import write_pairs

    return write_pairs(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>.jsonl, or <split>/<number>.tar, or data/<split>-<number>-of-<files>.parquet and the card README.md.

    A clip counts as taken that is in a pair.
    """
    splits = tables.splits()
    refuse_splits("pairs", splits, [LINES])
    if options["form"] == "jsonl":
        lines, made = _write_lines(tables, options["paths"], splits, folder, final_folder)
        return _written(tables, splits, made, lines=lines)
    made = _made(tables)
    packs = (
        _link_tars(tables, splits, folder) if options["form"] == "webdataset" else _link_files(tables, splits, folder)
    )
    overshoot, unlevelled = total(packs, "overshoot"), total(packs, "unlevelled")
    return _written(
        tables, splits, made, tuple(warnings_of_sound(overshoot, unlevelled, options["audio"]["overshoot"]))
    )


def _written(
    tables: Tables,
    splits: list[str],
    made: pl.DataFrame,
    warnings: tuple[str, ...] = (),
    lines: dict[str, int] | None = None,
) -> Written:
    """What is told of an export that has some pairs, given by `clip_id`, `split` and `duration_s` of each."""
    clips = made.unique("clip_id")
    counts = dict(clips.group_by("split").len().iter_rows())
    held_back = left_out(tables, clips.select("clip_id"))
    _log.info("%d pairs of %d clips; left out: %s", len(made), len(clips), held_back)
    lasting = float(clips["duration_s"].sum())
    return Written({one: counts.get(one, 0) for one in splits}, lasting, held_back, 0, warnings, lines or {})


_MADE = [pl.col("clip_id"), pl.col("split").cast(pl.String), pl.col("duration_s")]
_NONE = {"clip_id": pl.String, "split": pl.String, "duration_s": pl.Float64}


def _made(tables: Tables) -> pl.DataFrame:
    """The pairs that are in packs."""
    failed = [pair for pack in tables.packs for pair in pack.account.failed]
    rows = (some.filter(~pl.col("pair_id").is_in(failed)).select(_MADE) for some in pairs_of(tables))
    return pl.concat([pl.DataFrame(schema=_NONE), *rows])


def _write_lines(
    tables: Tables, paths: str, splits: list[str], folder: Path, final_folder: Path
) -> tuple[dict[str, int], pl.DataFrame]:
    """Write <split>.jsonl, and give how many lines each has, and the pairs."""
    files = {split: folder / LINES.format(split) for split in splits}
    for file in files.values():
        file.touch()
    lines, made = dict.fromkeys((file.name for file in files.values()), 0), [pl.DataFrame(schema=_NONE)]
    for rows in pairs_of(tables):
        images = rows.select(*image_columns())
        named = rows.with_columns(
            audio=file_paths(rows, paths, final_folder), image=file_paths(images, paths, final_folder)
        )
        told = named.select("audio", "member", "image", *SAID).with_columns(pl.col(pl.Categorical).cast(pl.String))
        for (split,), of_split in told.partition_by("split", as_dict=True).items():
            with files[str(split)].open("ab") as content:
                of_split.write_ndjson(content)
            lines[files[str(split)].name] += len(of_split)
        made.append(rows.select(_MADE))
    return lines, pl.concat(made)


def _link_tars(tables: Tables, splits: list[str], folder: Path) -> list[ToldPack]:
    numbered = by_group(tables.packs, splits)
    for split, packs in numbered.items():
        (folder / split).mkdir()
        sizes = {f"{number}.tar": told.of["pairs"] for number, told in enumerate(packs)}
        (folder / split / "sizes.json").write_text(json.dumps(sizes, indent=1) + "\n")
    return _link(numbered, "{split}/{number}.tar", folder)


def _link_files(tables: Tables, splits: list[str], folder: Path) -> list[ToldPack]:
    from workflow_scripts.exports.pairs.making import FEATURES

    numbered = by_group(tables.packs, names_of_splits("pairs", splits).values())
    (folder / "data").mkdir()
    rows, size = ({split: total(packs, what) for split, packs in numbered.items()} for what in ("pairs", "bytes"))
    said = card(tables, FEATURES, "data/{}-*", rows, size, SAYS, _licences(tables))
    (folder / CARD).write_text(said, encoding="utf-8")
    return _link(numbered, "data/{split}-{number:05}-of-{all:05}.parquet", folder)


def _licences(tables: Tables) -> set[str | None]:
    """All that sounds or images of the pairs are under."""
    both = tables.lazy("pairs").select(pl.concat_list("licence", "image_licence").explode().unique()).collect()
    return set(both.to_series())


def _link(numbered: dict[str, list[ToldPack]], named: str, folder: Path) -> list[ToldPack]:
    """Have the one file of each pack in the folder of the export."""
    from workflow_scripts.exports.pairs.making import PACK

    each = [
        (told, named.format(split=split, number=number, all=len(packs)))
        for split, packs in numbered.items()
        for number, told in enumerate(packs)
    ]
    link_packs(((told, {PACK: name}) for told, name in each), folder)
    return [told for told, _ in each]
