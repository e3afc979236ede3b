"""A page asks the catalogue as it would be if nobody had judged anything yet."""

from pathlib import Path

import duckdb

from workflow_scripts.review.asking import asking


def test_captions_are_as_they_were_found_for_all_that_asks_for_them(tmp_path: Path) -> None:
    """A correction that was read would take a finding away, and with it the clip from among the cards."""
    file = tmp_path / "a catalogue.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "CREATE TABLE found AS FROM (VALUES ('d', 'a', 0, 'A dog.', 'dog'), ('d', 'b', 0, 'Rain.', NULL))"
            " AS rows(dataset, clip_id, ordinal, text, found_text)"
        )
        connection.execute("CREATE VIEW captions AS FROM found")
        connection.execute("CREATE VIEW findings AS SELECT clip_id FROM captions WHERE text NOT LIKE '%.'")
        assert connection.execute("FROM findings").fetchall() == []
    with asking(file) as connection:
        assert connection.execute("SELECT clip_id, text FROM captions ORDER BY ALL").fetchall() == [
            ("a", "dog"),
            ("b", "Rain."),
        ]
        assert connection.execute("FROM findings").fetchall() == [("a",)]
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("SELECT text FROM captions WHERE clip_id = 'a'").fetchall() == [("A dog.",)]
