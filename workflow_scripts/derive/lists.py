"""A plan on its way to disk: tables that the dataset is read from, and a list for each pack."""

import json
import logging
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from workflow_scripts.derive.planned import HEARD, OF_MEDIA, RECIPE, ScenePlan
from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.opening import folder
from workflow_scripts.tables import schemas
from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.leaves import hashes, leaf_names
from workflow_scripts.tables.store import write_table

MAKES = 1
"""Raised by hand when the same list would give another sound."""
RENDERED = ("sample_rate", "channels", "codec", "bits", "stems", "masks", "beside")
"""What of `render` bytes depend on."""
SCENES_A_PACK, PACKS = 50, 2048
"""So many scenes a pack at most, as long as there are no more packs than that; then twice as many, and so on."""
_CLASSES = """
SELECT * EXCLUDE (dataset) FROM classes WHERE dataset IN (SELECT dataset FROM wanted) ORDER BY class_id, dataset
"""
_log = logging.getLogger(__name__)


def write_plan(
    planned: ScenePlan, classes: pl.DataFrame, render: dict[str, Any], tables: dict[str, Path], lists: Path
) -> None:
    """Write a plan.

    Args:
        planned: it.
        classes: of the datasets that it is made of.
        render: how scenes are made: sample_rate, unless each scene has its own, channels, codec, bits, stems, and as
            far as asked masks and beside.
        tables: files of scenes, parts, augmentations, heard and classes.
        lists: folder of <leaf>.parquet: rows of parts, with all that a pack's bytes depend on.
    """
    scenes = planned.scenes.with_columns(pl.lit(render["channels"], pl.Int32).alias("channels"))
    if "sample_rate" not in scenes.columns:
        scenes = scenes.with_columns(pl.lit(render["sample_rate"], pl.Int64).alias("sample_rate"))
    write_table(_as(scenes, schemas.PLANNED_SCENES), tables["scenes"], schemas.PLANNED_SCENES)
    write_table(_as(planned.parts, schemas.PLANNED_PARTS), tables["parts"], schemas.PLANNED_PARTS)
    steps = schemas.PLANNED_AUGMENTATIONS.empty() if planned.augmentations is None else planned.augmentations
    write_table(_as(steps, schemas.PLANNED_AUGMENTATIONS), tables["augmentations"], schemas.PLANNED_AUGMENTATIONS)
    with whole(tables["heard"]) as part:
        planned.heard.select(*HEARD).unique(maintain_order=True).write_parquet(part)
    with whole(tables["classes"]) as part:
        classes.write_parquet(part)
    leaves = scenes.select("clip_id", scene_s="duration_s").with_columns(
        leaf_names(hashes(scenes["clip_id"], scenes["clip_id"]), scenes_a_pack(len(scenes))).alias("leaf")
    )
    rows = listed(planned.parts, render).join(leaves, on="clip_id")
    if render.get("beside"):
        told = _heard_of_parts(planned.heard, classes)
        rows = rows.join(told, on=["clip_id", "ordinal"], how="left").with_columns(pl.col("heard").fill_null([]))
    if planned.augmentations is not None:
        rows = _augmented(rows, scenes, planned.augmentations)
    rows = rows.sort("leaf", "clip_id", "ordinal")
    with whole(lists) as part:
        part.mkdir()
        for (leaf,), of_leaf in rows.partition_by("leaf", as_dict=True, include_key=False).items():
            of_leaf.write_parquet(part / f"{leaf}.parquet", compression="zstd", compression_level=1)
    _log.info("%d scenes of %d parts", len(scenes), len(planned.parts))


def scenes_a_pack(scenes: int) -> int:
    """How many go into one at most.

    >>> scenes_a_pack(60), scenes_a_pack(2_000_000)
    (50, 1600)
    """
    most = SCENES_A_PACK
    while scenes > most * PACKS:
        most *= 2
    return most


def listed(parts: pl.DataFrame, render: dict[str, Any]) -> pl.DataFrame:
    """Rows of a list: what a part is cut out of, what becomes of it, and how its scene is made."""
    unneeded = () if render.get("beside") else ("from_dataset", "from_clip_id", "from_s")
    of_parts = [name for name in schemas.PLANNED_PARTS.columns if name not in unneeded]
    return parts.select(
        *of_parts,
        *(name for name in OF_MEDIA if name != "media_path"),
        folder(),
        pl.col("from_media_s").alias("start_s"),
        (pl.col("from_media_s") + pl.col("taken_s")).alias("end_s"),
        pl.lit("mean" if render["channels"] == 1 else "all").alias("channel"),
        *(_rendered(render.get(name)).alias(f"render_{name}") for name in RENDERED),
        pl.lit(MAKES).alias("makes"),
    )


def _augmented(rows: pl.DataFrame, scenes: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Rows of a list with the rate of their scene, and the steps that are applied to it."""
    applied = steps.filter(pl.col("applied")).sort("clip_id", "step")
    step = pl.struct(pl.col("transform").cast(pl.String), "parameters")
    recipes = applied.group_by("clip_id", maintain_order=True).agg(recipe=step)
    recipes = scenes.select("clip_id", render_sample_rate="sample_rate").join(recipes, on="clip_id", how="left")
    recipes = recipes.with_columns(pl.coalesce("recipe", pl.lit([], RECIPE)))
    return rows.drop("render_sample_rate").join(recipes, on="clip_id")


def classes_of(connection: duckdb.DuckDBPyConnection, datasets: list[str], where: str) -> pl.DataFrame:
    """The classes of some datasets as those of one.

    Their numbers are new where there are several datasets: those of classes that had any, in the order of ids.

    Raises:
        SoundledgerError: two datasets call two things by one id.
    """
    connection.register("wanted", pl.DataFrame({"dataset": datasets}).to_arrow())
    classes = connection.sql(_CLASSES).pl()
    names = classes.group_by("class_id").agg(pl.col("name").str.to_lowercase().unique())
    unlike = names.filter(pl.col("name").list.len() > 1)["class_id"].sort().to_list()
    if unlike:
        raise SoundledgerError(
            f"{where}.from: datasets that have other names for one class id: {first_twenty(unlike)}. "
            "Derive from one of them"
        )
    classes = classes.unique("class_id", keep="first", maintain_order=True)
    if len(datasets) > 1:
        numbered = pl.col("class_index").is_not_null()
        classes = classes.with_columns(
            class_index=pl.when(numbered).then(numbered.cast(pl.Int32).cum_sum() - 1).cast(pl.Int32)
        )
    return classes


def _rendered(value: Any) -> pl.Expr:
    """What is said of how scenes are made; what is no number and no word as JSON."""
    if value is None:
        return pl.lit(None, pl.String)
    return pl.lit(json.dumps(value) if isinstance(value, list | dict) else value)


def _heard_of_parts(heard: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """clip_id, ordinal, and `heard` of each part: name of the class, onset_s, offset_s, origin."""
    name, class_id = pl.col("name"), pl.col("class_id")
    alike = name.str.to_lowercase().is_duplicated()
    names = classes.select("class_id", name=pl.when(alike).then(pl.format("{} ({})", name, class_id)).otherwise(name))
    named = heard.join(names, on="class_id", maintain_order="left")
    return named.group_by("clip_id", "ordinal", maintain_order=True).agg(
        heard=pl.struct("name", "onset_s", "offset_s", "origin")
    )


def _as(rows: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The columns of a schema, in its types."""
    return rows.select(pl.col(name).cast(column.dtype) for name, column in schema.columns.items())
