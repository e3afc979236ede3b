"""Files of exports are called after splits, whatever those are called."""

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exports.made_exports import exported
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.reading import LONGEST_SPLIT, Tables

AST = [("ast", {"copies": copies}) for copies in ("never", "auto")]


def called(small: SmallAudioset, folder: Path, split: str) -> Tables:
    """The tables with one split called otherwise."""
    named = pl.col("split").cast(pl.String).replace("eval", split).cast(pl.Categorical)
    return instead(small.for_exports, folder, clips=small.table("clips").with_columns(named))


@pytest.mark.parametrize(("kind", "options"), AST)
def test_a_split_whose_file_is_one_of_the_exports_own_is_refused(
    small: SmallAudioset, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    tables = called(small, tmp_path / "tables", "stats")
    with pytest.raises(SoundledgerError, match=r"may not be called `stats`: stats\.json is a file of the export's own"):
        exported(kind, tables, tmp_path / "out/mine", **options)
    assert not any(files for _, _, files in os.walk(tmp_path / "out"))


@pytest.mark.parametrize(("kind", "options"), [("csv", {}), ("url_text", {"compress": "zstd"}), *AST])
def test_a_split_that_is_called_too_long_for_files_is_refused(
    small: SmallAudioset, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    fits = "x" * LONGEST_SPLIT
    made = exported(kind, called(small, tmp_path / "tables", fits), tmp_path / "fits", **options)
    assert any(fits in name for name in os.listdir(made))
    with pytest.raises(SoundledgerError, match=r"may have 130 bytes; 'xxx.* has 131"):
        exported(kind, called(small, tmp_path / "longer", f"{fits}x"), tmp_path / "out/mine", **options)
    assert not any(files for _, _, files in os.walk(tmp_path / "out"))


def test_a_split_is_called_stats_where_no_other_file_is(small: SmallAudioset, tmp_path: Path) -> None:
    made = exported("csv", called(small, tmp_path / "tables", "stats"), tmp_path / "mine")
    assert "full_stats_segments.csv" in os.listdir(made)
