"""Which clips are measured in windows, and in which job: a list for each holds all that its results depend on."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import OF_CHECKS, OF_LEDGER, sound_of
from workflow_scripts.exports.reading import MEDIA
from workflow_scripts.tables.conditions import rows_where
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.leaves import Bound, hashes, leaves_of
from workflow_scripts.tables.store import read_checks, read_table

A_JOB = Bound(rows=5_000, size=4 * 3600)
"""Clips, and seconds of them: some minutes of work. A longer recording is a job of its own."""
MEASURES = 1
"""Raised by hand when the same windows would be measured otherwise."""


@dataclass(frozen=True)
class _Form:
    """What of a clip is cut out, and all else that its results follow from."""

    channel: str
    made_as: str


def write_lists(
    clips: Path, checks: Mapping[str, Sequence[Path]], dataset: str, settings: Mapping[str, Any], folder: Path
) -> None:
    """Write <leaf>.parquet for each job: of `sound_of`, and clip_id and channel_layout.

    Args:
        clips: the table.
        checks: its files by root.
        dataset: its name.
        settings: `measure` of its file.
        folder: takes the lists.

    Raises:
        SoundledgerError: `where` is no condition on clips.
    """
    usable = read_table(clips).filter("usable")
    told = read_checks(checks, [*MEDIA, *OF_CHECKS, "channel_layout"]).cast({"root": usable.schema["root"]})
    chosen = rows_where(usable, settings["where"], f"dataset {dataset}: measure: where").select("clip_id", *OF_LEDGER)
    rows = _rows(chosen.join(told, on=MEDIA, how="left", nulls_equal=True, maintain_order="left"), settings)
    with whole(folder) as part:
        part.mkdir()
        for leaf, of_leaf in in_leaves(rows, A_JOB):
            file = part / f"{leaf}.parquet"
            of_leaf.sort("media", "clip_id").write_parquet(file, compression="zstd", compression_level=1)


def in_leaves(rows: pl.DataFrame, bound: Bound) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of each job, with its name, by number and by seconds of sound.

    Args:
        rows: media, clip_id, duration_s and more.
        bound: of a job; what is longer by itself is one of its own.
    """
    seconds = rows["duration_s"].ceil().cast(pl.Int64)
    keys = pl.DataFrame({"is_long": seconds > bound.size, "hash": hashes(rows["media"], rows["clip_id"])})
    order = keys.select(pl.arg_sort_by("is_long", "hash")).to_series()
    rows, hashed = rows[order], keys["hash"][order].to_numpy()
    for leaf in leaves_of(hashed, seconds[order].to_numpy(), bound):
        yield leaf.name, rows[leaf.first : leaf.behind]


def _rows(clips: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    made_as = {key: value for key, value in settings.items() if key != "where"} | {"measures": MEASURES}
    rows = sound_of(clips, _Form("first", json.dumps(made_as, sort_keys=True)), 0, pl.lit(value=False))
    layout = clips["channel_layout"].cast(pl.String)
    is_heard_in_both = (layout == "stereo") & pl.lit("directions" in settings)
    return rows.drop("order").with_columns(
        clips["clip_id"],
        channel_layout=layout,
        channel=pl.when(is_heard_in_both).then(pl.lit("all")).otherwise("channel"),
    )
