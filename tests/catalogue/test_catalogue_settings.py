"""By what a run was made stands in its catalogue, and what the names of splits say is asked in one way."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.exports.small_run import SmallAudioset
from workflow_scripts.catalogue.build import build_catalogue
from workflow_scripts.exports.croissant.records import kind_of_split

TOLD = {"": {"version": "0.1.0"}, "small": {"limits.max_duration_s": "11.0", "rights.terms": 'it\'s; "yours"\n<b>'}}


def test_what_dataset_files_say_is_a_table(small: SmallAudioset, tmp_path: Path) -> None:
    file = tmp_path / "catalog.duckdb"
    build_catalogue(replace(small.contents, settings=TOLD), file)
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute("FROM settings").fetchall()
        comments = connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'settings' AND comment IS NOT NULL"
        ).fetchall()
    assert rows == [
        (None, "version", "0.1.0"),
        ("small", "limits.max_duration_s", "11.0"),
        ("small", "rights.terms", 'it\'s; "yours"\n<b>'),
    ]
    assert len(comments) == 3


@pytest.mark.parametrize(
    ("split", "is_trained_on"),
    [("train", True), ("Balanced_Train", True), ("full-train.v2", True), ("training", True)]
    + [(split, False) for split in ("eval", "pretrained", "trained", "restraint", "dev", "fold1")],
)
def test_what_is_trained_on_is_told_by_a_word_of_its_name(
    catalogue: duckdb.DuckDBPyConnection, split: str, is_trained_on: bool
) -> None:
    assert catalogue.execute("SELECT is_trained_on($1)", [split]).fetchall() == [(is_trained_on,)]
    assert (kind_of_split(split) == "cr:TrainingSplit") == is_trained_on
