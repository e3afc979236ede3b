"""How many scenes each split has, and what they are called."""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.tables.schemas.columns import FILE_NAME


def scenes_of_splits(asked: int | Mapping[str, int], pools: Mapping[str, pl.DataFrame], where: str) -> dict[str, int]:
    """How many scenes there are of each split that has any; as many of each where one number stands there.

    Args:
        asked: one number, or one for each split.
        pools: what they are made of, by the key of its query; a scene takes of each what is of its split.
        where: the key of the kind, as errors call it.

    Raises:
        SoundledgerError: no scene is asked for; there is nothing to make them of; their clips would have no name, or
            one that others have.
    """
    there = sorted(set.intersection(*({*pool["split"].unique().drop_nulls()} for pool in pools.values())))
    each = asked if isinstance(asked, Mapping) else dict.fromkeys(there, asked)
    wanted = {split: count for split, count in each.items() if count}
    if each and not wanted:
        raise SoundledgerError(
            f"{where}.scenes: no scene is asked for; expected a number above 0 for one split or more"
        )
    if lacking := sorted(set(wanted) - set(there)) or ([] if wanted else ["any"]):
        known = "; ".join(f"{key}: {_splits_in(pool)}" for key, pool in pools.items())
        raise SoundledgerError(
            f"{where}.scenes: nothing to make scenes of the split {first_twenty(lacking)} of: a scene is made of clips "
            f"of one split, and there are ({known}). Have the queries give a column `split`"
        )
    _refuse_names(sorted(wanted), f"{where}.scenes")
    return wanted


def scene_ids(split: str, numbers: pl.Series) -> pl.Series:
    """The clip ids of the scenes of a split.

    >>> scene_ids("eval.2", pl.Series([7])).to_list()
    ['eval-2_0000007']
    """
    return pl.select(pl.format("{}_{}", pl.lit(_stem(split)), numbers.cast(pl.String).str.zfill(7))).to_series()


def _stem(split: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_-") else "-" for letter in split)


def _splits_in(pool: pl.DataFrame) -> str:
    return first_twenty([split or "none" for split in pool["split"].unique().sort()])


def _refuse_names(splits: Sequence[str], where: str) -> None:
    """Raises SoundledgerError for splits that cannot be part of a file's name, and for two that give the same ids."""
    if wrong := [repr(split) for split in splits if not re.fullmatch(FILE_NAME, split)]:
        raise SoundledgerError(
            f"{where}: files are called after splits, and {first_twenty(wrong)} cannot be: expected letters of ASCII, "
            "digits, `_`, `-` and `.`, the first a letter, a digit or `_`. Have the query give another `split`"
        )
    alike: dict[str, list[str]] = {}
    for split in splits:
        alike.setdefault(_stem(split), []).append(split)
    if same := [" and ".join(map(repr, ones)) for ones in alike.values() if len(ones) > 1]:
        raise SoundledgerError(
            f"{where}: the scenes of the splits {first_twenty(same)} would have the same clip ids: there, all but "
            "letters, digits, `_` and `-` becomes `-`. Have the query give them other names"
        )
