"""What exports read, and how they name media."""

import functools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError, shown
from workflow_scripts.exports.account import Account, HeldBack, read_account
from workflow_scripts.exports.licences import ANY, Licences
from workflow_scripts.exports.split_by import AUTHORS, with_splits
from workflow_scripts.exports.split_by import names as split_names
from workflow_scripts.media.addresses import OF_ADDRESS
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import lazy_table, read_checks, read_table

MEDIA = ["root", "path", "member"]
"""What a media is known by."""
ROWS_AT_ONCE = 100_000
"""So many rows of the ledger are held with all that an export writes of them."""
FILES_AT_ONCE = 20
"""So many files of checks, of some 5,000 rows each."""
LONGEST_SPLIT = 130
"""Bytes, where files are called after a split: names have 255, and those of packs, while they are made, are more than
the split by the 64 bits of a leaf, a number of a process and suffixes."""


@dataclass(frozen=True)
class Pack:
    """A pack that was made for an export.

    Attributes:
        folder: where it is.
        account: of what is there.
    """

    folder: Path
    account: Account

    @property
    def files(self) -> Path:
        """The folder of the files that it has for its export, side by side."""
        return self.folder / "files"

    @property
    def told(self) -> Path:
        """The table of what its export has to know of them."""
        return self.folder / "told.parquet"


def pack_of(account: Path) -> Pack:
    """A pack by its account.

    Raises:
        SoundledgerError: that is damaged, or of another version.
        FileNotFoundError: there is none.
    """
    return Pack(account.with_suffix(""), read_account(account))


