"""Rows put aside in one order, and taken in another: what media say of clips, in that of the clips."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl


class Sheaves:
    """Rows of clips by parts of the clips: on disk where there is more than one part, so that one is held at a time.

    Attributes:
        clips_at_once: clips of a part.
        parts: of each part the first clip, and the first behind it; one part at least.
        by: the column that holds the number of a row's clip, or of what else there are parts of.
    """

    def __init__(
        self, folder: Path | None, schema: Mapping[str, Any], clips: int, clips_at_once: int, by: str = "clip_row"
    ) -> None:
        self.parts = [(first, first + clips_at_once) for first in range(0, max(clips, 1), clips_at_once)]
        self.clips_at_once, self._folder, self.by = clips_at_once, folder, by
        self._nothing = pl.DataFrame(schema=schema)
        self._held: list[pl.DataFrame] = []
        self._files: dict[int, list[Path]] = {}

    def put(self, rows: pl.DataFrame) -> None:
        """Put aside some rows, each of the part of its clip."""
        rows = rows.select(self._nothing.columns)
        if len(self.parts) == 1:
            self._held.append(rows)
            return
        if self._folder is None:
            raise ValueError(f"{len(self.parts)} parts of clips, and no folder to put them aside in")
        self._folder.mkdir(exist_ok=True)
        by_part = rows.with_columns(part=pl.col(self.by) // self.clips_at_once)
        for (part,), sheaf in by_part.partition_by("part", as_dict=True, include_key=False).items():
            files = self._files.setdefault(part, [])
            files.append(self._folder / f"{part}.{len(files)}.arrow")
            sheaf.write_ipc(files[-1], compression="lz4")

    def take(self, part: int) -> pl.DataFrame:
        """All rows of a part, in the order in which they were put aside; they are gone then."""
        if len(self.parts) == 1:
            return pl.concat([self._nothing, *self._held])
        files = self._files.pop(part, [])
        sheaves = [pl.read_ipc(file) for file in files]
        for file in files:
            file.unlink()
        return pl.concat([self._nothing, *sheaves])
