"""What a format of exports is: a folder with the schema of its options, and these functions."""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

import polars as pl

from workflow_scripts.exports.reading import Tables


@dataclass(frozen=True)
class Written:
    """What an export wrote.

    Attributes:
        clips: how many it took, by split.
        seconds: of sound that these have.
        held_back: how many it did not take, by reason; both together are all clips that the tables show it.
        copies_bytes: what copies would take of those that are held back because they need one.
        warnings: what the run should end with, as the consumer cannot do with what was written.
        lines: how many each file of text has that speaks of clips, by its path, as `check_lines` counts them.
    """

    clips: dict[str, int]
    seconds: float
    held_back: dict[str, int]
    copies_bytes: int = 0
    warnings: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Packed:
    """What a pack holds.

    Attributes:
        told: what the export has to know of what was made, a row each.
        failed: kind and words of what could not be made, by clip.
    """

    told: pl.DataFrame
    failed: dict[str, list[str]] = field(default_factory=dict)


class PackMaker(Protocol):
    """A module that makes packs of the rows of lists."""

    def pack(self, rows: pl.DataFrame, folder: Path) -> Packed:
        """Write the files of some of those rows to a folder, and none to a folder in it."""


class Format(PackMaker, Protocol):
    """A folder of workflow_scripts/exports.

    Sound, and what is computed of it, is in its packs alone: whether it may be handed on is asked of their clips. But
    digests and fingerprints, of which none can be made again, stand where they are wanted.

    Its options.schema.yaml has keywords of its own: `needs`, the tables that it reads; where it makes packs, `packs`:
    `true`, or options and the values of them under which it does, and only then it has what follows `export`; and
    `describes: true`, where it tells of the dataset: then its `Tables` have `about` and `others`, and it is made after
    the dataset's other exports.
    """

    def export(self, tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
        """Write to a folder what will stand in the final one."""

    SORTED_BY: Sequence[str]
    """Columns of the plan: the order of the rows in a pack's list."""

    def plan(self, tables: Tables, options: dict[str, Any]) -> Iterable[pl.DataFrame]:
        """What goes into packs: one row a clip, some at a time.

        Columns: `clip_id`, `media` (clips of one media stay together), and all that the bytes of a pack depend on;
        `group`, where packs hold clips of one alone; `of_clip`, the clip of the ledger, where `clip_id` is another.
        """

    def clips_a_pack(self, options: dict[str, Any], clips: int) -> int:
        """How many go into a pack at most, of a group of so many, as far as they are of different media."""


def format_name(made_by: PackMaker) -> str:
    """What the folder of a format is called."""
    return getattr(made_by, "__name__", "").rpartition(".")[2]


def format_of(name: str) -> Format:
    """A format by the name of its folder."""
    return cast(Format, importlib.import_module(f"workflow_scripts.exports.{name}"))
