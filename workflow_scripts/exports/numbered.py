"""Packs of one file each, numbered within their split as a consumer finds them. Imports nothing heavy."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workflow_scripts.exports.packs import group_of, link_files
from workflow_scripts.exports.reading import Pack
from workflow_scripts.exports.sums import add_sums
from workflow_scripts.tables.store import read_table


class ToldPack(NamedTuple):
    """A pack, and what it tells: of each of its files the SHA256, by the file's name, and what else its format has."""

    pack: Pack
    of: dict[str, Any]


def by_group(packs: Iterable[Pack], groups: Iterable[str]) -> dict[str, list[ToldPack]]:
    """The packs of each group, in the order of their names, but those that hold nothing."""
    told: dict[str, list[ToldPack]] = {group: [] for group in groups}
    for pack in sorted(packs, key=lambda one: one.folder.name):
        told[group_of(pack.folder.name)] += [ToldPack(pack, of) for of in read_table(pack.told).iter_rows(named=True)]
    return told


def link_packs(named: Iterable[tuple[ToldPack, Mapping[str, str]]], folder: Path) -> None:
    """Have the files of each pack in an export's folder, and their digests in SHA256SUMS there.

    Args:
        named: the pack, and what each of its files is called there.
        folder: of the export.
    """
    for told, names in named:
        link_files([told.pack], folder, names.__getitem__)
        add_sums(folder, ((told.of[file], name) for file, name in names.items()))


def total(told: Iterable[ToldPack], what: str) -> Any:
    """Of something that packs tell, all together."""
    return sum(one.of[what] for one in told)


def warnings_of_sound(overshoot: int, unlevelled: int, done: str) -> Iterator[str]:
    """What a run ends with, where clips are made.

    Args:
        overshoot: how many of them went beyond full scale.
        unlevelled: how many have no loudness to bring them by.
        done: what was done with those beyond full scale: the option `overshoot`.
    """
    if overshoot:
        did = {"scale": "scaled", "clip": "clipped"}[done]
        yield f"{overshoot:,} of the clips went beyond full scale when they were made, and were {did}"
    if unlevelled:
        yield f"{unlevelled:,} of the clips are too short or too quiet to have a loudness, and are as loud as they were"