@dataclass(frozen=True)
class Tables:
    """What an export may read of a dataset: the tables that its schema names under `needs`, and its packs.

    Of clips that are held back for their licence, are not of its subset, that reviews drop, or that leak into what is
    evaluated on, no format finds a row, in no table that is of clips; and `split` is what the export takes for it.
    Tables of files and of the rows of sources, and the counts of `summary`, are those of the dataset.

    Attributes:
        files: of each table but the checks, of the clips always; of splits, subsets and what leaks where they are asked
            for.
        of_roots: the files of the checks of each root, by its slug.
        check: the settings of the check.
        packs: those that were made for it, where its schema says that it makes any.
        about: what is known of the dataset, where its schema says that it describes it.
        others: the accounts of the dataset's other exports by their names, likewise.
        licences: that clips are taken under.
        split_by: what is taken for splits: authors, assigned or folds.
        subset: that clips are taken of; None for all.
        dataset: its name.
    """

    files: Mapping[str, Path]
    of_roots: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    check: Mapping[str, Any] = field(default_factory=dict)
    packs: Sequence[Pack] = ()
    licences: Licences = ANY
    about: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, Path] = field(default_factory=dict)
    split_by: str = AUTHORS
    subset: str | None = None
    dataset: str = ""

    def lazy(self, name: str) -> pl.LazyFrame:
        """A table to be read in part."""
        table = self._licensed(name)
        columns = table.collect_schema()
        if self.subset and "clip_id" in columns:
            table = table.filter(pl.col("clip_id").is_null() | pl.col("clip_id").is_in(self._chosen.implode()))
        for left_out in (self._dropped, self._leaking):
            if len(left_out) and "clip_id" in columns:
                table = table.filter(pl.col("clip_id").is_null() | ~pl.col("clip_id").is_in(left_out.implode()))
        if self.split_by != AUTHORS and "media_key" in columns:  # pairs of clips have splits of their own
            table = with_splits(table, lazy_table(self.files["splits"]), self.split_by)
        return table

    def _licensed(self, name: str) -> pl.LazyFrame:
        """A table without the clips that are held back for their licence."""
        table = lazy_table(self.files[name])
        if not self.held_back:
            return table
        columns = table.collect_schema()
        if "licence" in columns:
            return table.filter(~self._is_held_back)
        if "clip_id" in columns:
            held_back = lazy_table(self.files["clips"]).filter(self._is_held_back).select("clip_id")
            return table.join(held_back, on="clip_id", how="anti", maintain_order="left")
        return table

    def read(self, name: str) -> pl.DataFrame:
        """A table, whole."""
        is_whole = not self.held_back and self.subset is None and self.split_by == AUTHORS
        is_whole = is_whole and not len(self._dropped) and not len(self._leaking)
        return read_table(self.files[name]) if is_whole else self.lazy(name).collect()

    def splits(self) -> list[str]:
        """All splits of the dataset, in the order of the clips; of one that is held back whole an export is empty."""
        if self.split_by != AUTHORS:
            return split_names(lazy_table(self.files["splits"]), self.split_by)
        clips = lazy_table(self.files["clips"])
        return clips.select(pl.col("split").unique(maintain_order=True).cast(pl.String)).collect()["split"].to_list()

    @functools.cached_property
    def held_back(self) -> tuple[HeldBack, ...]:
        """What is held back for its licence, the most clips first."""
        if self.licences == ANY:
            return ()
        usable = pl.col("usable")
        told = (
            lazy_table(self.files["clips"])
            .group_by(pl.col("licence").cast(pl.String))
            .agg(
                clips=pl.len(),
                usable=usable.sum(),
                hours=pl.col("duration_s").filter(usable).sum().truediv(3600).round(6),
            )
            .sort("clips", "licence", descending=[True, False], nulls_last=True)
            .collect()
        )
        each = (HeldBack(**row) for row in told.iter_rows(named=True))
        return tuple(one for one in each if not self.licences.allow(one.licence))

    @functools.cached_property
    def outside_subset(self) -> int:
        """How many clips are left out because they are not of the subset, besides those held back for their licence."""
        if self.subset is None:
            return 0
        licensed = self._licensed("clips").select("clip_id")
        return int(licensed.filter(~pl.col("clip_id").is_in(self._chosen.implode())).select(pl.len()).collect().item())

    @functools.cached_property
    def dropped(self) -> int:
        """How many clips are left out because reviews drop them, besides those left out for licence or subset."""
        return len(self._otherwise_taken(self._dropped))

    @functools.cached_property
    def leaks(self) -> pl.DataFrame:
        """What leaks, a row each as in the table `leaked`, of clips that are left out for nothing else."""
        if "leaked" not in self.files:
            return schemas.LEAKED.empty()
        left = self._leaking.filter(~self._leaking.is_in(self._dropped.implode()))
        return read_table(self.files["leaked"]).filter(pl.col("clip_id").is_in(self._otherwise_taken(left).implode()))

    def _otherwise_taken(self, clip_ids: pl.Series) -> pl.Series:
        """Those of some clips that neither licence nor subset leave out."""
        if not len(clip_ids):
            return clip_ids
        taken = self._licensed("clips").filter(pl.col("clip_id").is_in(clip_ids.implode())).select("clip_id")
        if self.subset is not None:
            taken = taken.filter(pl.col("clip_id").is_in(self._chosen.implode()))
        return taken.collect()["clip_id"]

    @functools.cached_property
    def _leaking(self) -> pl.Series:
        """The usable clips of splits that are not evaluated on which share something with such as are."""
        if "leaked" not in self.files:
            return pl.Series(dtype=pl.String)
        return read_table(self.files["leaked"], ["clip_id"])["clip_id"].unique(maintain_order=True)

    @functools.cached_property
    def _dropped(self) -> pl.Series:
        """The usable clips that reviews drop; one that is not usable is left out for that."""
        is_dropped = pl.col("usable") & (pl.col("verdict").cast(pl.String) == "drop")
        return lazy_table(self.files["clips"]).filter(is_dropped).select("clip_id").collect()["clip_id"]

    @functools.cached_property
    def _chosen(self) -> pl.Series:
        """The clips of the subset."""
        subsets = lazy_table(self.files["subsets"]).filter(pl.col("subset").cast(pl.String) == self.subset)
        return subsets.select("clip_id").collect()["clip_id"]

    @property
    def _is_held_back(self) -> pl.Expr:
        """Whether a row with a `licence` is one of them."""
        licences = {one.licence for one in self.held_back}
        words = sorted(licence for licence in licences if licence is not None)
        return pl.col("licence").cast(pl.String).is_in(words).fill_null(None in licences)

    def checks(self, columns: Sequence[str]) -> pl.DataFrame:
        """Columns of the checks of all roots; `root` is the slug."""
        return read_checks(self.of_roots, columns)

    def each_checks(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The same, some files at a time; once without rows where there are none."""
        yield read_checks({}, columns)
        for slug, files in self.of_roots.items():
            for first in range(0, len(files), FILES_AT_ONCE):
                yield read_checks({slug: files[first : first + FILES_AT_ONCE]}, columns)


def tables_of(
    dataset: str,
    files: Mapping[str, str],
    checks: Mapping[str, Sequence[str]],
    check: Mapping[str, Any],
    taking: Mapping[str, Any],
    packs: Iterable[str] = (),
    about: Mapping[str, Any] | None = None,
    others: Mapping[str, str] | None = None,
) -> Tables:
    """What a job of an export reads.

    Args:
        dataset: its name.
        files: of the tables.
        checks: their files by the slug of their root.
        check: the settings of the check.
        taking: which clips the export takes: `licences`, None where any will do; `split_by`; `subset`, None for all.
        packs: accounts of the packs.
        about: what is known of the dataset, where the export describes it.
        others: accounts of the dataset's other exports, likewise.
    """
    return Tables(
        {name: Path(file) for name, file in files.items()},
        {slug: [Path(file) for file in of_root] for slug, of_root in checks.items()},
        check,
        [pack_of(Path(account)) for account in packs],
        Licences.of(taking["licences"]),
        about or {},
        {name: Path(account) for name, account in (others or {}).items()},
        split_by=taking["split_by"],
        subset=taking["subset"],
        dataset=dataset,
    )


def file_paths(clips: pl.DataFrame, paths: str, folder: Path) -> pl.Series:
    """How an export names the media of clips: absolute, or relative to the export's folder; addresses as they are."""
    if paths == "absolute":
        return clips["media_path"]
    above = os.path.realpath(folder.parent)  # an export is a link to a folder beside it
    parts = clips.select(pl.col("media_path").str.extract_groups(r"(?s)^(?<folder>.*)/(?<name>[^/]*)$")).unnest(
        "media_path"
    )
    folders = parts.select(pl.col("folder").unique())
    folders = folders.with_columns(
        relative=pl.col("folder").map_elements(
            lambda path: os.path.relpath(path or "/", f"{above}/{folder.name}"), return_dtype=pl.String
        )
    )
    parts = parts.join(folders, on="folder", how="left", maintain_order="left")
    relative = parts.select(pl.concat_str("relative", "name", separator="/")).to_series()
    is_address = pl.col("media_path").str.contains(OF_ADDRESS)
    return clips.select(pl.when(is_address).then("media_path").otherwise(relative)).to_series()


def refuse_splits(export: str, splits: Iterable[str], files: Sequence[str], own: Sequence[str] = ()) -> None:
    """See that files can be called after splits, before any is written.

    Args:
        export: the format.
        splits: all that there are.
        files: the names of a split's files, with {} in its place.
        own: names of other files of the export.

    Raises:
        SoundledgerError: a split is called too long, or has a file that is called like one of the export's own.
    """
    for split in splits:
        if (size := len(split.encode())) > LONGEST_SPLIT:
            raise SoundledgerError(
                f"export {export}: files are called after splits, whose names may have {LONGEST_SPLIT} bytes; "
                f"{shown(split)} has {size:,}. Call it otherwise in the dataset file"
            )
        for file in {pattern.format(split) for pattern in files}.intersection(own):
            raise SoundledgerError(
                f"export {export}: a split may not be called `{split}`: {file} is a file of the export's own. Call it "
                "otherwise in the dataset file"
            )


def in_ranges(table: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """The rows of a table in their order, ROWS_AT_ONCE at a time; once, without rows, where there are none."""
    ranges = table.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True, engine="streaming")
    first = next(ranges, None)
    yield pl.DataFrame(schema=table.collect_schema()) if first is None else first
    yield from ranges
