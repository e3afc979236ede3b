"""Scenes as they are asked for, by PyTorch: the same samples as in files that the workflow writes."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch

from workflow_scripts.derive.making import form_of, scenes_of
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.audio.cutting import Failed
from workflow_scripts.exports.audio.encoding import in_steps


class Scenes(torch.utils.data.Dataset[dict[str, Any]]):
    """The scenes of a derived dataset.

    An item has `clip_id`, `samples` (channels, frames) float32 of full scale 1, and `sample_rate`. What is heard in
    each is in the views `labels` and `parts` of the catalogue, by its clip_id.

    Args:
        results: folder of the results.
        dataset: name of the derived dataset.
        split: the scenes of one split alone; None for all.

    Raises:
        SoundledgerError: nothing was planned there.
    """

    def __init__(self, results: str | Path, dataset: str, split: str | None = None) -> None:
        derived = Path(results) / dataset / "derived"
        files = sorted((derived / ".plan").glob("*.parquet"))
        if not files:
            raise SoundledgerError(
                f"{derived}: no scenes are planned there; run the workflow with the dataset {dataset}"
            )
        scenes = pl.scan_parquet(derived / "plan" / "scenes.parquet")
        if split is not None:
            scenes = scenes.filter(pl.col("split").cast(pl.String) == split)
        rows = pl.scan_parquet(files).join(scenes.select("clip_id"), on="clip_id", how="semi")
        sorted_rows = rows.sort("clip_id", "ordinal").collect()
        self._rows = (
            sorted_rows.to_arrow()
        )  # the processes of a DataLoader are forks, in which polars' threads are gone
        starts = sorted_rows.select(pl.col("clip_id").rle()).unnest("clip_id")
        self.clip_ids: list[str] = starts["value"].to_list()
        self._ends = np.cumsum(starts["len"].to_numpy())

    def __len__(self) -> int:
        return len(self.clip_ids)

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Make one scene.

        Raises:
            SoundledgerError: a part of it cannot be had; the words say why.
        """
        number = range(len(self))[number]
        first = int(self._ends[number - 1]) if number else 0
        rows = self._rows.slice(first, int(self._ends[number]) - first).to_pylist()
        [(clip_id, made)] = scenes_of(rows)
        if isinstance(made, Failed):
            raise SoundledgerError(f"{clip_id}: {made.kind}: {made.words}")
        parts, scene = made
        row = parts[0].row
        steps, _ = in_steps(scene.samples, 1.0, form_of(row, row["render_bits"]))
        full_scale = 2.0 ** (8 * steps.dtype.itemsize - 1)
        samples = torch.from_numpy((steps / full_scale).astype(np.float32).T.copy())
        return {"clip_id": clip_id, "samples": samples, "sample_rate": row["render_sample_rate"]}
