"""Packed tables read by pandas."""

from pathlib import Path

import polars as pl
import pytest

from tests.consumers.test_consumers import told_by
from tests.exports.made_exports import exported
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.tables import schemas

pytestmark = pytest.mark.consumer


def test_pandas_reads_packed_csv_and_json_lines(small: SmallAudioset, tmp_path: Path) -> None:
    said = [("quotedxxxxx", 0, "NA"), ("-aaaaaaaaaa", 0, 'two\nlines, "q"')]
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    tables = instead(small.for_exports, tmp_path / "tables", captions=captions)
    files = [
        exported("url_text", tables, tmp_path / form, form=form, compress="zstd") / f"balanced_train.{form}.zst"
        for form in ("csv", "jsonl")
    ]
    told = told_by("read_text.py", *files, home=tmp_path)
    assert len(told["csv"]) == 7
    assert told["csv"] == told["jsonl"]
    assert told["csv"]["-aaaaaaaaaa"] == 'two\nlines, "q"'
