"""What a dataset file says of splits, folds and subsets, held against what its exports ask for."""

from collections.abc import Iterable
from typing import Any

from workflow_scripts.errors import first_twenty, nearest, shown
from workflow_scripts.settings.reading import SettingsError

AUTHORS = "authors"
NEEDED = {"assigned": "augment_splits", "folds": "folds"}
"""For each other way to split an export what the dataset file has to say."""


def split_care(content: dict[str, Any], splits: Iterable[str], file: str) -> dict[str, Any]:
    """What a dataset file asks for, of `augment_splits`, `folds` and `subsets`.

    Args:
        content: of the file.
        splits: those that its sources name; others may stand in the rows, which are not read here.
        file: as errors call it.

    Raises:
        SettingsError: two subsets have one name, or a split has no place in `augment_splits`.
    """
    order = content.get("augment_splits", {}).get("splits")
    if order and (others := [split for split in splits if split not in order]):
        raise SettingsError(
            f"{file}: augment_splits.splits: {first_twenty(others)} of the sources is not among them; name all splits, "
            "in the order in which they keep what is tied"
        )
    names = [one["name"] for one in content["subsets"]]
    for ordinal, name in enumerate(names):
        if name in names[:ordinal]:
            raise SettingsError(f"{file}: subsets[{ordinal}]: {shown(name)} stands there twice; give each its own name")
    return {name: content[name] for name in ("augment_splits", "folds", "subsets") if content.get(name)}


def check_split_care(split_by: str, subset: str | None, care: dict[str, Any], where: str) -> None:
    """See that there are the splits and the subset that an export asks for.

    Raises:
        SettingsError: the dataset file says nothing of them.
    """
    if split_by != AUTHORS and (needed := NEEDED[split_by]) not in care:
        raise SettingsError(f"{where}.split_by: {split_by} needs `{needed}` in the dataset file, which has none")
    known = [one["name"] for one in care.get("subsets", [])]
    if subset is not None and subset not in known:
        there = f"there are {first_twenty(known)}" if known else "the dataset file has no `subsets`"
        raise SettingsError(f"{where}.subset: no subset is called {shown(subset)}; {there}{nearest(subset, known)}")
