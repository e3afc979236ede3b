"""Data files of SpeechBrain under its own loader, in batches."""

from pathlib import Path

import polars as pl
import pytest

from tests.consumers.test_consumers import told_by
from tests.exports.packed import exported
from tests.exports.small_run import BELL_IN_A_CELL, SmallAudioset, instead
from workflow_scripts.tables import schemas

pytestmark = pytest.mark.consumer


@pytest.mark.parametrize("options", [{"copies": "auto"}, {"copies": "always", "paths": "relative"}])
def test_every_clip_is_read_with_its_words(small: SmallAudioset, tmp_path: Path, options: dict[str, str]) -> None:
    said = [("quotedxxxxx", 0, 'NA, "$5"\nصوت'), ("inrecording", 0, " two birds")]
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    tables = instead(small.for_exports, tmp_path / "tables", captions=captions)
    written = exported("speechbrain", tables, tmp_path, **options)
    told = told_by("read_speechbrain.py", tmp_path / "out", "balanced_train", "eval", home=tmp_path / "home")
    assert {split: len(rows) for split, rows in told.items()} == written.clips == {"balanced_train": 7, "eval": 1}
    ledger = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    for clip_id, row in (pair for rows in told.values() for pair in rows.items()):
        assert row["dimensions"] == 2  # clips and samples: one channel
        assert row["frames"] == round(row["duration"] * 16_000)
        assert abs(row["duration"] - ledger[clip_id]["duration_s"]) <= 1 / 16_000
    assert told["eval"]["quotedxxxxx"]["text"] == 'NA, "$ 5"\nصوت'
    assert told["eval"]["quotedxxxxx"]["labels"] == f"Dog;{BELL_IN_A_CELL}"


def test_a_stretch_of_a_recording_is_read_where_it_lies(small: SmallAudioset, tmp_path: Path) -> None:
    exported("speechbrain", small.for_exports, tmp_path, audio={"sample_rate": 8000})
    told = told_by("read_speechbrain.py", tmp_path / "out", "balanced_train", home=tmp_path / "home")
    assert told["balanced_train"]["inrecording"]["frames"] == 80_000
