"""What was made of a plan, put together: the folder of its sound, and what is known of scenes and parts since."""

import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from workflow_scripts.derive.masks import MASKS
from workflow_scripts.derive.planned import TOLD
from workflow_scripts.errors import first_twenty
from workflow_scripts.exports.account import Account
from workflow_scripts.exports.packs import link_files
from workflow_scripts.exports.reading import Pack
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import read_table, write_table

STEM = ".stem."
_log = logging.getLogger(__name__)


def gather(
    packs: Sequence[Pack],
    planned: dict[str, Path],
    folders: dict[str, Path],
    tables: dict[str, Path],
    account: Path,
) -> None:
    """Have the sound of all packs in one folder, and write the tables of what was made.

    Args:
        packs: all that there are.
        planned: files of the planned scenes, parts and augmentations.
        folders: `audio`, of <clip_id>.<codec> and what stands beside each, `stems`, of <clip_id>.<ordinal>.<codec>, and
            `masks`, of <clip_id>.npz, side by side; none where no sound is written.
        tables: files of scenes, parts and augmentations.
        account: of these folders, in a folder beside them, by which the next run sees that they are whole.
    """
    if folders:
        with contextlib.ExitStack() as open_folders:
            new = {name: open_folders.enter_context(whole(folder)) for name, folder in folders.items()}
            for folder in new.values():
                folder.mkdir()
            link_files(packs, new["audio"], lambda name: _place(name, new))
        for name in ("stems", "masks"):
            if not any(folders[name].iterdir()):
                folders[name].rmdir()
    # packs that were made before something was told of theirs are kept
    told = pl.concat([pl.DataFrame(schema=TOLD), *(pl.read_parquet(pack.told) for pack in packs)], how="diagonal")
    failed = [(clip, *why) for pack in packs for clip, why in pack.account.failed.items()]
    why = pl.DataFrame(failed, schema={"clip_id": pl.String, "error_kind": pl.String, "error": pl.String}, orient="row")
    scales = told.group_by("clip_id").agg(pl.col("scale_db").first())
    scenes = read_table(planned["scenes"]).join(scales, on="clip_id", how="left", maintain_order="left")
    scenes = scenes.join(why, on="clip_id", how="left", maintain_order="left")
    write_table(scenes.select(*schemas.SCENES.columns), tables["scenes"], schemas.SCENES)
    gains = told.select("clip_id", "ordinal", "gain_db")
    parts = read_table(planned["parts"]).drop("gain_db")
    parts = parts.join(gains, on=["clip_id", "ordinal"], how="left", maintain_order="left")
    write_table(parts.select(*schemas.PARTS.columns), tables["parts"], schemas.PARTS)
    write_table(_steps(read_table(planned["augmentations"]), told), tables["augmentations"], schemas.AUGMENTATIONS)
    if failed:
        words = [f"{clip}: {kind}: {words}" for clip, kind, words in failed]
        _log.warning("%d scenes could not be made: %s", len(failed), first_twenty(words))
    there = [[path.name, path.stat().st_mtime_ns] for path in sorted(folders.values()) if path.is_dir()]
    with whole(account) as part:
        Account("..", folders=there).write(part)


def _steps(planned: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Planned augmentations with what each came to: of a clip that was made, one number a step that is applied."""
    came_to = told.drop_nulls("steps_db").select("clip_id", gain_db="steps_db").explode("gain_db", empty_as_null=False)
    came_to = came_to.with_columns(nth=pl.int_range(pl.len()).over("clip_id"))
    nth = pl.when("applied").then(pl.col("applied").cum_sum().over("clip_id", order_by="step").cast(pl.Int64) - 1)
    steps = planned.with_columns(nth=nth).join(came_to, on=["clip_id", "nth"], how="left", maintain_order="left")
    return steps.select(*schemas.AUGMENTATIONS.columns)


def _place(name: str, folders: dict[str, Path]) -> str:
    """Where a file of a pack goes, below the folder of scenes.

    >>> folders = {"stems": Path("/s"), "masks": Path("/m")}
    >>> [_place(f"train_0000001{end}", folders) for end in (".flac", ".jams", ".0.stem.flac", ".masks.npz")]
    ['train_0000001.flac', 'train_0000001.jams', '/s/train_0000001.0.flac', '/m/train_0000001.npz']
    """
    if STEM in name:
        return f"{folders['stems'].absolute()}/{name.replace(STEM, '.')}"
    if name.endswith(MASKS):
        return f"{folders['masks'].absolute()}/{name.removesuffix(MASKS)}.npz"
    return name
