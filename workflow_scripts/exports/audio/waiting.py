"""Clips that are made files of sound in the order of their media, and wait for their turn in a pack."""

from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl

from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.making import make_clips
from workflow_scripts.exports.audio.turns import InTurn, in_order

Made = InTurn[Encoded]
"""A clip that was made."""


def made_in_order(rows: pl.DataFrame, place: Path) -> AbstractContextManager[tuple[list[Made], dict[str, list[str]]]]:
    """Make the clips of a plan's rows; see `in_order`."""
    return in_order(rows, make_clips(rows), place)
