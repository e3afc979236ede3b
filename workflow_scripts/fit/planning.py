"""Which captions are scored, and in which job: a list for each holds all that its scores depend on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workflow_scripts.exports.audio.plan import OF_CHECKS, OF_LEDGER, sound_of
from workflow_scripts.exports.reading import MEDIA
from workflow_scripts.tables.conditions import rows_where
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.leaves import Bound
from workflow_scripts.tables.store import read_checks, read_table
from workflow_scripts.windows.planning import in_leaves

A_JOB = Bound(rows=5_000, size=6 * 3600)
"""Clips, and seconds of them: some ten minutes of a core, a minute or two of a GPU."""
FITS = 1
"""Raised by hand when the same model would be asked otherwise."""


@dataclass(frozen=True)
class FitTables:
    """Files that a plan is made of: tables of a dataset, and of its roots the checks."""

    clips: Path
    captions: Path
    checks: Mapping[str, Sequence[Path]]


@dataclass(frozen=True)
class _Form:
    made_as: str
    channel: str = "mean"


def write_lists(tables: FitTables, where: str, key: str, digest: str, folder: Path) -> None:
    """Write <leaf>.parquet for each job: of `sound_of`, clip_id, and `captions`: ordinal and text of each.

    A caption that a review corrected is there as it was found too: a review page goes by that.

    Args:
        tables: what there is.
        where: which clips.
        key: what says it, as errors call it.
        digest: of the model.
        folder: takes the lists.

    Raises:
        SoundledgerError: `where` is no condition on clips.
    """
    said = _said(read_table(tables.captions))
    usable = read_table(tables.clips).filter("usable").join(said, on="clip_id", how="semi")
    told = read_checks(tables.checks, [*MEDIA, *OF_CHECKS]).cast({"root": usable.schema["root"]})
    chosen = rows_where(usable, where, key).select("clip_id", *OF_LEDGER)
    clips = chosen.join(told, on=MEDIA, how="left", nulls_equal=True, maintain_order="left")
    form = _Form(json.dumps({"fits": FITS, "model": digest}))
    rows = sound_of(clips, form, 0, pl.lit(value=False)).drop("order").with_columns(clips["clip_id"])
    with whole(folder) as part:
        part.mkdir()
        for leaf, of_leaf in in_leaves(rows, A_JOB):
            file = part / f"{leaf}.parquet"
            of_leaf.join(said, on="clip_id").sort("media", "clip_id").write_parquet(file, compression="zstd")


def _said(captions: pl.DataFrame) -> pl.DataFrame:
    each = pl.concat(
        [captions.select("clip_id", "ordinal", "text"), captions.select("clip_id", "ordinal", text="found_text")]
    )
    each = each.drop_nulls().unique().sort("clip_id", "ordinal", "text")
    return each.group_by("clip_id", maintain_order=True).agg(captions=pl.struct("ordinal", "text"))
