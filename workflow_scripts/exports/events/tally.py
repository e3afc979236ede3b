"""Where the labels of a dataset are, counted while an export takes them."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from workflow_scripts.exports.reading import Tables

FILE = "labels.json"
WRITTEN = "written"
LEFT_OUT = ("of_clips_left_out", "outside_clip", "weak_beside_events", "again", "joined")
"""Why others are not."""
_log = logging.getLogger(__name__)


@dataclass
class LabelTally:
    """The labels that people gave.

    Attributes:
        becomes: those that are written, and others by why they are not.
        cut: how many of the written are events that end with their clip, beyond which they go on.
        valued: how many of them say how sure they are.
        used: what they say.
    """

    becomes: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    valued: int = 0
    used: set[str] = field(default_factory=set)

    def add(self, rows: pl.DataFrame) -> None:
        """Count labels of clips that are taken, as `said_in_media` has them."""
        self.becomes.update(dict(rows["left_out"].fill_null(WRITTEN).value_counts().iter_rows()))
        written = rows.filter(pl.col("left_out").is_null())
        self.cut += int(written["is_cut"].sum())
        self.valued += written["value"].count()
        self.used.update(written["label"].unique())

    def leave_out(self, reason: str, labels: int) -> None:
        """Count so many of the written ones as not written, for a reason of LEFT_OUT."""
        self.becomes[reason] += labels
        self.becomes[WRITTEN] -= labels

    def write(self, tables: Tables, folder: Path) -> None:
        """Write labels.json: how many labels the dataset has, and where they are; after all were counted."""
        labels = tables.lazy("labels").filter(pl.col("origin") == "annotated").select(pl.len()).collect().item()
        self.becomes["of_clips_left_out"] = labels - self.becomes.total()
        left_out = {reason: self.becomes[reason] for reason in LEFT_OUT if self.becomes[reason]}
        told = {"labels": labels, WRITTEN: self.becomes[WRITTEN], "left_out": left_out, "cut": self.cut}
        (folder / FILE).write_text(json.dumps(told, indent=1) + "\n")
        _log.info("%s", told)

    def warnings(self) -> Iterator[str]:
        """What a run ends with."""
        if outside := self.becomes["outside_clip"]:
            yield f"{outside:,} events begin behind the end of their clip, and are left out"
        if self.cut:
            yield f"{self.cut:,} events go on beyond the end of their clip, and end with it"

    def unsaid(self, where: str) -> Iterator[str]:
        """The same where a form has no place for how sure a label is.

        Args:
            where: the form, in words.
        """
        if self.valued:
            yield f"{self.valued:,} labels say how sure they are (`value`), for which {where} have no place"
