"""What a query of a dataset file reaches: views of the tables that it may know, and nothing else."""

import duckdb
import pytest

from tests.exports.small_run import SmallAudioset
from workflow_scripts.catalogue.shut_in import asked, shut_in
from workflow_scripts.errors import SoundledgerError


def test_the_views_answer(small: SmallAudioset, catalogue: duckdb.DuckDBPyConnection) -> None:
    with shut_in(small.contents) as connection:
        query = "SELECT clip_id, status FROM clips ORDER BY ALL"
        assert asked(connection, query, "here").fetchall() == catalogue.sql(query).fetchall()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("COPY clips TO 'taken.parquet' (USE_TMP_FILE false)", "expected one SELECT"),
        ("ATTACH 'other.duckdb'", "expected one SELECT"),
        ("SELECT 1; SELECT 2", "expected one SELECT"),
        ("", "expected one SELECT"),
        ("SET enable_external_access = true", "expected one SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", "file system operations are disabled"),
        ("FROM glob('/*')", "file system operations are disabled"),
        ("SELECT nothing FROM clips", 'Referenced column "nothing" not found'),
        ("SELEC", "syntax error"),
        ("SELECT clip_id FROM clips WHERE random() < 0.1", "random would not choose the same in the next run"),
        ("SELECT clip_id FROM clips USING SAMPLE 10 ROWS", "a sample would not choose the same"),
        ("SELECT clip_id FROM (FROM clips WHERE current_date > '2020-01-01')", "current_date would not"),
        ("WITH a AS (SELECT uuid() AS b) FROM a", "uuid would not"),
    ],
)
def test_what_is_more_than_asking_is_refused(small: SmallAudioset, query: str, says: str) -> None:
    with shut_in(small.contents) as connection, pytest.raises(SoundledgerError, match=says):
        asked(connection, query, "x.yaml: derive.soundscapes.foreground").fetchall()
