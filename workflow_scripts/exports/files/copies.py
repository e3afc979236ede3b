"""What formats have alike whose packs are copies: the functions that make these, as `formats.Format` has them."""

from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.formats import Packed

CLIPS_A_PACK = 1000
SORTED_BY = IN_ORDER


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take a minute or two."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Some of the copies."""
    from workflow_scripts.exports.files.packing import make_files

    return make_files(rows, folder)
